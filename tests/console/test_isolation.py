"""Practices cannot see one another: every route, every table, three sorts of stranger."""

import json
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.core.management.color import no_style
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from players import Stage, let_in
from speaking import Speaker, backup, gap, now, outflow, question, report

from vigie.console.accounts.models import Person
from vigie.console.alerts.models import Alert, Outage
from vigie.console.api import keys
from vigie.console.api.described import describe
from vigie.console.api.models import Delivery, Hook, Key
from vigie.console.api.scopes import Scope
from vigie.console.checklist.models import Answer
from vigie.console.desk.models import Snapshot
from vigie.console.enrolment.models import EnrolmentCode
from vigie.console.incidents import opening, pack, record
from vigie.console.incidents.models import Draft, Evidence, Incident, Revision, Tick
from vigie.console.intake import api as agents
from vigie.console.intake import receiving
from vigie.console.intake.models import (
    Advice,
    Backup,
    BadFile,
    Gap,
    KnownBad,
    Order,
    Proof,
    Question,
    Report,
)
from vigie.console.journal.models import Entry, Head
from vigie.console.letters.models import Addressee, Dispatch, Letter
from vigie.console.notices.duties import look_for_news
from vigie.console.notices.models import Address, Telling
from vigie.console.outflow.models import Outflow
from vigie.console.people.models import Entrusted
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice, State
from vigie.console.signing.models import AssertedOrder
from vigie.wire.reports import Receipt

Tell = Callable[..., dict[str, Any]]
WALLED = (
    Practice,
    Machine,
    EnrolmentCode,
    Alert,
    Entry,
    Head,
    Report,
    Proof,
    Backup,
    Gap,
    BadFile,
    Question,
    Advice,
    Order,
    Answer,
    Snapshot,
    Addressee,
    Letter,
    Dispatch,
    Outflow,
    Incident,
    Tick,
    Revision,
    Draft,
    Evidence,
    AssertedOrder,
    Entrusted,
    Outage,
    Telling,
    Delivery,
)
SECRETS = (b"Cabinet Martin", b"Accueil du Dr Martin", b"Ce qui est a Karim")


def routes(patterns: list[Any], before: str = "") -> Iterator[str]:
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route


@pytest.fixture
def addresses(stage: Stage, tell: Tell) -> list[str]:
    """Return every address of the console, filled with what belongs to Cabinet Martin."""
    speaker = let_in(stage.martin, "Accueil du Dr Martin")
    waiting = let_in(stage.martin, approved=False)
    told = (report(), speaker.proof(held=False), backup(None), gap(), outflow(), question())
    tell(speaker, *told)
    alert = Alert.objects.filter(practice=stage.martin).first()
    assert alert is not None
    Question.objects.update(id=alert.pk)  # one number fills every address
    Letter.objects.create(
        practice=stage.martin, month=date(2026, 10, 1), language="fr", subject="Cabinet Martin",
        sheet="Cabinet Martin", html="Cabinet Martin", text="Cabinet Martin",
        pdf=b"Cabinet Martin", figures={}, digest="0" * 64, entry=1, written_at=now(),
    )  # fmt: skip
    Dispatch.objects.create(practice=stage.martin, letter=Letter.objects.get())
    incident = opening.from_matter(alert, now(), by=stage.karim)
    record.tick(incident, "tell_doctor", now(), done=True, by=stage.karim)
    record.draft(incident, "notice", {"to": "CNIL"}, now(), by=stage.karim)
    look_for_news.call()
    outage = Outage.objects.get(practice=stage.martin)
    _own_things(stage, alert.pk)
    made = str(pack.make(incident, now(), by=stage.karim).pk)
    filled = {
        "<slug:pseudonym>": stage.martin.pseudonym,
        "<slug:machine>": waiting.pseudonym,
        "<int:number>": str(alert.pk),
        "<slug:slug>": "ransomware",
        "<uidb64>": "MQ",
        "<token>": "set-password",
        "<int:pk>": "1",
        "<slug:month>": "2026-10",
        "<int:incident>": str(incident.pk),
        "<slug:step>": "write_register",
        "<slug:kind>": "notice",
        "<slug:form>": "docx",
        "<int:pack>": made,
        "<pack>": made,
        "<str:secret>": "secret",
        "<practice>": stage.martin.pseudonym,
        "<machine>": waiting.pseudonym,
        "<matter>": str(alert.pk),
        "<outage>": str(outage.pk),
        "<incident>": str(incident.pk),
        "<step>": "write_register",
        "<paper>": "notice",
        "<form>": "docx",
        "<month>": "2026-10",
        "<item>": "offline_copy",
        "<question>": str(alert.pk),
    }
    found = []
    for route in routes(get_resolver().url_patterns):
        address = route
        for place, value in filled.items():
            address = address.replace(place, value)
        assert "<" not in address, f"say in `filled` how to fill {route}"
        found.append("/" + address.replace("^", "").replace("$", ""))
    return [address for address in found if not address.endswith("/sortir/")]  # the walk stays in


