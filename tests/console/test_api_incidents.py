"""Incidents for programs: the same clock, steps, register and papers as on the pages."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from players import Stage
from programs import Program
from speaking import Speaker, now, report

from vigie.console.alerts.models import Alert
from vigie.console.incidents import opening
from vigie.console.incidents.models import Incident
from vigie.console.journal import chain
from vigie.console.journal.models import Entry


@pytest.fixture
def incident(stage: Stage, accueil: Speaker, tell: Callable[..., Any]) -> Incident:
    tell(accueil, report())
    return opening.from_matter(Alert.objects.get(), now(), by=stage.karim)


@pytest.fixture
def place(stage: Stage) -> str:
    return f"/practices/{stage.martin.pseudonym}/incidents"


def test_the_incidents_of_a_practice_are_listed_the_newest_first(
    program: Program, incident: Incident, place: str, accueil: Speaker
) -> None:
    opening.close(incident, now())
    again = opening.from_matter(Alert.objects.get(), now(), by=None)
    newer, older = program.ask("GET", place)
    assert (newer["incident"], newer["by_rule"], newer["closed_at"]) == (again.pk, True, None)
    assert (older["incident"], older["machine"]) == (incident.pk, accueil.pseudonym)
    assert older["closed_at"] is not None
    assert program.ask("GET", f"{place}?before={again.pk}") == [older]


def test_what_a_program_reads_of_a_practice_is_written_in_its_journal_once_in_a_while(
    program: Program, stage: Stage, place: str
) -> None:
    for _ in range(3):
        program.ask("GET", place)
    program.ask("GET", f"/practices/{stage.martin.pseudonym}/proofs")
    program.ask("GET", f"/practices/{stage.favre.pseudonym}/incidents", status=404)
    rows = Entry.objects.filter(body__contains='"event":"seen"')
    assert {row.practice for row in rows} == {stage.martin}
    views = [json.loads(row.body) for row in rows.order_by("number")]
    assert [view["page"] for view in views] == ["incidents", "proofs"]
    assert {view["by"] for view in views} == {stage.karim.pk}
    assert all(view["key"] for view in views)
    assert chain.first_break(stage.martin) is None
