"""The playbooks as data: whole, dated, said in three languages, and never current once expired."""

import re
import tomllib
from datetime import UTC, date, datetime, timedelta
from importlib import resources
from typing import Any

import pytest

from vigie.domain.danger import Danger
from vigie.domain.practice import Country, Language
from vigie.knowledge.playbooks import playbook
from vigie.knowledge.playbooks.playbook import Phase, Risk

LONGEST = timedelta(days=400)  # somebody looks at each page at least once a year
LOOSE = re.compile(r"[^\u202f];|[^\u202f][!?]|(?<!\u00a0):(?!\d)|«(?!\u00a0)|(?<!\u00a0)»")
REFUSED = re.compile(r"(?i)erreur|virus|menace[^s ]|critique|!")
DAY = timedelta(hours=24)


def pages(name: str) -> list[dict[str, Any]]:
    text = (resources.files("vigie.knowledge.playbooks") / name).read_text("utf-8")
    found: list[dict[str, Any]] = tomllib.loads(text)["page"]
    return found


@pytest.mark.parametrize("name", ["steps.toml", "duties.toml"])
def test_every_page_has_a_source_a_version_and_an_expiry(name: str) -> None:
    for page in pages(name):
        assert page["source"].strip()
        assert page["version"] >= 1
        assert page["checked"] < page["expires"] <= page["checked"] + LONGEST


@pytest.mark.parametrize("country", Country)
@pytest.mark.parametrize("danger", Danger)
def test_every_danger_has_a_playbook_in_every_country(danger: Danger, country: Country) -> None:
    steps = playbook.steps(danger, country)
    assert {step.phase for step in steps} == set(Phase)
    slugs = [step.slug for step in steps]
    assert len(slugs) == len(set(slugs))
    assert slugs[-1].startswith("decide_notice")
    assert any(duty.from_risk for duty in playbook.duties(danger, country))


@pytest.mark.parametrize("language", Language)
def test_every_step_and_duty_is_said_and_nothing_else_is(language: Language) -> None:
    said = playbook.words(language)
    steps = {s.slug for d in Danger for c in Country for s in playbook.steps(d, c)}
    duties = {s.slug for d in Danger for c in Country for s in playbook.duties(d, c)}
    assert set(said["steps"]) == steps
    assert set(said["duties"]) == set(said["names"]) == duties
    assert not steps & duties  # a tick names one of them


@pytest.mark.parametrize("language", Language)
def test_sentences_are_short_and_blame_nobody(language: Language) -> None:
    for table in playbook.words(language).values():
        for sentence in table.values():
            assert len(sentence.split()) <= 35
            assert not REFUSED.search(sentence)
            if language is Language.FR:
                assert not LOOSE.search(sentence), sentence


def test_a_page_is_current_until_the_day_it_expires_and_not_on_it() -> None:
    (step, *_) = playbook.steps(Danger.RANSOMWARE, Country.FR)
    last = step.page.expires - timedelta(days=1)
    assert step.page.current(last)
    assert not step.page.current(step.page.expires)
    assert not step.page.current(date(2100, 1, 1))


def test_seventy_two_hours_are_real_hours_when_the_clock_goes_back() -> None:
    (cnil,) = (d for d in playbook.duties(Danger.POWER_LOSS, Country.FR) if d.slug == "cnil")
    aware = datetime(2026, 10, 24, 8, tzinfo=UTC)  # the night after, clocks go back
    assert cnil.due(aware) == aware + 3 * DAY


def test_switzerland_counts_no_hours_and_the_union_counts_seventy_two() -> None:
    within = {
        country: {d.slug: d.within for d in playbook.duties(Danger.MISDIRECTED_MAIL, country)}
        for country in Country
    }
    assert within[Country.CH]["pfpdt"] is None
    assert within[Country.FR]["cnil"] == within[Country.BE]["apd"] == 3 * DAY
    assert within[Country.LU]["cnpd"] == 3 * DAY


def test_a_complaint_is_for_attacks_only() -> None:
    assert "complaint" in {d.slug for d in playbook.duties(Danger.RANSOMWARE, Country.FR)}
    assert "complaint" not in {d.slug for d in playbook.duties(Danger.POWER_LOSS, Country.FR)}


def test_nobody_decided_is_not_the_same_as_no_risk() -> None:
    (cnil,) = (d for d in playbook.duties(Danger.POWER_LOSS, Country.FR) if d.slug == "cnil")
    told = {risk: cnil.called_for(risk) for risk in Risk}
    assert told == {Risk.UNDECIDED: None, Risk.NONE: False, Risk.RISK: True, Risk.HIGH: True}