def _own_things(stage: Stage, number: int) -> None:
    """Give Karim an address, a key, a webhook and an outage that bear the number of the walk."""
    own = {"pk": number, "person": stage.karim, "name": "Ce qui est a Karim", "made_at": now()}
    Address.objects.create(**own, kind="ntfys", sealed="x")
    ends = now() + timedelta(days=1)
    Key.objects.create(**own, shown="abcd", digest="x", scopes=[], expires=ends)
    Hook.objects.create(**own, address="x", secret="x", seen_until=now())
    if not Outage.objects.filter(pk=number).exists():
        begun = {"opened_at": now(), "last_at": now()}
        Outage.objects.create(pk=number, practice=stage.martin, gravity="NOTE", **begun)
    with connection.cursor() as cursor:  # PostgreSQL counts on from here, not up to here
        for reset in connection.ops.sequence_reset_sql(no_style(), [Address, Key, Hook, Outage]):
            cursor.execute(reset)


def _sees(client: Client, addresses: list[str]) -> list[str]:
    leaks = []
    for address in addresses:
        for ask in (client.get, client.post):
            answer = ask(address)
            scope.see(scope.EVERYONE)
            shown = b"".join(answer) if answer.streaming else answer.content
            if any(secret in shown for secret in SECRETS):
                leaks.append(f"{ask.__name__} {address}")
    return leaks


def _state() -> tuple[Any, ...]:
    return (
        sorted(Machine.objects.values_list("pseudonym", "state", "name")),
        sorted(Alert.objects.values_list("pk", "closed_at")),
        sorted(Outage.objects.values_list("pk", "acknowledged_at")),
        sorted(Address.objects.filter(sealed="x").values_list("pk", "tested_at")),
        sorted(Key.objects.filter(digest="x").values_list("pk", "revoked_at")),
        sorted(Hook.objects.values_list("pk", "name")),
        Practice.objects.count(),
        EnrolmentCode.objects.count(),
        list(Dispatch.objects.values_list("approved_at")),
        Entry.objects.count(),
        Advice.objects.count(),
        sorted(Incident.objects.values_list("pk", "aware_at", "closed_at")),
        [model.objects.count() for model in (Tick, Revision, Draft, Evidence, Answer)],
    )


@pytest.mark.parametrize("who", ["nobody", "charlie", "anna"])
def test_no_route_shows_or_changes_another_practice(
    who: str, stage: Stage, addresses: list[str]
) -> None:
    client = Client()
    if who != "nobody":
        client.force_login(getattr(stage, who))
    before = _state()
    assert _sees(client, addresses) == []
    assert _state() == before


def test_the_walk_would_notice_a_leak(stage: Stage, addresses: list[str]) -> None:
    client = Client()
    client.force_login(stage.karim)
    shown = [a for a in _sees(client, addresses) if a.startswith("get ")]
    assert len(shown) >= 5


# What a program may be, besides one of Cabinet Martin's own: each sees and changes nothing there.
STRANGERS = ("without a key", "charlie", "anna", "karim for dr favre", "karim's revoked", "expired")


def _key(stage: Stage, who: str) -> dict[str, str]:
    """Return the headers of a program."""
    at, person = now(), {"charlie": stage.charlie, "anna": stage.anna}.get(who, stage.karim)
    if who == "without a key":
        return {}
    bound = [stage.favre.pseudonym] if who == "karim for dr favre" else []
    if bound:
        stage.favre.caretakers.add(stage.karim)
    key, text = keys.make(person, who, Scope, now=at, life=timedelta(days=30), practices=bound)
    if who == "karim's revoked":
        keys.revoke(key, at)
    if who == "expired":
        Key.objects.filter(pk=key.pk).update(expires=at)
    return {"Authorization": f"Bearer {text}"}


def operations() -> list[tuple[str, str, str]]:
    """Return every operation of the API, by its own description: method, path, scope."""
    return [
        (method, path, told.get("x-scope", ""))
        for path, methods in describe()["paths"].items()
        for method, told in methods.items()
    ]


