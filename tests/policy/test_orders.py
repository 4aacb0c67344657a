"""The table of deeds: the gravest first, each target once, and telling cannot be declined."""

import pytest

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed
from vigie.phrasebook import vocabulary
from vigie.policy.orders import ORDERS, Choices, decide

SCRAMBLED = Finding(
    gravity=Gravity.ALARM,
    fact="files_scrambled",
    clues={"subject": "f1", "family": "f1", "folder": "/srv"},
)


def test_an_alarm_freezes_the_family_it_names() -> None:
    deeds = {response.deed: response.target for response in decide(Danger.RANSOMWARE, [SCRAMBLED])}
    assert deeds[Deed.FREEZE] == "f1"
    assert deeds[Deed.BLOCK] == "/srv"
    assert next(iter(deeds)) is Deed.FREEZE


def test_the_same_deed_on_the_same_target_is_chosen_once() -> None:
    once = decide(Danger.RANSOMWARE, [SCRAMBLED])
    assert decide(Danger.RANSOMWARE, [SCRAMBLED, SCRAMBLED]) == once


def test_a_practice_may_decline_a_deed_but_not_to_know() -> None:
    choices = Choices(declined={Danger.RANSOMWARE: frozenset({Deed.ISOLATE, Deed.TELL})})
    deeds = {r.deed for r in decide(Danger.RANSOMWARE, [SCRAMBLED], choices)}
    assert Deed.ISOLATE not in deeds
    assert Deed.TELL in deeds


@pytest.mark.parametrize(
    ("clues", "copied"), [({"subject": "d1"}, []), ({"subject": "l1", "letter": "l1"}, ["l1"])]
)
def test_a_copy_is_shown_of_a_letter_and_not_of_a_file(
    clues: dict[str, str], copied: list[str]
) -> None:
    found = Finding(gravity=Gravity.ALARM, fact="fetches_elsewhere", clues=clues)
    deeds = decide(Danger.TROJAN_DOCUMENT, [found])
    assert [r.target for r in deeds if r.deed is Deed.DISARM] == copied
    assert [r.target for r in deeds if r.deed is Deed.HOLD] == [clues["subject"]]


@pytest.mark.parametrize("gravity", Gravity)
def test_a_fact_without_a_row_is_told_when_it_is_an_alarm(gravity: Gravity) -> None:
    deeds = [r.deed for r in decide(Danger.OPEN_PRINTER, [Finding(gravity=gravity, fact="new")])]
    assert deeds == ([Deed.TELL] if gravity is Gravity.ALARM else [])


def test_every_row_answers_a_fact_that_exists() -> None:
    assert [row for row in ORDERS if row[1] not in vocabulary(row[0]).facts] == []
