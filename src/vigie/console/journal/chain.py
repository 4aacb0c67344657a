"""Appending to a practice's journal, and reading whether it is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from vigie.console.journal import models
from vigie.console.practices.models import Practice
from vigie.domain import proof

_HEAD = "SELECT number, digest FROM journal_head WHERE practice_id = %s"
_APPEND = (
    "INSERT INTO journal_entry (practice_id, number, previous, body, digest, at) "
    "VALUES (%s, %s, %s, %s, %s, %s)"
)
_MOVE = "UPDATE journal_head SET number = %s, digest = %s WHERE practice_id = %s"
_APPEND_AND_MOVE = f"WITH appended AS ({_APPEND}) {_MOVE}"  # PostgreSQL: one journey for both


@dataclass(frozen=True, slots=True)
class Break:
    """Where a journal stops being whole: the first missing or changed row."""

    practice: Practice
    number: int


def lock(practice_id: int) -> models.Head:
    """Return the head of the chain, held until the transaction ends: nobody else may append."""
    held = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with connection.cursor() as cursor:  # written out: see `append`
        cursor.execute(_HEAD + held, [practice_id])
        found = cursor.fetchone()
    if found is None:
        models.Head.objects.bulk_create(
            [models.Head(practice_id=practice_id)], ignore_conflicts=True
        )
        return lock(practice_id)
    number, digest = found
    return models.Head(practice_id=practice_id, number=number, digest=digest)


def append(head: models.Head, record: Mapping[str, object], at: datetime) -> models.Head:
    """Append one record behind a locked head, and return the new head.

    To be called in the transaction that keeps what the record speaks of: both or neither.
    """
    last = proof.Entry(number=head.number, previous="", body="", digest=head.digest)
    body = proof.canonical({"at": at.isoformat(), **record})
    entry = proof.append(last if head.number else None, body)
    written = connection.ops.adapt_datetimefield_value(at)
    row = (head.practice_id, entry.number, entry.previous, entry.body, entry.digest, written)
    moved = (entry.number, entry.digest, head.practice_id)
    with connection.cursor() as cursor:  # every batch passes here: SQL in words costs half
        if connection.vendor == "postgresql":
            cursor.execute(_APPEND_AND_MOVE, row + moved)
        else:
            cursor.execute(_APPEND, row)
            cursor.execute(_MOVE, moved)
    head.number, head.digest = entry.number, entry.digest
    return head


def record(practice: Practice, event: Mapping[str, object], at: datetime) -> models.Head:
    """Write one event of its own into the journal of a practice."""
    with transaction.atomic():
        return append(lock(practice.pk), event, at)


def entries(practice: Practice) -> Iterator[proof.Entry]:
    """Return the rows of a practice's journal, oldest first."""
    rows = models.Entry.objects.filter(practice=practice).order_by("number")
    for row in rows.iterator(chunk_size=2000):
        yield proof.Entry(
            number=row.number, previous=row.previous, body=row.body, digest=row.digest
        )


def first_break(practice: Practice) -> Break | None:
    """Return where the journal of a practice is broken, or None where it is whole.

    Rows cut off at the end are found too: the head must be the last row.
    """
    last: list[proof.Entry] = []

    def remembered() -> Iterator[proof.Entry]:
        for entry in entries(practice):
            last[:] = [entry]
            yield entry

    if (number := proof.first_break(remembered())) is not None:
        return Break(practice, number)
    end = (last[0].number, last[0].digest) if last else (0, "")
    head = models.Head.objects.filter(practice=practice).first()
    if (head.number, head.digest) != end if head else end != (0, ""):
        return Break(practice, end[0] + 1)
    return None
