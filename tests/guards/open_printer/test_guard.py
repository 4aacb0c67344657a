"""What the guard says of a sight, and above all what it does not say."""

from dataclasses import replace

import pytest

from vigie.domain.danger import Danger
from vigie.domain.evidence.printers import Answer, Door, Tried
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.guards.open_printer.guard import FACTS, judge
from vigie.guards.open_printer.scenes import IPP, MAPPING, device, door, seen
from vigie.knowledge.network.help import steps
from vigie.phrasebook import vocabulary


def facts(*tried: Tried, **more: object) -> list[str]:
    return [f.fact for f in judge([seen(device(*tried), first=True, **more)])]  # type: ignore[arg-type]


def test_every_door_has_a_fact_of_the_vocabulary() -> None:
    assert set(FACTS) == set(Door)
    assert {fact for fact, _ in FACTS.values()} <= set(vocabulary(Danger.OPEN_PRINTER).facts)


@pytest.mark.parametrize("answer", [Answer.ASKS, Answer.REFUSES])
def test_a_door_that_did_not_open_is_never_accused(answer: Answer) -> None:
    assert facts(*(door(one, answer) for one in Door)) == []


def test_only_settings_pages_may_be_unsure() -> None:
    assert facts(*(door(one, Answer.UNSURE) for one in Door)) == ["settings_to_check"]


def test_the_certainty_travels_in_a_clue_and_says_which() -> None:
    (proven,) = judge([seen(device(IPP), first=True)])
    (unsure,) = judge([seen(device(door(Door.SETTINGS, Answer.UNSURE)), first=True)])
    assert (proven.clues["certainty"], unsure.clues["certainty"]) == ("proven", "to_check")


def test_a_way_in_from_the_internet_is_an_alarm_with_its_ports() -> None:
    (finding,) = judge([seen(device(MAPPING), first=True)])
    assert finding.gravity is Gravity.ALARM
    assert finding.numbers == {"outside": 9100, "inside": 9100}
    assert finding.clues["within"] == "192.168.1.20:9100"


def test_no_finding_carries_an_address_in_its_numbers() -> None:
    mapped = {Door.MAPPING, Door.OUTSIDE}
    every = (replace(MAPPING, door=one) if one in mapped else door(one) for one in Door)
    findings = list(judge([seen(device(*every), first=True)]))
    known = vocabulary(Danger.OPEN_PRINTER).facts
    assert all(set(f.numbers) <= known[f.fact] for f in findings)


def test_a_door_that_could_not_be_read_today_is_not_said_to_be_closed() -> None:
    before = device(IPP)
    blind = replace(device(), unread=(631,))
    said = [f.fact for f in judge([seen(blind, before=before)])]
    assert said == ["door_unread"]


def test_a_counter_that_started_again_tells_of_no_night_job() -> None:
    said = [f.fact for f in judge([seen(device(pages=3), before=device(pages=9000), closed=True)])]
    assert said == []


@pytest.mark.parametrize("language", Language)
def test_everything_that_can_be_closed_comes_with_steps(language: Language) -> None:
    wanted = {fact for fact, _ in FACTS.values()} | {"settings_to_check", "support_ended"}
    ways = steps("HP", sorted(wanted), language)
    assert set(ways) == wanted
    assert all(2 <= len(rows) <= 4 for rows in ways.values())
    assert not any("{" in row for rows in ways.values() for row in rows)


def test_the_steps_speak_the_words_of_the_makers_menus() -> None:
    (brother,) = steps("Brother", ["telnet_open"], Language.FR).values()
    (unknown,) = steps("Nobody", ["telnet_open"], Language.FR).values()
    assert "Réseau › Réseau › Protocole" in brother[0]
    assert "Protocoles (ou Services)" in unknown[0]
