"""How all the practices stand, without reading all their proofs at every look.

Each practice has a snapshot. It counts while the journal has no new row, the same matters are
open, the same machines are in, and no proof has lapsed. What is stale is read again at once; of
very many, a few at each look and the rest by a duty. Until then nothing stale is green.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import Count

from vigie.console.alerts.models import Alert
from vigie.console.desk import standings
from vigie.console.desk.models import Snapshot
from vigie.console.desk.standings import seen_by
from vigie.console.journal.models import Head
from vigie.console.practices.models import Machine, Practice, Reader, State
from vigie.domain.danger import Danger
from vigie.domain.proof import Standing

AT_ONCE = 60  # practices read again in one look; a caretaker of forty always sees the latest
A_FEW = 10  # of a longer list: a look must not wait for all of them
_FIELDS = ("proven", "to_watch", "to_do", "blind", "machines", "oldest", "until", "head", "mark")
_UNKNOWN: Mapping[Standing, int] = dict.fromkeys(Standing, 0) | {Standing.BLIND: len(Danger)}


class _Kept(NamedTuple):
    """A snapshot's columns, in the order of `_FIELDS`."""

    proven: int
    to_watch: int
    to_do: int
    blind: int
    machines: int
    oldest: datetime | None
    until: datetime | None
    head: int
    mark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one practice stands. Unknown is never green: a stale snapshot proves nothing."""

    practice: Practice
    counts: Mapping[Standing, int]
    machines: int
    oldest: datetime | None = None

    @property
    def proven(self) -> bool:
        """Return whether all eleven promises are proven now."""
        return self.counts[Standing.PROVEN] == len(Danger)


def stands(
    person: Reader | None, practices: Sequence[Practice], alerts: Iterable[Alert], now: datetime
) -> Sequence[Stand]:
    """Return how each practice stands, in the order given. `alerts` are all open ones."""
    marks = _marks(alerts)
    heads = dict(seen_by(Head.objects.all(), person).values_list("practice_id", "number"))
    machines = _machines(person)
    snapshots = seen_by(Snapshot.objects.order_by(), person).values_list("pk", *_FIELDS)
    kept = {number: _Kept(*fields) for number, *fields in snapshots}  # a thousand: no instances

    def fresh(practice: Practice) -> bool:
        row, number = kept.get(practice.pk), practice.pk
        return (
            row is not None
            and (row.head, row.mark) == (heads.get(number, 0), marks.get(number, ""))
            and row.machines == machines.get(number, 0)
            and (row.until is None or row.until > now)
        )

    stale = [practice for practice in practices if not fresh(practice)]
    again = stale if len(practices) <= AT_ONCE else stale[:A_FEW]
    read = _read(person, again, now, heads, marks)
    unread = {practice.pk for practice in stale} - read.keys()
    return [
        _stand(
            p, read.get(p.pk) or kept.get(p.pk), machines.get(p.pk, 0), trusted=p.pk not in unread
        )
        for p in practices
    ]


def refresh(practices: Sequence[Practice], now: datetime) -> int:
    """Read all of these practices again where their snapshot is stale, for the console itself."""
    alerts = Alert.objects.filter(closed_at=None)
    count = 0
    for start in range(0, len(practices), AT_ONCE):
        part = practices[start : start + AT_ONCE]
        count += len(stands(None, part, alerts.filter(practice__in=part), now))
    return count


def _read(
    person: Reader | None,
    practices: Sequence[Practice],
    now: datetime,
    heads: Mapping[int, int],
    marks: Mapping[int, str],
) -> Mapping[int, _Kept]:
    if not practices:
        return {}
    rows = standings.rows(person, practices, now)
    read = [
        _snapshot(
            practice, rows[practice.pk], heads.get(practice.pk, 0), marks.get(practice.pk, "")
        )
        for practice in practices
    ]
    Snapshot.objects.bulk_create(
        read, update_conflicts=True, unique_fields=["practice"], update_fields=_FIELDS
    )
    return {row.pk: _Kept(*(getattr(row, name) for name in _FIELDS)) for row in read}


def _snapshot(practice: Practice, rows: Sequence[standings.Row], head: int, mark: str) -> Snapshot:
    counts = Counter(row.standing for row in rows)
    return Snapshot(
        practice=practice,
        proven=counts[Standing.PROVEN],
        to_watch=counts[Standing.TO_WATCH],
        to_do=counts[Standing.TO_DO],
        blind=counts[Standing.BLIND],
        machines=max((row.machines for row in rows), default=0),
        oldest=min((row.latest.at for row in rows if row.latest), default=None),
        until=min((row.expires for row in rows if row.expires), default=None),
        head=head,
        mark=mark,
    )


def _stand(practice: Practice, row: _Kept | None, machines: int, *, trusted: bool) -> Stand:
    if row is None or not trusted:
        return Stand(practice=practice, counts=_UNKNOWN, machines=machines)
    counts = {
        Standing.PROVEN: row.proven,
        Standing.TO_WATCH: row.to_watch,
        Standing.TO_DO: row.to_do,
        Standing.BLIND: row.blind,
    }
    return Stand(practice=practice, counts=counts, machines=machines, oldest=row.oldest)


def _marks(alerts: Iterable[Alert]) -> Mapping[int, str]:
    """Return for each practice what tells its open matters from others: how many, which last."""
    found: dict[int, list[int]] = defaultdict(list)
    for alert in alerts:
        found[alert.practice_id].append(alert.pk)
    return {number: f"{len(of_it)}/{sum(of_it)}" for number, of_it in found.items()}


def _machines(person: Reader | None) -> Mapping[int, int]:
    approved = seen_by(Machine.objects.filter(state=State.APPROVED), person)
    counted = approved.order_by().values_list("practice_id").annotate(Count("id"))
    return dict(counted)
