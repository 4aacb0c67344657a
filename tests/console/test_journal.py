from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from players import Stage
from speaking import Speaker, backup, heartbeat, now, report

from vigie.console import embedded
from vigie.console.intake import sealing
from vigie.console.intake.models import Report
from vigie.console.journal import chain
from vigie.console.journal.models import Entry, Head

Tell = Callable[..., dict[str, Any]]


def test_a_batch_is_one_entry_and_a_heartbeat_is_none(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    before = Entry.objects.filter(practice=stage.martin).count()
    tell(accueil, report(), report(), accueil.proof(), backup(now()))
    tell(accueil, heartbeat())
    assert Entry.objects.filter(practice=stage.martin).count() == before + 1


def test_each_practice_has_a_whole_chain_of_its_own(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    for _ in range(5):
        tell(accueil, report(), accueil.proof())
    assert chain.first_break(stage.martin) is sealing.first_break(stage.martin) is None
    assert [e.number for e in chain.entries(stage.martin)] == list(range(1, 8))
    assert list(chain.entries(stage.favre)) == []
    assert embedded.verify_journals() == (2, [])


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal_entry SET body = '{}'",
        "DELETE FROM journal_entry",
        "UPDATE journal_entry SET digest = digest",
    ],
)
@pytest.mark.usefixtures("accueil")
def test_the_database_refuses_to_change_or_delete_a_row(statement: str) -> None:
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.usefixtures("accueil")
def test_postgresql_refuses_to_empty_the_journal() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            cursor.execute("TRUNCATE journal_entry")


def _behind_the_triggers(*statements: str) -> None:
    """Change the journal as somebody with all rights to the database would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE journal_entry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER journal_entry_keeps_words")
            cursor.execute("DROP TRIGGER journal_entry_keeps_rows")
        for statement in statements:
            cursor.execute(statement)


@pytest.mark.parametrize(
    ("statement", "number"),
    [
        ("UPDATE journal_entry SET body = '{}' WHERE number = 3", 3),
        ("DELETE FROM journal_entry WHERE number = 3", 3),
        ("DELETE FROM journal_entry WHERE number = 5", 5),
        ("UPDATE journal_entry SET number = 9 WHERE number = 4", 4),
    ],
)
def test_a_row_changed_behind_our_back_is_found(
    statement: str, number: int, stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    for _ in range(3):
        tell(accueil, report())
    _behind_the_triggers(statement)
    found = chain.first_break(stage.martin)
    assert found is not None
    assert found.number == number


def test_a_report_changed_or_torn_out_behind_our_back_is_found(
    stage: Stage, accueil: Speaker, tell: Tell
) -> None:
    for _ in range(3):
        tell(accueil, report(), report())
    place = Entry.objects.filter(practice=stage.martin).order_by("-number")[1].number
    Report.objects.filter(entry=place).update(gravity="NOTE")
    found = sealing.first_break(stage.martin)
    assert found is not None
    assert found.number == place
    Report.objects.filter(entry=place).delete()
    assert sealing.first_break(stage.martin) == found


@pytest.mark.usefixtures("accueil")
def test_the_head_is_locked_while_somebody_appends(stage: Stage) -> None:
    with transaction.atomic():
        head = chain.lock(stage.favre.pk)
        chain.append(head, {"event": "applied"}, now())
        chain.append(head, {"event": "approved"}, now())
    assert Head.objects.get(practice=stage.favre).number == 2
    assert chain.first_break(stage.favre) is None