def _asked(client: Client, method: str, path: str, known: dict[str, str], **headers: str) -> Any:  # noqa: ANN401
    sent = {
        "name": "pris",
        "fingerprint": known["fingerprint"],
        "body": known["order"],
        "key": "a" * 43,
        "signature": "a" * 86,
        "danger": "ransomware",
        "aware_at": now().isoformat(),
        "done": True,
        "content": {"what_happened": "pris"},
        "parts": {"to": "pris"},
        "said": "yes",
        "answer": "leave",
    }
    answer = client.generic(
        method.upper(),
        path.format(**known),
        json.dumps(sent) if method == "post" else "",
        content_type="application/json",
        headers=headers,
    )
    scope.see(scope.EVERYONE)
    return answer


@pytest.fixture
def known(stage: Stage, addresses: list[str]) -> dict[str, str]:
    """Return what fills the paths and bodies of the API with what is Cabinet Martin's."""
    assert addresses
    waiting = Machine.objects.get(practice=stage.martin, state=State.WAITING)
    return {
        "practice": stage.martin.pseudonym,
        "machine": waiting.pseudonym,
        "fingerprint": waiting.fingerprint,
        "matter": str(Alert.objects.filter(practice=stage.martin).values_list("pk", flat=True)[0]),
        "outage": str(Outage.objects.filter(practice=stage.martin).values_list("pk", flat=True)[0]),
        "order": "{}",
        "incident": str(Incident.objects.get(practice=stage.martin).pk),
        "step": "write_register",
        "paper": "notice",
        "form": "docx",
        "pack": str(Evidence.objects.get(practice=stage.martin).pk),
        "month": "2026-10",
        "item": "offline_copy",
        "question": str(Question.objects.get(practice=stage.martin).pk),
    }


@pytest.mark.parametrize("who", STRANGERS)
def test_no_operation_of_the_api_shows_or_changes_another_practice(
    who: str, stage: Stage, known: dict[str, str]
) -> None:
    headers, before, leaks = _key(stage, who), _state(), []
    secrets = (*SECRETS, *(known[name].encode() for name in ("practice", "machine")))
    for method, path, _ in operations():
        answer = _asked(Client(), method, path, known, **headers)
        assert answer.status_code < 500, path
        if any(secret in answer.content for secret in secrets):
            leaks.append(f"{method} {path}")
        closed = who in {"without a key", "karim's revoked", "expired"}
        assert answer.status_code == 401 or not closed, path
        assert answer.status_code in {401, 404} or "{" not in path, path  # a file may be packed
    assert leaks == []
    Practice.objects.filter(name="pris").delete()
    assert _state() == before


def test_the_walk_through_the_api_would_notice_a_leak(stage: Stage, known: dict[str, str]) -> None:
    headers = _key(stage, "karim")
    shown = [
        path
        for method, path, _ in operations()
        if known["practice"].encode() in _asked(Client(), method, path, known, **headers).content
    ]
    assert len(shown) >= 5


def test_a_key_without_a_scope_is_refused_by_each_operation_that_needs_it(
    stage: Stage, known: dict[str, str]
) -> None:
    before = _state()
    for method, path, needed in operations():
        others = [other for other in Scope if other.value != needed]
        _, text = keys.make(stage.karim, "rest", others, now=now(), life=timedelta(days=1))
        headers = {"Authorization": f"Bearer {text}"}
        answer = _asked(Client(), method, path, known, **headers)
        open_to_each = path.endswith(("/me", "/openapi.json"))
        assert bool(needed) is not open_to_each, path
        assert answer.status_code == (200 if open_to_each else 403), path
    assert _state() == before


def test_a_key_sees_what_its_person_may_see_today(stage: Stage, known: dict[str, str]) -> None:
    headers = _key(stage, "karim")
    address = f"/api/v1/practices/{known['practice']}"
    assert Client().get(address, headers=headers).status_code == 200
    scope.see(scope.EVERYONE)
    stage.martin.caretakers.remove(stage.karim)
    assert Client().get(address, headers=headers).status_code == 404
    scope.see(scope.EVERYONE)
    Person.objects.filter(pk=stage.karim.pk).update(is_active=False)
    assert Client().get(address, headers=headers).status_code == 401


