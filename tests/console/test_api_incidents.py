"""Incidents for programs: the same clock, steps, register and papers as on the pages."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from players import Stage
from programs import Program
from speaking import Speaker, now, report

from vigie.console.alerts.models import Alert
from vigie.console.api import keys
from vigie.console.api.scopes import Scope
from vigie.console.incidents import opening, pack
from vigie.console.incidents.models import Draft, Evidence, Incident, Revision, Tick
from vigie.console.incidents.papers import content
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
    karim = Client(headers={"Accept-Language": "fr"})
    karim.force_login(stage.karim)
    shown = karim.get(f"/cabinets/{stage.martin.pseudonym}/regards/").content.decode()
    assert "karim, par un programme" in shown


def test_an_incident_is_told_with_its_clock_its_steps_and_its_register(
    program: Program, incident: Incident, place: str
) -> None:
    told = program.ask("GET", f"{place}/{incident.pk}")
    cnil = next(duty for duty in told["duties"] if duty["step"] == "cnil")
    assert (cnil["weight"], cnil["state"], cnil["done_at"]) == ("law", "open", None)
    left = datetime.fromisoformat(cnil["due"]) - incident.aware_at
    assert abs(left - timedelta(hours=72)) < timedelta(milliseconds=1)  # as JSON says moments
    assert {step["phase"] for step in told["steps"]} == {"before", "during", "after"}
    assert told["breach_register"]["revision"] == 1
    assert told["breach_register"]["content"]["what_happened"]
    assert told["sources"]
    assert program.ask("GET", f"{place}/{incident.pk + 1}", status=404)["refused"] == "not_found"


def test_sentences_come_in_the_language_that_is_asked_for(
    stage: Stage, incident: Incident, place: str
) -> None:
    told = set()
    for language in ("fr", "de", "en"):
        _key, text = keys.make(
            stage.karim, language, [Scope.READ_INCIDENTS], now=now(), life=timedelta(days=1)
        )
        told.add(Program(text, language).ask("GET", f"{place}/{incident.pk}")["steps"][0]["said"])
    assert len(told) == 3


def test_a_step_is_ticked_once_and_can_be_taken_back(
    program: Program, stage: Stage, incident: Incident, place: str
) -> None:
    step = f"{place}/{incident.pk}/steps/cnil"
    changed = [program.ask("POST", step, {"done": done})["changed"] for done in (True, True, False)]
    assert changed == [True, False, True]
    said = [(tick.step, tick.done, tick.by) for tick in Tick.objects.all()]
    assert said == [("cnil", True, stage.karim), ("cnil", False, stage.karim)]
    program.ask("POST", step, {"done": True})
    (cnil,) = [
        duty
        for duty in program.ask("GET", f"{place}/{incident.pk}")["duties"]
        if duty["step"] == "cnil"
    ]
    assert (cnil["state"], cnil["done_by"]) == ("done", "karim")
    program.ask("POST", f"{place}/{incident.pk}/steps/no_such_step", {"done": True}, 404)


def test_the_clock_is_counted_from_when_the_practice_knew(
    program: Program, incident: Incident, place: str
) -> None:
    known = f"{place}/{incident.pk}/known"
    earlier = (now() - timedelta(hours=60)).isoformat()
    answers = [program.ask("POST", known, {"aware_at": earlier})["changed"] for _ in range(2)]
    assert answers == [True, False]
    (cnil,) = [
        duty
        for duty in program.ask("GET", f"{place}/{incident.pk}")["duties"]
        if duty["step"] == "cnil"
    ]
    assert cnil["state"] == "soon"
    for unlikely in (timedelta(hours=1), timedelta(days=-500)):
        sent = {"aware_at": (now() + unlikely).isoformat()}
        told = program.ask("POST", known, sent, 422)
        assert told == {"refused": "unlikely_moment", "where": ["aware_at"]}
    program.ask("POST", known, {"aware_at": "2026-11-20T10:00:00"}, 422)  # whose time?


def test_an_incident_is_opened_from_a_matter_or_as_it_was_told_and_closed_once(
    program: Program, stage: Stage, place: str, accueil: Speaker, tell: Callable[..., Any]
) -> None:
    tell(accueil, report())
    matter = Alert.objects.get().pk
    made = [program.ask("POST", f"/matters/{matter}/incident", status=201) for _ in range(2)]
    assert made[0] == made[1]
    sent = {"danger": "misdirected_mail", "aware_at": (now() - timedelta(hours=2)).isoformat()}
    told = program.ask("POST", place, sent, 201)
    assert (told["danger"], told["machine"], told["by_rule"]) == ("misdirected_mail", None, False)
    assert {row["incident"] for row in program.ask("GET", "/incidents")} == {
        told["incident"],
        made[0]["incident"],
    }
    close = f"{place}/{told['incident']}/close"
    assert [program.ask("POST", close)["changed"] for _ in range(2)] == [True, False]
    assert len(program.ask("GET", "/incidents")) == 1
    assert Incident.objects.get(pk=told["incident"]).opened_by == stage.karim
    program.ask("POST", "/matters/999999/incident", status=404)


def test_the_register_is_written_whole_and_refuses_what_does_not_belong_there(
    program: Program, stage: Stage, incident: Incident, place: str
) -> None:
    register = f"{place}/{incident.pk}/register"
    content = {"what_happened": "Documents chiffrés", "risk": "risk"}
    made = [program.ask("POST", register, {"content": content}, 201) for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["revision"], made[0]["content"]) == (2, content)
    assert [row["revision"] for row in program.ask("GET", register)] == [2, 1]
    insured = {"content": {"persons": "1 85 05 78 006 084 91"}}
    told = program.ask("POST", register, insured, 422)
    assert told == {"refused": "not_a_register", "where": ["persons"]}
    bad = {"content": {"risk": "enormous"}}
    assert program.ask("POST", register, bad, 422)["where"] == ["risk"]
    unknown = {"content": {"patient": "x"}}
    assert program.ask("POST", register, unknown, 422)["refused"] == "unknown_field"
    assert Revision.objects.filter(incident=incident).last().by == stage.karim


def test_papers_are_read_and_evidence_is_made(
    program: Program, incident: Incident, place: str
) -> None:
    one = f"{place}/{incident.pk}"
    papers = program.ask("GET", f"{one}/papers")
    assert [paper["paper"] for paper in papers] == list(content.KINDS)
    notice = program.ask("GET", f"{one}/papers/notice")
    assert notice["blanks"] == papers[0]["blanks"] > 0
    assert notice["language"] == "fr"
    assert notice["parts"]
    program.ask("GET", f"{one}/papers/poem", status=404)
    assert program.ask("GET", f"{one}/evidence") == []
    made = program.ask("POST", f"{one}/evidence", status=201)
    assert program.ask("GET", f"{one}/evidence") == [made]
    whole = pack.whole(Evidence.objects.get(pk=made["pack"]))
    assert hashlib.sha256(whole).hexdigest() == made["digest"]
    assert program.file(f"{one}/evidence/{made['pack']}") == whole
    program.ask("GET", f"{one}/evidence/{made['pack'] + 1}", status=404)


def test_a_paper_is_worded_by_a_person_and_given_as_a_file(
    program: Program, stage: Stage, incident: Incident, place: str
) -> None:
    notice = f"{place}/{incident.pk}/papers/notice"
    before = program.ask("GET", notice)
    own = program.ask("POST", notice, {"parts": {"to": "CNIL, 3 place de Fontenoy"}})
    assert own == {**before, "to": "CNIL, 3 place de Fontenoy", "blanks": own["blanks"]}
    program.ask("POST", notice, {"parts": {"to": "CNIL, 3 place de Fontenoy"}})
    (draft,) = Draft.objects.all()  # what has not changed is not written again
    assert (draft.by, draft.content) == (stage.karim, {"to": "CNIL, 3 place de Fontenoy"})
    insured = {"parts": {"to": "1 85 05 78 006 084 91"}}
    assert program.ask("POST", notice, insured, 422) == {"refused": "not_a_paper", "where": ["to"]}
    unknown = {"parts": {"patient": "x"}}
    assert program.ask("POST", notice, unknown, 422)["refused"] == "unknown_field"
    with zipfile.ZipFile(io.BytesIO(program.file(f"{notice}/docx"))) as written:
        assert "3 place de Fontenoy" in written.read("word/document.xml").decode()
    assert program.file(f"{notice}/pdf").startswith(b"%PDF-")
    program.ask("GET", f"{notice}/exe", status=404)
    assert program.ask("POST", notice, {"parts": {"to": ""}}) == before
