import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from players import Post, Stage, let_in, machine_of
from speaking import (
    ADMISSION,
    ENROL,
    REPORTS,
    Speaker,
    backup,
    batch,
    fresh_id,
    gap,
    heartbeat,
    now,
    report,
)

from vigie.console import embedded
from vigie.console.alerts.models import Alert, Kind
from vigie.console.enrolment import joining
from vigie.console.intake import api, door, orders, receiving
from vigie.console.intake.models import Backup, Gap, Order, Proof, Report
from vigie.console.journal.models import Entry
from vigie.console.practices.models import Practice
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire import orders as wire_orders
from vigie.wire.enrolment import Application, decode_admission
from vigie.wire.reports import Item, SignedOrder, decode_receipt

Tell = Callable[..., dict[str, Any]]


def refusal(answer: HttpResponse) -> tuple[int, str]:
    return answer.status_code, json.loads(answer.content)["refused"]


def test_each_kind_of_item_is_kept_and_answered(accueil: Speaker, tell: Tell) -> None:
    items = (report(), accueil.proof(), backup(now()), gap(), heartbeat(blind=("usb",)))
    receipt = tell(accueil, *items)
    assert receipt["kept"] == [item.id for item in items]
    counts = [model.objects.count() for model in (Report, Proof, Backup, Gap)]
    assert counts == [1, 1, 1, 1]
    machine = machine_of(accueil)
    assert (machine.version, machine.blind) == ("2026.11.0", ["usb"])
    assert machine.last_seen is not None


def test_the_answer_is_a_receipt_of_the_wire(accueil: Speaker, post: Post) -> None:
    receipt = decode_receipt(post(accueil, batch(report())).content)
    head = Entry.objects.order_by("-number").first()
    assert head is not None
    assert (receipt.journal_number, receipt.journal_digest) == (head.number, head.digest)


def test_the_same_items_again_are_kept_once(accueil: Speaker, tell: Tell) -> None:
    body = (report(), accueil.proof(), backup(now()))
    first, again = tell(accueil, *body), tell(accueil, *body)
    assert first["kept"] == again["kept"]
    assert first["journal_digest"] == again["journal_digest"]
    assert Report.objects.count() == Proof.objects.count() == Backup.objects.count() == 1


def test_the_same_id_twice_in_one_batch_is_once(accueil: Speaker, tell: Tell) -> None:
    word = report()
    tell(accueil, word, word)
    assert Report.objects.count() == 1


def test_another_machine_cannot_take_an_id(stage: Stage, accueil: Speaker, tell: Tell) -> None:
    thief, word = let_in(stage.favre), report()
    tell(thief, word)
    tell(accueil, word)
    assert Report.objects.filter(item=word.id).count() == 2


def test_one_bad_item_does_not_lose_the_others(accueil: Speaker, post: Post) -> None:
    good, unknown = report(), report("patient_dupont_came")
    crooked = {"type": "report", "id": "not-an-id"}
    parts = [msgspec.to_builtins(good), msgspec.to_builtins(unknown), crooked]
    answer = post(accueil, json.dumps({"version": 1, "items": parts}).encode())
    assert answer.status_code == 200
    assert json.loads(answer.content)["kept"] == [good.id]
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("item", "slug"),
    [
        (report("patient_dupont_came"), "unknown_fact"),
        (report(numbers={"born": 1962}), "unknown_number"),
        (Speaker().proof("invented_trial"), "unknown_trial"),
        (Speaker().proof(numbers={"born": 1962}), "unknown_number"),
        (Speaker().proof(lasts=timedelta(days=4000)), "unlikely_expiry"),
    ],
)
def test_what_no_vocabulary_holds_is_refused_alone(
    item: Item, slug: str, accueil: Speaker, post: Post
) -> None:
    answer = post(accueil, batch(item))
    assert refusal(answer) == (422, slug)
    assert Report.objects.count() == Proof.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b"", (400, "not_json")),
        (b"{", (400, "not_json")),
        (b"[" * 100_000, (422, "not_a_batch")),
        (b'{"items": [' + b"[" * 100_000, (422, "not_a_batch")),
        (b"[]", (422, "not_a_batch")),
        (b'{"items": [], "secret": 1}', (422, "not_a_batch")),
        (b'{"version": 2, "items": []}', (422, "unknown_version")),
        (b'{"items": ["dupont"]}', (422, "not_an_item")),
        (b" " * 1_000_001, (413, "too_large")),
        (batch(*(report() for _ in range(501))), (413, "too_many")),
    ],
)
def test_what_is_not_a_batch_is_refused_without_an_echo(
    body: bytes, told: tuple[int, str], accueil: Speaker, post: Post
) -> None:
    answer = post(accueil, body)
    assert refusal(answer) == told
    assert b"dupont" not in answer.content


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_makes_the_intake_fall(accueil: Speaker, post: Post, anything: object) -> None:
    body = json.dumps({"version": 1, "items": [anything]}).encode()
    assert post(accueil, body).status_code in {200, 400, 413, 422}


