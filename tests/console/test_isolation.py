"""Practices cannot see one another: every route, every table, three sorts of stranger."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from players import Stage, let_in
from speaking import Speaker, backup, gap, report

from vigie.console.alerts.models import Alert
from vigie.console.checklist.models import Answer
from vigie.console.desk.models import Snapshot
from vigie.console.enrolment.models import EnrolmentCode
from vigie.console.intake.models import Backup, BadFile, Gap, Order, Proof, Report
from vigie.console.journal.models import Entry, Head
from vigie.console.practices import scope
from vigie.console.practices.models import Machine, Practice

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
    Order,
    Snapshot,
    Answer,
)
SECRETS = (b"Cabinet Martin", b"Accueil du Dr Martin")


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
    tell(speaker, report(), speaker.proof(held=False), backup(None), gap())
    alert = Alert.objects.filter(practice=stage.martin).first()
    assert alert is not None
    filled = {
        "<slug:pseudonym>": stage.martin.pseudonym,
        "<slug:machine>": waiting.pseudonym,
        "<int:number>": str(alert.pk),
        "<slug:slug>": "ransomware",
        "<uidb64>": "MQ",
        "<token>": "set-password",
        "<int:pk>": "1",
    }
    found = []
    for route in routes(get_resolver().url_patterns):
        address = route
        for place, value in filled.items():
            address = address.replace(place, value)
        assert "<" not in address, f"say in `filled` how to fill {route}"
        found.append("/" + address.replace("^", "").replace("$", ""))
    return [address for address in found if not address.endswith("/sortir/")]  # the walk stays in


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
        EnrolmentCode.objects.count(),
        Entry.objects.count(),
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


def test_pages_are_closed_to_whoever_is_not_signed_in(addresses: list[str]) -> None:
    for address in addresses:
        if "/cabinets/" in address or address == "/":
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
