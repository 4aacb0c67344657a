"""Letters, good practices, questions and orders for programs."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import months_made
import pytest
from authenticator import Authenticator
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from players import Stage, let_in, machine_of
from programs import Program
from registering import registered
from speaking import Speaker, now, question, report

from vigie.console.accounts.models import Person, Role, SigningKey
from vigie.console.api import keys
from vigie.console.api.scopes import Scope, rights
from vigie.console.checklist.items import items
from vigie.console.checklist.models import Answer
from vigie.console.intake import orders as keeping
from vigie.console.intake.models import Advice, KnownBad
from vigie.console.letters import keeping as letters
from vigie.console.letters.models import Dispatch, Letter
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.tools import keys as signing
from vigie.wire import orders as wire

Tell = Callable[..., dict[str, Any]]
MORNING = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)


@pytest.fixture
def place(stage: Stage) -> str:
    return f"/practices/{stage.martin.pseudonym}"


@pytest.fixture
def letter(stage: Stage) -> Letter:
    """Return the letter of October, written from a quiet month, that waits to be read."""
    Practice.objects.filter(pk=stage.martin.pk).update(since=datetime(2026, 1, 5, tzinfo=UTC))
    stage.martin.refresh_from_db()
    months_made.introduce(stage.martin)
    months_made.MONTHS["quiet"](stage.martin)
    return letters.write(stage.martin, Month(2026, 10), MORNING)


def test_letters_are_listed_and_one_is_told_with_its_figures(
    program: Program, place: str, letter: Letter
) -> None:
    (listed,) = program.ask("GET", f"{place}/letters")
    assert (listed["month"], listed["state"], listed["sent_at"]) == ("2026-10", "to_read", None)
    told = program.ask("GET", f"{place}/letters/2026-10")
    assert {name: told[name] for name in listed} == listed
    assert (told["figures"], told["text"]) == (letter.figures, letter.text)
    assert (told["digest"], told["sound"]) == (letter.digest, True)
    assert program.file(f"{place}/letters/2026-10/pdf") == bytes(letter.pdf)
    for missing in ("2026-09", "2026-13"):
        program.ask("GET", f"{place}/letters/{missing}", status=404)


def test_a_letter_that_was_read_leaves_once_and_one_that_may_have_left_only_if_asked(
    program: Program, stage: Stage, place: str, letter: Letter
) -> None:
    approve = f"{place}/letters/2026-10/approve"
    assert [program.ask("POST", approve, {})["changed"] for _ in range(2)] == [True, False]
    dispatch = Dispatch.objects.get(pk=letter.pk)
    assert dispatch.approved_by == stage.karim
    assert program.ask("GET", f"{place}/letters")[0]["state"] == "ready"
    Dispatch.objects.filter(pk=letter.pk).update(begun_at=now())
    assert program.ask("GET", f"{place}/letters")[0]["state"] == "unsure"
    assert program.ask("POST", approve, {}, 409)["refused"] == "may_have_left"
    assert Dispatch.objects.get(pk=letter.pk).begun_at is not None
    assert program.ask("POST", approve, {"again": True})["changed"]
    assert Dispatch.objects.get(pk=letter.pk).begun_at is None
    Dispatch.objects.filter(pk=letter.pk).update(begun_at=now(), sent_at=now())
    assert not program.ask("POST", approve, {"again": True})["changed"]
    assert program.ask("GET", f"{place}/letters")[0]["state"] == "sent"


def test_good_practices_are_told_and_a_persons_answer_is_dated(
    program: Program, stage: Stage, place: str
) -> None:
    listed = {row["item"]: row for row in program.ask("GET", f"{place}/checklist")}
    assert list(listed) == list(items())
    assert listed["offline_copy"]["standing"] == "blind"
    assert listed["offline_copy"]["question"]
    sent = {"said": "no", "name": "Dr Martin"}
    given = program.ask("POST", f"{place}/checklist/offline_copy/answers", sent, 201)
    lasts = datetime.fromisoformat(given["expires"]) - datetime.fromisoformat(given["at"])
    assert lasts == items()["offline_copy"].lasts
    told = {row["item"]: row for row in program.ask("GET", f"{place}/checklist")}
    assert (told["offline_copy"]["standing"], told["offline_copy"]["basis"]) == ("to_do", "answer")
    assert told["offline_copy"]["answer"] == given
    assert Answer.objects.get().person == stage.karim
    alone = next(slug for slug, item in items().items() if not item.lasts)
    for nothing_asked in (alone, "no_such_item"):
        program.ask("POST", f"{place}/checklist/{nothing_asked}/answers", sent, 404)
    bad = {"said": "perhaps", "name": "Dr Martin"}
    program.ask("POST", f"{place}/checklist/offline_copy/answers", bad, 422)


def test_a_question_is_answered_once_and_what_is_bad_is_known_everywhere(
    program: Program, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, question())
    tell(let_in(stage.favre), question())
    (waits,) = program.ask("GET", "/questions")
    assert (waits["practice"], waits["kind"]) == (stage.martin.pseudonym, "mail")
    assert (waits["sender"], waits["answer"]) == ("facture-ameli.top", None)
    assert waits["facts"] == [{"fact": "message_doubtful", "numbers": {}}]
    one = f"/questions/{waits['question']}"
    assert program.ask("GET", one) == waits
    program.ask("POST", f"{one}/answer", {"answer": "burn_it"}, 422)
    given = [
        program.ask("POST", f"{one}/answer", {"answer": said})["changed"]
        for said in ("leave", "harmless")
    ]
    assert given == [True, False]
    assert (Advice.objects.get().answer, Advice.objects.get().by) == ("leave", stage.karim)
    assert KnownBad.objects.exists()
    assert program.ask("GET", "/questions") == []
    (answered,) = program.ask("GET", f"/questions?answered=true&practice={waits['practice']}")
    assert (answered["answer"], answered["answered_by"]) == ("leave", "karim")


def test_what_became_of_orders_is_told_whoever_signed_them_and_how(
    program: Program, stage: Stage, place: str, accueil: Speaker, tell: Tell
) -> None:
    machine, key = machine_of(accueil), Authenticator()
    registered(stage.karim, key)
    first = _order(stage, accueil, 1, wire.Rehearse())
    keeping.put_asserted(key.sign(first), stage.martin, stage.karim, now())
    own = Ed25519PrivateKey.generate()
    SigningKey.objects.create(person=stage.karim, public=signing.public_text(own), added_at=now())
    body = _order(stage, accueil, 2, wire.BackUpNow())
    signed = {"body": body, "key": signing.public_text(own)}
    program.ask("POST", "/orders", {**signed, "signature": signing.sign(own, body.encode())}, 201)
    numbers = {"sequence": 1, "stranger": 1}
    about = {"danger": Danger.RANSOMWARE, "gravity": Gravity.CONCERN}
    tell(accueil, report("order_refused", numbers=numbers, **about))
    newer, older = program.ask("GET", f"{place}/orders")
    assert (newer["sequence"], newer["order"], newer["by_passkey"]) == (2, "back_up_now", False)
    assert (newer["state"], newer["machine"]) == ("waiting", machine.pseudonym)
    assert (older["sequence"], older["state"], older["reason"]) == (1, "refused", "stranger")
    assert (older["by_passkey"], older["by"], older["order"]) == (True, "karim", "rehearse")


def _order(stage: Stage, to: Speaker, sequence: int, wish: wire.Wish) -> str:
    order = wire.Order(
        practice=stage.martin.pseudonym,
        machine=to.pseudonym,
        sequence=sequence,
        expires=now() + timedelta(hours=1),
        wish=wish,
    )
    return wire.encode(order).decode()


def test_whoever_only_reads_gives_keys_that_only_read(
    stage: Stage, place: str, letter: Letter
) -> None:
    Person.objects.filter(pk=stage.karim.pk).update(role=Role.READER)
    stage.karim.refresh_from_db()
    for scope in (Scope.WRITE_INCIDENTS, Scope.SEND_LETTERS, Scope.ANSWER_CHECKLIST):
        with pytest.raises(keys.TooMuch):
            keys.make(stage.karim, "", [scope], now=now(), life=timedelta(days=1))
    mine = rights(stage.karim)
    reads = Program(keys.make(stage.karim, "", mine, now=now(), life=timedelta(days=1))[1])
    assert len(reads.ask("GET", f"{place}/letters")) == 1
    told = reads.ask("POST", f"{place}/letters/2026-10/approve", {}, 403)
    assert told["refused"] == "not_in_scope"
    assert letter.dispatch.approved_at is None


def test_a_caretaker_who_may_only_read_now_sends_nothing_with_an_older_key(
    program: Program, stage: Stage, place: str, letter: Letter
) -> None:
    Person.objects.filter(pk=stage.karim.pk).update(role=Role.READER)
    program.ask("POST", f"{place}/letters/2026-10/approve", {}, 403)
    assert Dispatch.objects.get(pk=letter.pk).approved_at is None