def test_a_wrong_signature_is_refused(accueil: Speaker, post: Post) -> None:
    stranger = Speaker(pseudonym=accueil.pseudonym)
    assert refusal(post(stranger, batch(report()))) == (401, "not_signed")
    assert refusal(post(Speaker(pseudonym="b" * 16), batch())) == (401, "not_signed")
    signed_for_another_body = accueil.headers(REPORTS, batch(report()))
    answer = post(accueil, batch(report()), **signed_for_another_body)
    assert refusal(answer) == (401, "not_signed")


def test_a_request_counts_in_its_window_only(accueil: Speaker, client: Client) -> None:
    for late in (timedelta(seconds=-310), timedelta(seconds=310)):
        headers = accueil.headers(REPORTS, batch(), at=now() + late)
        answer = client.post(REPORTS, batch(), content_type="application/json", headers=headers)
        assert refusal(answer) == (401, "stale")


@pytest.mark.parametrize("name", ["MACHINE", "TIME", "ID", "SIGNATURE"])
@pytest.mark.parametrize("value", ["", "é", "x" * 5000, "2026-11-23T08:12:00"])
def test_a_malformed_header_is_refused(name: str, value: str, accueil: Speaker, post: Post) -> None:
    answer = post(accueil, batch(), **{getattr(envelope, name): value})
    assert answer.status_code in {400, 401}


