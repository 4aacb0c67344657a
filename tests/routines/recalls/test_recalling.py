"""Recalls: the drafted request, the record, the notes: everything there, and nothing sent."""

import email
import email.policy
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.mail import Attachment, Mailbox, Message
from vigie.domain.evidence.structure import Kind
from vigie.domain.practice import Country, Language
from vigie.knowledge.breaches import DUTIES
from vigie.routines.recalls.recalling import NOTES, Recall, moment, recall

AWARE = datetime(2026, 11, 23, 16, 5, tzinfo=UTC)
PATIENT = "Jeanne PETIT"
SENT = Message(
    digest="d" * 64,
    size=9_000,
    sender=Mailbox("dr.leroy@cabinet.example", "Dr Anne Leroy"),
    identity="42@cabinet.example",
    date=AWARE - timedelta(hours=1),
    subject=f"Compte rendu de Mme {PATIENT}",
    text=f"Compte rendu de consultation de Mme {PATIENT}, née le 12/03/1960. Diabète, traitement.",
    to=(Mailbox("jean.dupond@x.example"),),
    attachments=(Attachment(name="CR.pdf", kind=Kind.PDF, size=1, digest="1" * 64),),
)


def made(
    place: Path,
    *wrong: str,
    message: Message = SENT,
    country: Country = Country.FR,
    language: Language = Language.FR,
) -> Recall:
    return recall(
        message, wrong or ("jean.dupond@x.example",), place,
        now=AWARE, language=language, country=country,
    )  # fmt: skip


@pytest.mark.parametrize("language", Language)
def test_the_request_is_a_draft_to_the_wrong_address_that_names_no_patient(
    tmp_path: Path, language: Language
) -> None:
    papers = made(tmp_path, language=language)
    draft = email.message_from_bytes(papers.request.read_bytes(), policy=email.policy.default)
    assert draft["To"] == "jean.dupond@x.example"
    assert draft["From"] == SENT.sender.address
    assert draft["X-Unsent"] == "1"
    assert draft["References"] == "<42@cabinet.example>"
    body = draft.get_content()
    assert "42@cabinet.example" in body
    assert "Dr Anne Leroy" in body
    assert "PETIT" not in f"{draft['Subject']}{body}"
    assert "{" not in body


def test_each_wrong_address_gets_its_own_request_and_learns_of_no_other(tmp_path: Path) -> None:
    papers = made(tmp_path, "a@x.example", "b@y.example")
    drafts = sorted(papers.folder.glob("demande*.eml"))
    assert len(drafts) == 2
    for draft, own, other in zip(drafts, "ab", "ba", strict=True):
        said = draft.read_text()
        found = own if f"To: {own}@" in said else other
        hidden = {"a": "b@y", "b": "a@x"}[found]
        assert hidden not in said


def test_the_record_counts_what_was_in_the_message_and_names_nobody(tmp_path: Path) -> None:
    papers = made(tmp_path)
    text = papers.record.read_text()
    record = json.loads(text)
    assert record["data"] == {"health": True, "insurance_numbers": 0, "patients_named": 1}
    assert record["message"]["attachments"] == 1
    assert record["wrong_recipients"] == ["jean.dupond@x.example"]
    assert record["measures"] == [{"at": AWARE.isoformat(), "measure": "request_drafted"}]
    assert {record[key] for key in ("risk", "authority_told", "patients_told")} == {None}
    assert "PETIT" not in text
    assert "Diab" not in text


@pytest.mark.parametrize("country", Country)
def test_the_deadline_is_the_laws_and_counts_from_when_somebody_knew(
    tmp_path: Path, country: Country
) -> None:
    duty, papers = DUTIES[country], made(tmp_path, country=country)
    assert papers.deadline == (AWARE + duty.within if duty.within else None)
    notes = (papers.folder / NOTES).read_text()
    assert duty.body in notes
    assert duty.source in notes
    assert (moment(papers.deadline) in notes) if papers.deadline else ("72" not in notes)
    assert json.loads(papers.record.read_text())["duty"]["law"] == duty.law


def test_a_name_with_a_line_end_makes_no_header(tmp_path: Path) -> None:
    forged = replace(
        SENT,
        identity="1@x\r\nBcc: all@z.example",
        sender=Mailbox("a@b.example\r\nBcc: c@d.example"),
    )
    papers = made(tmp_path, "e@f.example\r\nBcc: g@h.example", message=forged)
    draft = email.message_from_bytes(papers.request.read_bytes(), policy=email.policy.default)
    assert draft["Bcc"] is None


def test_two_recalls_of_one_minute_lie_apart_and_are_closed_to_others(tmp_path: Path) -> None:
    one, other = made(tmp_path), made(tmp_path)
    assert one.folder != other.folder
    assert one.folder.stat().st_mode & 0o077 == 0
