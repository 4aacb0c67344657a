"""The console for programs: keys, operations, webhooks, metrics, health."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import LazySettings
from django.db import DatabaseError
from django.test import Client
from players import Stage, let_in, machine_of
from programs import Program
from receivers import LOOPBACK, WebReceiver, web_receiver
from speaking import Speaker, backup, now, report

from vigie.console.accounts.models import SigningKey
from vigie.console.alerts.models import Alert, Outage
from vigie.console.api import asking, duties, health, hooks, keys
from vigie.console.api.models import Delivery, Hook, Key
from vigie.console.api.scopes import Scope
from vigie.console.jobs import queue, worker
from vigie.console.jobs.models import Job
from vigie.console.journal.models import Entry
from vigie.console.notices.duties import look_for_news
from vigie.console.practices.models import State
from vigie.domain.danger import Danger
from vigie.tools import keys as signing
from vigie.wire import orders

Tell = Callable[..., dict[str, Any]]
PASSWORD = "quatre phares allumés"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _no_request_is_too_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "_rate", asking.Rate())


def test_everything_the_desk_shows_is_told(
    stage: Stage, program: Program, tell: Tell, accueil: Speaker
) -> None:
    lure = report(danger=Danger.POWER_LOSS)
    tell(accueil, lure, accueil.proof(held=False), backup(now()))
    look_for_news.call()
    place = f"/practices/{stage.martin.pseudonym}"
    (told,) = program.ask("GET", "/practices")
    assert (told["name"], told["open_matters"]) == ("Cabinet Martin", 2)
    assert program.ask("GET", place) == told
    promises = program.ask("GET", f"{place}/promises")
    assert len(promises) == 11
    standing = {row["danger"]: row["standing"] for row in promises}
    assert (standing["ransomware"], standing["power_loss"]) == ("to_do", "blind")
    (machine,) = program.ask("GET", f"{place}/machines")
    assert (machine["machine"], machine["state"]) == (accueil.pseudonym, "approved")
    (proof,) = program.ask("GET", f"{place}/proofs?danger=ransomware")
    assert (proof["held"], proof["machine"]) == (False, accueil.pseudonym)
    assert program.ask("GET", f"{place}/proofs?danger=power_loss") == []
    (saved,) = program.ask("GET", f"{place}/backups")
    assert saved["snapshots"] == 30
    entries = program.ask("GET", f"{place}/journal?limit=2")
    assert entries[0]["previous"] == entries[1]["digest"]
    (older, *_) = program.ask("GET", f"{place}/journal?before={entries[1]['number']}")
    assert older["number"] == entries[1]["number"] - 1
    matters = program.ask("GET", f"/matters?practice={stage.martin.pseudonym}")
    assert {row["kind"] for row in matters} == {"report", "proof_failed"}
    assert program.ask("GET", f"/matters?before={matters[-1]['matter']}") == []
    assert program.ask("GET", "/updates") == []
    (outage,) = program.ask("GET", "/outages")
    assert outage["practice"] == stage.martin.pseudonym
    assert program.ask("GET", "/me")["practices"] == [stage.martin.pseudonym]


def test_everything_the_desk_does_can_be_done_once(
    stage: Stage, program: Program, tell: Tell, accueil: Speaker
) -> None:
    tell(accueil, report())
    look_for_news.call()
    matter, outage = Alert.objects.get().pk, Outage.objects.get().pk
    answer = f"/outages/{outage}/acknowledge"
    assert [program.ask("POST", answer)["changed"] for _ in range(2)] == [True, False]
    settle = f"/matters/{matter}/settle"
    assert [program.ask("POST", settle)["changed"] for _ in range(2)] == [True, False]
    (closed,) = program.ask("GET", "/matters?closed=true")
    assert closed["matter"] == matter
    assert Entry.objects.filter(body__contains='"settled"').count() == 1
    place = f"/practices/{stage.martin.pseudonym}"
    assert len(program.ask("POST", f"{place}/codes", status=201)["code"]) == 19
    waiting = machine_of(let_in(stage.martin, approved=False))
    door = f"{place}/machines/{waiting.pseudonym}"
    wrong = {"name": "Bureau 2", "fingerprint": "0000 0000"}
    assert program.ask("POST", f"{door}/approve", wrong, 409)["refused"] == "other_fingerprint"
    right = {"name": "Bureau 2", "fingerprint": waiting.fingerprint}
    assert program.ask("POST", f"{door}/approve", right)["changed"]
    assert not program.ask("POST", f"{door}/approve", right)["changed"]
    assert program.ask("POST", f"{door}/revoke")["changed"]
    waiting.refresh_from_db()
    assert (waiting.state, waiting.name) == (State.REVOKED, "Bureau 2")
    made = program.ask("POST", "/practices", {"name": "Cabinet Roux"}, 201)
    assert made["practice"] in program.ask("GET", "/me")["practices"]
    bad = {"name": "Cabinet Roux", "timezone": "Mars/Olympus"}
    assert program.ask("POST", "/practices", bad, 422)["refused"] == "unknown_timezone"


def test_an_order_is_carried_when_a_caretaker_signed_it_and_not_otherwise(
    stage: Stage, program: Program, accueil: Speaker
) -> None:
    key = Ed25519PrivateKey.generate()
    SigningKey.objects.create(person=stage.karim, public=signing.public_text(key), added_at=now())
    place = f"/practices/{stage.martin.pseudonym}/machines/{accueil.pseudonym}"
    sequence = program.ask("GET", f"{place}/sequence")["sequence"]

    def signed(by: Ed25519PrivateKey, machine: str, practice: str) -> dict[str, str]:
        body = orders.encode(
            orders.Order(
                practice=practice,
                machine=machine,
                sequence=sequence,
                expires=now() + timedelta(hours=1),
                wish=orders.Rehearse(),
            )
        ).decode()
        return {
            "body": body,
            "key": signing.public_text(by),
            "signature": signing.sign(by, body.encode()),
        }

    mine = signed(key, accueil.pseudonym, stage.martin.pseudonym)
    assert program.ask("POST", "/orders", mine, 201)["sequence"] == sequence
    assert program.ask("POST", "/orders", mine, 201)["sequence"] == sequence
    forged = {**mine, "signature": "A" * 86}
    assert program.ask("POST", "/orders", forged, 403)["refused"] == "not_signed_by_a_caretaker"
    stranger = signed(Ed25519PrivateKey.generate(), accueil.pseudonym, stage.martin.pseudonym)
    program.ask("POST", "/orders", stranger, 403)
    other = let_in(stage.favre)
    elsewhere = signed(key, other.pseudonym, stage.favre.pseudonym)
    assert program.ask("POST", "/orders", elsewhere, 422)["refused"] == "not_an_order"
    program.ask("POST", "/orders", {**mine, "body": "{}"}, 422)


def test_what_is_malformed_is_refused_without_an_echo(program: Program) -> None:
    told = program.ask("GET", "/matters?limit=99999<script>", status=422)
    assert told["refused"] == "malformed"
    assert "script" not in json.dumps(told)
    program.ask("GET", "/practices/NOT-ONE", status=422)
    program.ask("POST", "/practices", {"name": "a\x00b"}, 422)
    assert program.ask("GET", f"/practices/{'a' * 16}", status=404)["refused"] == "not_found"


def test_a_key_is_kept_as_a_hash_and_never_more_than_its_maker(stage: Stage) -> None:
    key, text = keys.make(stage.karim, "tableau", [Scope.READ_MATTERS], now=now(), life=DAY)
    assert text not in json.dumps([str(v) for v in Key.objects.values().get().values()])
    assert keys.known(text, now()) == key
    assert keys.known(text, now() + DAY) is None
    for given in ("", "vigie_", text[:-1], text.upper(), text + "é", f" {text}"):
        assert keys.known(given, now()) is None
    with pytest.raises(keys.TooMuch):
        keys.make(stage.karim, "", [], now=now(), life=DAY, practices=[stage.favre.pseudonym])
    for life in (timedelta(0), timedelta(days=400)):
        with pytest.raises(keys.TooMuch):
            keys.make(stage.karim, "", [], now=now(), life=life)
    assert keys.revoke(key, now())
    assert not keys.revoke(key, now())
    assert keys.known(text, now()) is None


def test_the_last_use_of_a_key_is_written(stage: Stage, program: Program) -> None:
    program.ask("GET", "/me")
    used = Key.objects.get(person=stage.karim).used_at
    assert used is not None
    assert now() - used < timedelta(minutes=1)


def test_a_key_that_asks_too_often_is_told_when_to_come_back(program: Program) -> None:
    rate = asking._rate
    clock = iter(range(10_000))
    rate.clock = lambda: next(clock) / 1e6
    for _ in range(int(asking.BURST)):
        program.ask("GET", "/me")
    assert program.ask("GET", "/me", status=429)["refused"] == "too_often"


def _signed_in(stage: Stage) -> Client:
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client(headers={"Accept-Language": "fr"})
    client.post("/compte/entrer/", {"login": "karim", "password": PASSWORD})
    client.post("/compte/confirmer/", {"password": PASSWORD})
    return client


def test_a_key_is_made_on_the_page_shown_once_and_taken_back(stage: Stage) -> None:
    client = _signed_in(stage)
    assert client.get("/cles/nouvelle/").content.count(b'name="scopes"') == len(Scope)
    sent = {"name": "tableau", "scopes": ["matters:read"], "life": "30"}
    shown = client.post("/cles/nouvelle/", sent).content.decode()
    text = shown.split("<code>")[1].split("</code>")[0]
    assert Program(text).ask("GET", "/matters") == []
    Program(text).ask("GET", "/practices", status=403)
    page = client.get("/cles/").content.decode()
    assert text not in page
    assert text[6:10] in page
    assert "lire les affaires" in page
    client.post(f"/cles/{Key.objects.get().pk}/retirer/")
    Program(text).ask("GET", "/matters", status=401)
    elsewhere = {**sent, "practices": [stage.favre.pseudonym]}
    assert b"errorlist" in client.post("/cles/nouvelle/", {**elsewhere, "scopes": []}).content
    assert Key.objects.count() == 1


def test_making_a_key_asks_again_who_is_there(stage: Stage) -> None:
    stage.karim.set_password(PASSWORD)
    stage.karim.save()
    client = Client()
    client.force_login(stage.karim)
    for address in ("/cles/nouvelle/", "/cles/destinations/nouvelle/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert "/compte/confirmer/" in answer.headers["Location"]


@pytest.fixture
def web(settings: LazySettings) -> Iterator[WebReceiver]:
    settings.LOCAL_RECEIVERS = LOOPBACK
    with web_receiver() as receiver:
        yield receiver


def _deliver_all(at: timedelta = timedelta(seconds=1)) -> None:
    duties.look_for_events.call()
    while (job := queue.claim(now() + at)) is not None:
        try:
            duties.deliver.call(*job.arguments)
        except hooks.NotDelivered:
            queue.fail(job, now(), "NotDelivered")
        else:
            queue.finish(job, now())


def test_a_program_is_told_once_of_each_event_and_can_check_who_says_so(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    address = f"http://127.0.0.1:{web.port}/hook"
    hook, secret = hooks.make(stage.karim, "tableau", address, now() - timedelta(hours=1))
    assert secret.startswith("whsec_")
    assert address not in hook.address
    tell(accueil, report())
    tell(let_in(stage.favre), report())
    _deliver_all()
    _deliver_all()
    told = [json.loads(request.body) for request in web.received]
    assert sorted(event["type"] for event in told) == ["machine.waiting", "matter.opened"]
    assert {event["data"]["practice"] for event in told} == {stage.martin.pseudonym}
    for request in web.received:
        head = {name.lower(): value for name, value in request.headers.items()}
        content = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + request.body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        proof = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        assert head["webhook-signature"] == f"v1,{proof}"
        assert b"Martin" not in request.body
    Alert.objects.update(closed_at=now())
    _deliver_all()
    assert json.loads(web.received[-1].body)["type"] == "matter.closed"
    assert len({r.headers["webhook-id"] for r in web.received}) == len(web.received) == 3


def test_an_event_that_is_not_taken_is_tried_again_with_the_same_id(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    hooks.make(stage.karim, "tableau", f"http://127.0.0.1:{web.port}/", now())
    tell(accueil, report())
    web.status = 503
    _deliver_all()
    assert Delivery.objects.get().delivered_at is None
    assert Hook.objects.get().trouble == "not_taken"
    web.status = 200
    _deliver_all()  # it waits half a minute first
    assert len(web.received) == 1
    _deliver_all(timedelta(seconds=40))
    assert Delivery.objects.get().delivered_at is not None
    assert len({request.headers["webhook-id"] for request in web.received}) == 1
    assert Hook.objects.get().trouble == ""


def test_whoever_lost_a_practice_hears_of_it_no_more(
    stage: Stage, web: WebReceiver, tell: Tell, accueil: Speaker
) -> None:
    hooks.make(stage.karim, "tableau", f"http://127.0.0.1:{web.port}/", now())
    tell(accueil, report())
    duties.look_for_events.call()
    stage.martin.caretakers.remove(stage.karim)
    _deliver_all()
    assert web.received == []


@pytest.mark.parametrize(
    "address",
    [
        "http://hooks.example/",
        "https://",
        "ftp://hooks.example/",
        "https://k:p@hooks.example/",
        "https://hooks.example/#x",
        "https://hooks.example:99999/",
        "https://hooks.exämple/",
        "file:///etc/passwd",
    ],
)
def test_a_webhook_leads_outside_by_https(stage: Stage, address: str) -> None:
    with pytest.raises(hooks.NotAHook):
        hooks.make(stage.karim, "tableau", address, now())


def test_a_webhook_that_leads_inside_or_sends_on_is_not_followed(
    stage: Stage, web: WebReceiver, settings: LazySettings, tell: Tell, accueil: Speaker
) -> None:
    hooks.make(stage.karim, "tableau", f"http://127.0.0.1:{web.port}/", now())
    tell(accueil, report())
    with web_receiver() as inner:
        web.status, web.location = 302, f"http://127.0.0.1:{inner.port}/inside"
        _deliver_all()
        assert (len(web.received), inner.received) == (1, [])
    settings.LOCAL_RECEIVERS = ()
    Hook.objects.all().delete()
    hooks.make(stage.karim, "tableau", f"https://localhost:{web.port}/", now() - DAY)
    _deliver_all(timedelta(hours=1))
    assert len(web.received) == 1
    assert Hook.objects.get().trouble == "not_taken"


def test_webhooks_outlive_every_rotation_of_the_keys(
    stage: Stage, web: WebReceiver, settings: LazySettings, tell: Tell, accueil: Speaker
) -> None:
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "first", []
    hooks.make(stage.karim, "tableau", f"http://127.0.0.1:{web.port}/", now())
    for before, after in (("first", "second"), ("second", "third")):
        settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = after, [before]
        assert duties.seal_hooks_again.call() == 1
    settings.SECRET_KEY_FALLBACKS = []
    tell(accueil, report())
    _deliver_all()
    assert len(web.received) == 1


def test_prometheus_reads_numbers_with_a_key_and_sees_no_name(
    stage: Stage, tell: Tell, accueil: Speaker
) -> None:
    tell(accueil, report())
    let_in(stage.favre)
    worker.keep_calendar()
    look_for_news.call()
    text = keys.make(stage.karim, "prometheus", [Scope.READ_METRICS], now=now(), life=DAY)[1]
    assert Client().get("/metrics").status_code == 401
    other = keys.make(stage.karim, "other", [Scope.READ_MATTERS], now=now(), life=DAY)[1]
    headers = {"Authorization": f"Bearer {other}"}
    assert Client().get("/metrics", headers=headers).status_code == 403
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {text}"})
    assert answer.headers["Content-Type"].startswith("text/plain")
    told = answer.content.decode()
    for line in (
        "vigie_practices 1.0",
        'vigie_machines{state="approved"} 1.0',
        'vigie_open_matters{kind="report"} 1.0',
        'vigie_unanswered_outages{gravity="CONCERN"} 1.0',
        f"vigie_jobs_waiting {Job.objects.count()}.0",
    ):
        assert line in told.splitlines()
    assert "Martin" not in told
    assert "Accueil" not in told


def test_health_is_one_word(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Client().get("/health/live").content == b"alive\n"
    assert Client().get("/health/ready").content == b"ready\n"

    def lost() -> bool:
        raise DatabaseError("password=secret")

    monkeypatch.setattr(health, "_answers", lost)
    answer = Client().get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b"not ready\n")
    assert Client().post("/health/live").status_code == 405
