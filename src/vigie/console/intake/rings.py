"""Rings: which practice tries a new version first, and when the others may follow.

Nothing but numbers is known here: the same update has the same number at every practice, and says
nothing of what it is. The console decides who is next; the order itself is a caretaker's to sign.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from vigie.console.intake.models import Report
from vigie.console.practices.models import OfPractice
from vigie.domain.danger import Danger

LOOKED_BACK = timedelta(days=60)
SOAK = timedelta(hours=48)  # without a complaint, before the others follow
COMPLAINTS = frozenset(
    {"update_rolled_back", "update_not_undone", "update_failed_late", "update_carried_back"}
)


class Stage(StrEnum):
    """Where an update stands."""

    WAITS = "waits"  # no practice is willing to be first
    FIRST = "first"  # the willing practice tries it
    SOAKS = "soaks"  # it is kept there, and not for long enough yet
    OTHERS = "others"  # the others may follow
    STOPPED = "stopped"  # somewhere it did not do well


@dataclass(slots=True)
class Ring:
    """One update: machines to which it was offered (and willing), where it was kept, since when."""

    update: int
    offered: set[int] = field(default_factory=set)
    willing: set[int] = field(default_factory=set)
    kept: dict[int, datetime] = field(default_factory=dict)
    complained: set[int] = field(default_factory=set)

    def stage(self, now: datetime) -> Stage:
        """Return where it stands."""
        if self.complained:
            return Stage.STOPPED
        if self.kept:
            soaked = now - min(self.kept.values()) >= SOAK
            return Stage.OTHERS if soaked else Stage.SOAKS
        return Stage.FIRST if self.willing else Stage.WAITS

    def next(self, now: datetime) -> frozenset[int]:
        """Return the machines whose turn it is."""
        waiting = self.offered - self.kept.keys()
        match self.stage(now):
            case Stage.FIRST:
                return frozenset({min(self.willing)})
            case Stage.OTHERS:
                return frozenset(waiting)
            case _:
                return frozenset()


def rings(now: datetime, among: OfPractice | None = None) -> Sequence[Ring]:
    """Return every update told of lately, as far as this connection may see, the newest last.

    `among` are the reports to look at, where that is not all of them.
    """
    told = (
        (Report.objects.all() if among is None else among)
        .filter(danger=Danger.FAILED_UPDATE.value, at__gt=now - LOOKED_BACK)
        .order_by("at", "id")
    )
    found: dict[int, Ring] = defaultdict(lambda: Ring(0))
    for row in told.only("machine_id", "facts", "at").iterator():
        for fact in row.facts:
            number = fact["numbers"].get("update")
            if not number:
                continue
            ring = found[number]
            ring.update = number
            _take(ring, row, fact)
    return tuple(found.values())


def _take(ring: Ring, row: Report, fact: dict[str, object]) -> None:
    machine, said, numbers = row.machine_id, fact["fact"], fact["numbers"]
    if said == "update_announced":
        ring.offered.add(machine)
        if isinstance(numbers, dict) and numbers.get("willing"):
            ring.willing.add(machine)
    elif said == "update_kept":
        ring.offered.add(machine)
        ring.kept.setdefault(machine, row.at)
    elif said in COMPLAINTS:
        ring.complained.add(machine)
        ring.kept.pop(machine, None)
