"""Appending to a practice's journal, and reading whether it is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from vigie.console.journal import models
from vigie.console.practices.models import Practice
from vigie.domain import proof


@dataclass(frozen=True, slots=True)
class Break:
    """Where a journal stops being whole: the first missing or changed row."""

    practice: Practice
    number: int


def lock(practice_id: int) -> models.Head:
    """Return the head of the chain, held until the transaction ends: nobody else may append."""
    heads = models.Head.objects.select_for_update()
    head: models.Head | None = heads.filter(practice_id=practice_id).first()
    if head is None:
        models.Head.objects.bulk_create(
            [models.Head(practice_id=practice_id)], ignore_conflicts=True
        )
        return lock(practice_id)
    return head


def append(head: models.Head, record: Mapping[str, object], at: datetime) -> models.Head:
    """Append one record behind a locked head, and return the new head.

    To be called in the transaction that keeps what the record speaks of: both or neither.
    """
    last = proof.Entry(number=head.number, previous="", body="", digest=head.digest)
    body = proof.canonical({"at": at.isoformat(), **record})
    entry = proof.append(last if head.number else None, body)
    models.Entry.objects.create(
        practice_id=head.practice_id,
        number=entry.number,
        previous=entry.previous,
        body=entry.body,
        digest=entry.digest,
        at=at,
    )
    models.Head.objects.filter(practice_id=head.practice_id).update(
        number=entry.number, digest=entry.digest
    )
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