def test_a_practice_that_sends_too_often_waits_and_the_others_do_not(
    stage: Stage, accueil: Speaker, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    still = door.Rate(clock=lambda: 0.0)
    still._buckets[stage.martin.pk] = (1.0, 0.0)
    monkeypatch.setattr(api, "_rate", still)
    assert post(accueil, batch()).status_code == 200
    refused = post(accueil, batch())
    assert refusal(refused) == (429, "too_often")
    assert refused.headers["Retry-After"] == "5"
    assert post(let_in(stage.favre), batch()).status_code == 200


def test_a_machine_joins_with_a_code_and_waits_for_approval(stage: Stage, post: Post) -> None:
    speaker = Speaker()
    code = joining.make_code(stage.martin, now())
    body = msgspec.json.encode(Application(code=code, key=speaker.public, system="linux"))
    first = decode_admission(post(speaker, body, ENROL).content)
    again = decode_admission(post(speaker, body, ENROL).content)
    assert first == again
    assert (first.approved, first.fingerprint) == (False, keys.fingerprint(speaker.public))
    speaker.pseudonym = first.machine
    assert refusal(post(speaker, batch())) == (403, "waiting")
    embedded.ensure_caretaker("karim", signing_key=keys.public_text(Ed25519PrivateKey.generate()))
    assert embedded.approve(first.machine, name="Accueil")
    admitted = decode_admission(post(speaker, b"{}", ADMISSION).content)
    assert admitted.approved
    assert len(admitted.caretakers) == 1
    assert post(speaker, batch()).status_code == 200
    joining.revoke(machine_of(speaker), now())
    assert refusal(post(speaker, batch())) == (403, "revoked")


def test_a_code_works_once_and_for_a_day(stage: Stage, post: Post) -> None:
    def ask(code: str) -> tuple[int, str]:
        speaker = Speaker()
        body = msgspec.json.encode(Application(code=code, key=speaker.public, system="linux"))
        answer = post(speaker, body, ENROL)
        return (200, "") if answer.status_code == 200 else refusal(answer)

    code = joining.make_code(stage.martin, now())
    assert ask(code) == (200, "")
    assert ask(code) == (403, "code_refused")
    assert ask(joining.make_code(stage.martin, now() - joining.LIFE)) == (403, "code_refused")
    assert ask("AAAA-AAAA-AAAA-AAAA") == (403, "code_refused")


def test_joining_needs_the_key_that_is_sent(stage: Stage, post: Post) -> None:
    code = joining.make_code(stage.martin, now())
    body = msgspec.json.encode(Application(code=code, key=Speaker().public, system="linux"))
    assert refusal(post(Speaker(), body, ENROL)) == (401, "not_signed")


def test_a_break_in_a_machines_chain_is_an_alarm(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, accueil.proof())
    tell(accueil, accueil.proof())
    assert not Alert.objects.filter(kind=Kind.CHAIN_BROKEN).exists()
    accueil.previous = "f" * 64
    tell(accueil, accueil.proof())
    assert Alert.objects.get(kind=Kind.CHAIN_BROKEN).gravity == Gravity.ALARM


def test_a_rewritten_place_in_the_chain_is_an_alarm(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, accueil.proof(), accueil.proof())
    accueil.number = 1
    tell(accueil, accueil.proof())
    assert Alert.objects.filter(kind=Kind.CHAIN_BROKEN, closed_at=None).count() == 1


def test_what_a_machine_takes_back_is_settled(accueil: Speaker, tell: Tell) -> None:
    tell(accueil, report("sensor_blind"))
    tell(accueil, report("sensor_blind"))
    matter = Alert.objects.get(kind=Kind.REPORT)
    assert (matter.times, matter.closed_at) == (2, None)
    tell(accueil, report("sensor_sees_again", gravity=Gravity.NOTE))
    matter.refresh_from_db()
    assert matter.closed_at is not None


def test_a_failed_proof_opens_a_matter_and_the_next_that_holds_settles_it(
    accueil: Speaker, tell: Tell
) -> None:
    tell(accueil, accueil.proof(held=False))
    assert Alert.objects.filter(kind=Kind.PROOF_FAILED, closed_at=None).count() == 1
    tell(accueil, accueil.proof(held=True))
    assert not Alert.objects.filter(closed_at=None).exists()
    tell(accueil, accueil.proof("not_built", held=False))
    assert not Alert.objects.filter(closed_at=None).exists()


def signed(
    practice: Practice, machine: Speaker, key: Ed25519PrivateKey, sequence: int = 1
) -> SignedOrder:
    order = wire_orders.Order(
        practice=practice.pseudonym,
        machine=machine.pseudonym,
        sequence=sequence,
        expires=now() + timedelta(hours=1),
        wish=wire_orders.BackUpNow(),
    )
    body = wire_orders.encode(order).decode()
    return SignedOrder(
        body=body, key=keys.public_text(key), signature=keys.sign(key, body.encode())
    )


def test_an_order_is_delivered_as_signed_until_it_is_taken(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    key = Ed25519PrivateKey.generate()
    embedded.ensure_caretaker("karim", signing_key=keys.public_text(key))
    order = signed(stage.martin, accueil, key)
    orders.put(order, now())
    assert tell(accueil)["orders"] == tell(accueil)["orders"] == [msgspec.to_builtins(order)]
    taken = report("order_taken", gravity=Gravity.NOTE, numbers={"sequence": 1})
    assert tell(accueil, taken).get("orders", []) == []


def test_only_a_caretaker_of_the_practice_can_order(stage: Stage, accueil: Speaker) -> None:
    stranger = Ed25519PrivateKey.generate()
    embedded.ensure_caretaker("anna", signing_key=keys.public_text(stranger))
    with pytest.raises(orders.OrderRefused):
        orders.put(signed(stage.martin, accueil, stranger), now())
    own = Ed25519PrivateKey.generate()
    embedded.ensure_caretaker("karim", signing_key=keys.public_text(own))
    forged = msgspec.structs.replace(
        signed(stage.martin, accueil, own), signature=keys.sign(own, b"else")
    )
    with pytest.raises(orders.OrderRefused):
        orders.put(forged, now())
    assert not Order.objects.exists()


def test_nothing_is_kept_without_its_journal_entry(
    accueil: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall(*_: object) -> None:
        raise RuntimeError(fresh_id())

    monkeypatch.setattr(receiving.chain, "append", fall)

    def receive() -> None:
        with transaction.atomic():
            receiving.receive(machine_of(accueil), batch(report(), accueil.proof()), now())

    with pytest.raises(RuntimeError):
        receive()
    assert Report.objects.count() == Proof.objects.count() == 0


def test_every_danger_can_be_reported(accueil: Speaker, tell: Tell) -> None:
    items = [report(danger=danger) for danger in Danger]
    assert len(tell(accueil, *items)["kept"]) == len(Danger)
