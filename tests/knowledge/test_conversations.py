"""Conversations: what is quoted, in the manner of five mail programs, and what a subject says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.conversations import Goes, goes_on, quoted, same_person, topic

OUTLOOK = (
    "D’accord.\n\nDe : Durand, Paul <Paul.Durand@clinique.example>\nEnvoyé : lundi 23 novembre\n"
    "À : Anne Leroy; Claire Martin <c.martin@chu.example>\nCc : Luc Faure\nObjet : Réunion\n"
    "\nÀ 19 h ?"
)
GMAIL = (
    "Oui.\n\nLe lun. 23 nov. 2026 à 10:02, Paul Durand <paul@clinique.example> a\nécrit :\n"
    "> À 19 h ?"
)
GERMAN = "Ja.\nAm 23.11.26 um 10:02 schrieb Paul Durand <paul@clinique.example>:\n> Um 19 Uhr?"
NOTES = (
    "ok\nPaul R Durand\n11/23/2026 08:31 PM\nTo: Anne Leroy/NA/Firm@Firm\n"
    "cc: Luc\nFaure/NA/Firm\nSubject: x"
)


@pytest.mark.parametrize("text", [OUTLOOK, GMAIL, GERMAN, NOTES])
def test_whoever_wrote_what_is_quoted_is_found(text: str) -> None:
    found = quoted(text)
    assert found is not None
    assert same_person(Mailbox("p.durand@x.example", "Paul Durand"), found.writer)
    assert not same_person(Mailbox("paul.martin@x.example", "Paul Martin"), found.writer)


def test_whoever_it_went_to_is_found_as_well() -> None:
    found = quoted(OUTLOOK)
    assert found is not None
    assert [box.name or box.address for box in found.readers] == [
        "anne leroy", "claire martin", "luc faure",
    ]  # fmt: skip
    assert found.readers[1].address == "c.martin@chu.example"


@pytest.mark.parametrize("text", ["Bonjour,\nÀ demain.", "De : rien", "", "From: here to there\n"])
def test_a_text_that_quotes_nobody_quotes_nobody(text: str) -> None:
    assert quoted(text) is None


def test_a_subject_is_the_same_in_the_answer_and_the_forward() -> None:
    assert topic("RE: TR : Planning de décembre") == topic("Planning  de Décembre") != ""
    assert topic("Re: CR") == topic("photo") == ""


def test_an_answer_is_no_forward() -> None:
    assert goes_on("RE: Réunion") is Goes.ANSWERS
    assert goes_on("TR: Réunion") is Goes.FORWARDS
    assert goes_on("Re: Meeting", "fyi\n--- Forwarded by Paul Durand ---") is Goes.FORWARDS
    assert goes_on("Réunion") is Goes.NOT


@given(st.text(max_size=400))
def test_whatever_a_text_holds_there_is_an_answer(text: str) -> None:
    found = quoted(f"De : {text}\nÀ : {text}\n\n{text}")
    assert found is None or len(found.people) <= 61
    assert len(topic(text)) <= 300 * 3
