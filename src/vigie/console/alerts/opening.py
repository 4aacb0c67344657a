"""Opening and settling: no check before create, so that two workers never open one matter twice."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F

from vigie.console.alerts.models import Alert, Kind
from vigie.console.practices.models import Machine
from vigie.domain.finding import Gravity

_CLOSE = (
    "UPDATE alerts_alert SET closed_at = %s WHERE practice_id = %s AND closed_at IS NULL AND key "
)
_CLOSE_ON_POSTGRESQL = _CLOSE + "= ANY (%s)"
_CLOSE_ON_SQLITE = _CLOSE + "IN (SELECT value FROM json_each(%s))"  # noqa: S608  (no outer words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What an alert is about. Two matters with the same `key` are one."""

    practice_id: int
    kind: Kind
    gravity: Gravity = Gravity.CONCERN
    machine: Machine | None = None
    danger: str = ""
    fact: str = ""
    numbers: dict[str, int] = field(default_factory=dict)
    times: int = 1

    @property
    def key(self) -> str:
        """Return the kind, the machine, the danger and the fact: what makes it this matter."""
        machine = self.machine.pseudonym if self.machine else ""
        return f"{self.kind.value}/{machine}/{self.danger}/{self.fact}"


def raise_all(matters: Iterable[Matter], now: datetime) -> int:
    """Open each matter that is not open, count those that are; return how many were opened."""
    merged: dict[tuple[int, str], Matter] = {}
    for matter in matters:
        place = (matter.practice_id, matter.key)
        if (known := merged.get(place)) is not None:
            gravest = max(known.gravity, matter.gravity, key=lambda g: g.rank)
            merged[place] = replace(matter, gravity=gravest, times=known.times + matter.times)
        else:
            merged[place] = matter
    if not merged:
        return 0
    opened = 0
    with transaction.atomic(savepoint=False):
        for matter in sorted(merged.values(), key=lambda m: (m.practice_id, m.key)):
            opened += _raise_one(matter, now)
    return opened


def settle(matters: Sequence[Matter], now: datetime) -> int:
    """Close those of these matters that are open; return how many."""
    if not matters:
        return 0
    keys: dict[int, set[str]] = {}
    for matter in matters:
        keys.setdefault(matter.practice_id, set()).add(matter.key)
    closed_at = connection.ops.adapt_datetimefield_value(now)
    on_postgresql = connection.vendor == "postgresql"
    close = _CLOSE_ON_POSTGRESQL if on_postgresql else _CLOSE_ON_SQLITE
    settled = 0
    with connection.cursor() as cursor:  # every batch passes here: SQL in words costs half
        for number, of_it in keys.items():
            listed = sorted(of_it) if on_postgresql else json.dumps(sorted(of_it))
            cursor.execute(close, (closed_at, number, listed))
            settled += cursor.rowcount
    return settled


def _raise_one(matter: Matter, now: datetime) -> int:
    still_open = Alert.objects.filter(
        practice_id=matter.practice_id, key=matter.key, closed_at=None
    )
    graver = {"gravity": matter.gravity} if matter.gravity is Gravity.ALARM else {}
    again = {"times": F("times") + matter.times, "last_at": now, "numbers": matter.numbers}
    if still_open.update(**again, **graver):
        return 0
    alert = Alert(
        practice_id=matter.practice_id,
        machine=matter.machine,
        key=matter.key,
        kind=matter.kind,
        danger=matter.danger,
        fact=matter.fact,
        gravity=matter.gravity,
        numbers=matter.numbers,
        opened_at=now,
        last_at=now,
        times=matter.times,
    )
    # Between the update and here another worker may have opened it: the database decides.
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    return int(still_open.filter(opened_at=now, times=matter.times).exists())