def test_pages_are_closed_to_whoever_is_not_signed_in(addresses: list[str]) -> None:
    for address in addresses:
        if address.startswith(("/cabinets/", "/prevenir/", "/cles/")) or address == "/":
            answer = Client().get(address)
            assert answer.status_code in {302, 405}
            assert answer.status_code == 405 or "/compte/entrer/" in answer.headers["Location"]


def test_every_queryset_keeps_to_the_person(stage: Stage, addresses: list[str]) -> None:
    assert addresses
    for model in WALLED:
        assert not model.objects.visible_to(stage.anna).exclude(
            **({"pk": stage.favre.pk} if model is Practice else {"practice": stage.favre})
        )
        assert not model.objects.visible_to(stage.charlie)


def _rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608  (our own tables)
        return int(cursor.fetchone()[0])


def test_postgresql_itself_shows_no_row_outside_the_scope(
    stage: Stage, addresses: list[str]
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    tables = [model._meta.db_table for model in WALLED]
    assert addresses
    everything = {table: _rows(table) for table in tables}
    scope.see(scope.NOBODY)
    assert {table: _rows(table) for table in tables} == dict.fromkeys(tables, 0)
    scope.see(scope.of([stage.favre.pk]))
    assert _rows("practices_practice") == 1
    assert _rows("practices_machine") == _rows("intake_report") == 0
    scope.see(scope.of([stage.martin.pk]))
    assert _rows("intake_report") == everything["intake_report"] == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE practices_machine SET name = 'taken'")
        assert cursor.rowcount == 2
    scope.see(scope.of([stage.favre.pk]))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE practices_machine SET name = 'taken'")
        assert cursor.rowcount == 0


def test_every_table_of_a_practice_is_walled() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid "
            "WHERE relkind = 'r' AND attname = 'practice_id' "
            "AND NOT (relrowsecurity AND relforcerowsecurity)"
        )
        assert [row[0] for row in cursor.fetchall()] == ["practices_care"]


def test_what_all_practices_share_tells_of_none() -> None:
    """`intake_knownbad` has no walls on purpose: a digest, and nothing about who met it."""
    assert {field.column for field in KnownBad._meta.concrete_fields} == {"id", "digest"}


def test_a_wall_reads_the_scope_once_for_a_statement(stage: Stage) -> None:
    """A caretaker of a thousand practices has a long scope: not to be read for each row."""
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    assert stage
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, qual FROM pg_policies WHERE policyname = 'own_practices'")
        rules = dict(cursor.fetchall())
    assert {model._meta.db_table for model in WALLED} <= rules.keys()
    assert {table: rule for table, rule in rules.items() if "SELECT" not in rule} == {}


def test_a_batch_sees_the_practice_of_its_machine_alone(
    stage: Stage, accueil: Speaker, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("row-level security is PostgreSQL's")
    assert stage.favre.pk != stage.martin.pk
    seen: list[list[int]] = []

    def receive(machine: Machine, sent: bytes, now: datetime) -> Receipt:
        seen.append(list(Practice.objects.values_list("pk", flat=True)))
        return receiving.receive(machine, sent, now)

    monkeypatch.setattr(agents, "receive", receive)
    tell(accueil, report())
    assert seen == [[stage.martin.pk]]


def test_a_migration_under_a_running_console_stops_no_batch(accueil: Speaker, tell: Tell) -> None:
    """A statement that is planned once must not depend on columns that it does not name."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite plans each statement anew")
    for _ in range(5):
        tell(accueil, report())
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        # In a block, for psycopg forgets its plans at an ALTER of its own; this one is another's.
        cursor.execute(
            "DO $$ BEGIN ALTER TABLE practices_machine ADD COLUMN of_tomorrow integer; END $$"
        )
    assert len(tell(accueil, report())["kept"]) == 1


def test_a_new_practice_is_seen_by_its_own_caretaker_only(stage: Stage) -> None:
    client = Client()
    client.force_login(stage.anna)
    sent = {
        "name": "Cabinet Roux",
        "language": "fr",
        "country": "FR",
        "timezone": "Europe/Paris",
    }
    answer = client.post("/cabinets/nouveau/", sent)
    assert answer.status_code == 302
    assert b"Cabinet Roux" in client.get("/").content
    scope.see(scope.EVERYONE)
    client.force_login(stage.karim)
    assert b"Cabinet Roux" not in client.get("/").content


def test_a_machines_signature_opens_its_own_practice_only(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    receipt = tell(accueil, report())
    other = tell(let_in(stage.favre), report())
    assert receipt["journal_digest"] != other["journal_digest"]
    assert Report.objects.filter(practice=stage.favre).count() == 1
