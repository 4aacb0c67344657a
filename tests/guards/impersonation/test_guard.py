"""Lures are found, their genuine twins are left alone, and every point can be explained."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lures import lures
from mail_made import PROVIDER, Made, message
from twins import twins

from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Acquaintance, Body, Circle, MailArrived, Mailbox
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed
from vigie.guards.impersonation import scenes, tally
from vigie.guards.impersonation.guard import GUARD
from vigie.guards.impersonation.view import View
from vigie.phrasebook import vocabulary
from vigie.policy.orders import decide
from vigie.readers.mail.parse import parse

CIRCLE = Circle(
    own=frozenset({"cabinet-exemple.fr"}),
    staff=(Mailbox("claire.martin@cabinet-exemple.fr", "Claire Martin"),),
    provider=PROVIDER,
)
FOUND = 0.95
WRITTEN_LURES, WRITTEN_TWINS = 120, 60


def arrived(made: Made, number: int, circle: Circle = CIRCLE) -> MailArrived:
    seen = parse(message(made, number))
    writer = Acquaintance(box=seen.sender)
    return MailArrived(
        at=datetime(2026, 11, 25, tzinfo=UTC),
        machine="accueil",
        message=seen,
        writer=writer,
        circle=circle,
    )


def judged(mail: MailArrived) -> Sequence[Finding]:
    return list(GUARD.judge([mail]))


def test_lures_of_french_swiss_and_belgian_practices_are_found() -> None:
    told = list(lures())
    assert len(told) >= WRITTEN_LURES
    missed = [made.title for n, made in enumerate(told) if not judged(arrived(made, n))]
    assert len(missed) <= (1 - FOUND) * len(told), missed


def test_no_genuine_twin_is_held() -> None:
    told = list(twins())
    assert len(told) >= WRITTEN_TWINS
    warned = {made.title: judged(arrived(made, n)) for n, made in enumerate(told)}
    assert [title for title, findings in warned.items() if findings] == []


def test_a_lure_is_found_without_any_help_from_authentication_too() -> None:
    told = list(lures())
    found = 0
    for number, made in enumerate(told):
        mail = arrived(made, number)
        bare = replace(mail, message=replace(mail.message, authentications=()))
        found += bool(judged(bare))
    assert found / len(told) >= 0.8


def test_each_reason_names_what_does_not_match_and_the_reasons_add_up() -> None:
    for number, made in enumerate(lures()):
        findings = judged(arrived(made, number))
        if not findings:
            continue
        whole, *reasons = findings
        assert whole.fact in {"imitation_held", "message_doubtful"}
        assert sum(r.numbers["points"] for r in reasons) <= whole.numbers["points"]
        assert len({r.fact for r in reasons}) == len(reasons) > 0
        assert all(f.clues["subject"] == findings[0].clues["subject"] for f in findings)


def test_the_held_are_moved_and_the_doubtful_only_told_of() -> None:
    for fact, deeds in (
        ("imitation_held", [Deed.HOLD, Deed.TELL]),
        ("message_doubtful", [Deed.TELL]),
    ):
        gravity = Gravity.ALARM if fact == "imitation_held" else Gravity.CONCERN
        finding = Finding(gravity=gravity, fact=fact, clues={"subject": "x"})
        assert [response.deed for response in decide(Danger.IMPERSONATION, [finding])] == deeds


def test_authentication_alone_never_warns() -> None:
    alone = ("dmarc_fails", "spf_fails", "dkim_fails", "nobody_vouches")
    assert sum(tally.POINTS[name] for name in alone) < tally.WARN


def test_no_soft_signal_holds_a_message_and_none_speaks_for_it() -> None:
    assert min(tally.POINTS.values()) >= 0
    assert max(tally.POINTS.values()) < tally.HOLD


def test_the_table_of_points_holds_to_its_own_bounds() -> None:
    fitted, least, most = (tally.TABLE[part] for part in ("fitted", "least", "most"))
    assert [name for name in least if fitted[name] < least[name]] == []
    assert [name for name in most if fitted.get(name, 0) > most[name]] == []
    assert not fitted.keys() & tally.TABLE["set"].keys()


def test_history_silences_soft_signals_and_never_hard_ones() -> None:
    friend = Mailbox("newsletter@revue.example", "Promotions")
    soft = scenes.mail(
        friend, "Félicitations, vous avez gagné", "Dernière chance, un cadeau vous attend.",
        links=["https://bit.ly/x"], reply_to="autre@gmail.com",
    )  # fmt: skip
    known = replace(soft, writer=Acquaintance(box=friend, received=30, authenticated=30))
    assert judged(soft)
    assert judged(known) == []
    forged = replace(
        known, message=replace(known.message, authentications=(scenes.refused(friend.domain),))
    )
    assert "sender_unproven" in {finding.fact for finding in judged(forged)}


def test_a_body_the_caretaker_added_is_watched_as_well() -> None:
    body = Body(
        title="la clinique du Parc",
        names=("clinique du parc",),
        domains=frozenset({"clinique-parc.example"}),
        official=True,
    )
    sender = Mailbox("accueil@parc-info.example", "Clinique du Parc")
    asked = scenes.mail(sender, "Planning", "Voici le planning du bloc.")
    assert judged(asked) == []
    added = replace(asked, circle=replace(asked.circle, bodies=(body,)))
    facts = {finding.fact: finding for finding in judged(added)}
    assert facts["body_imitated"].clues["claimed"] == "la clinique du Parc"


def test_every_signal_leads_to_a_fact_that_can_be_said() -> None:
    facts = vocabulary(Danger.IMPERSONATION).facts
    for number, made in enumerate([*lures(), *twins()]):
        for signal in tally.signals(View(arrived(made, number))):
            assert signal.fact in facts
            assert signal.name in tally.POINTS


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_every_fact_has_one_sentence_that_names_both_sides(language: str) -> None:
    words = tomllib.loads(
        (Path(tally.__file__).parent / f"words.{language}.toml").read_text("utf-8")
    )
    reported = {"reported_elsewhere", "reported_contact"}  # a person said so: one side is enough
    lone = {"message_unread", "own_domain_unproven"} | reported
    said = {fact: row["caretaker"]["text"].count("{") for fact, row in words.items()}
    summaries = {"imitation_held", "message_doubtful"}
    assert [
        f
        for f, count in said.items()
        if count < 2 and f not in lone | summaries | {"provider_suspects"}
    ] == []
