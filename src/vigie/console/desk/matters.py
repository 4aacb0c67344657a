"""Open matters, gathered: what one cause did is one line, ordered by what a person must do.

A provider's outage over many practices, a silent practice and the backups it therefore lacks, the
proofs that lapse together: each is one line, and one button.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from vigie.console.alerts.models import Alert, Kind
from vigie.console.practices.models import Practice
from vigie.domain.finding import Gravity

MANY = 3  # practices: two with the same trouble may be chance
WITHIN = timedelta(hours=2)  # duties look every quarter of an hour, nights begin at their own hour
# What follows by itself from silence is not said besides it.
FOLLOWS = frozenset({Kind.SILENT_MACHINE, Kind.NO_SNAPSHOT, Kind.PROOF_EXPIRED})
# What a person must do, first things first: harm under way, then what would be lost, then what is
# not known, then what merely waits.
ORDER: Mapping[Kind, int] = {
    Kind.CHAIN_BROKEN: 1,
    Kind.NO_SNAPSHOT: 2,
    Kind.SILENT_PRACTICE: 3,
    Kind.PROOF_FAILED: 4,
    Kind.REPORT: 5,
    Kind.SILENT_MACHINE: 7,
    Kind.PROOF_EXPIRED: 8,
}
HARM, DOOR = 0, 6  # an alarm of a guard; a machine that waits for approval


@dataclass(slots=True, kw_only=True)
class Call:
    """One line of the desk: the matters of one cause, or the machines that wait at one door."""

    practices: list[Practice]
    kind: str = ""  # of the matters that lead; the others follow from them
    alerts: list[Alert] = field(default_factory=list)
    waiting: int = 0

    @property
    def first(self) -> Alert:
        """Return the matter that speaks for the others: the gravest, then the oldest."""
        return min(self.alerts, key=lambda a: (a.kind != self.kind, _place(a), a.opened_at, a.pk))

    @property
    def since(self) -> datetime | None:
        """Return when the first of its matters was opened."""
        return min((a.opened_at for a in self.alerts), default=None)

    @property
    def practice(self) -> Practice:
        """Return the practice whose page the button opens."""
        return self.practices[0]

    @property
    def machines(self) -> int:
        """Return on how many machines the leading matter stands."""
        return len({a.machine_id for a in self.alerts if a.kind == self.kind and a.machine_id})

    @property
    def numbers(self) -> frozenset[int]:
        """Return the numbers of its matters."""
        return frozenset(a.pk for a in self.alerts)

    @property
    def place(self) -> int:
        """Return where it stands in the order of the day: lower is sooner."""
        return _place(self.first) if self.alerts else DOOR


def gathered(
    alerts: Iterable[Alert], practices: Mapping[int, Practice], waiting: Mapping[int, int]
) -> Sequence[Call]:
    """Given open matters and who waits at which door, return the lines of the day in order."""
    lines = [
        Call(practices=[practices[number]], waiting=count) for number, count in waiting.items()
    ]
    by_cause: dict[tuple[str, ...], list[Call]] = defaultdict(list)
    for number, of_it in _by_practice(alerts).items():
        for alert in of_it:
            alert.practice = practices[number]  # known already: nobody need ask again
        for cause, own in _causes(of_it).items():
            called = Call(practices=[practices[number]], kind=cause[0], alerts=own)
            by_cause[cause].append(called)
    for alike in by_cause.values():
        lines += _outages(alike)
    return sorted(lines, key=lambda line: (line.place, _when(line), line.practice.name))


def _by_practice(alerts: Iterable[Alert]) -> Mapping[int, list[Alert]]:
    sorted_in: dict[int, list[Alert]] = defaultdict(list)
    for alert in alerts:
        sorted_in[alert.practice_id].append(alert)
    return sorted_in


def _causes(alerts: Sequence[Alert]) -> Mapping[tuple[str, ...], list[Alert]]:
    """Return the matters of one practice by cause: silence takes what follows from it along."""
    causes: dict[tuple[str, ...], list[Alert]] = defaultdict(list)
    silent = {a.machine_id for a in alerts if a.kind == Kind.SILENT_MACHINE}
    whole = any(a.kind == Kind.SILENT_PRACTICE for a in alerts)
    for alert in alerts:
        if whole and alert.kind in FOLLOWS:
            cause: tuple[str, ...] = (Kind.SILENT_PRACTICE,)
        elif alert.kind in FOLLOWS and alert.machine_id in silent:
            cause = (Kind.SILENT_MACHINE,)
        elif alert.kind in FOLLOWS:  # proofs lapse together: nobody rehearsed
            cause = (alert.kind,)
        else:
            cause = (alert.kind, alert.danger, alert.fact)
            if alert.kind in {Kind.SILENT_PRACTICE, Kind.CHAIN_BROKEN}:
                cause = (alert.kind,)
        causes[cause].append(alert)
    return causes


def _outages(alike: list[Call]) -> Iterator[Call]:
    """Yield the lines of one cause: those that began together at many practices become one."""
    alike.sort(key=_when)
    together: list[Call] = []
    for line in [*alike, None]:
        if together and (line is None or _when(line) - _when(together[-1]) > WITHIN):
            yield from [_one(together)] if len(together) >= MANY else together
            together = []
        if line is not None:
            together.append(line)


def _one(lines: Sequence[Call]) -> Call:
    return Call(
        kind=lines[0].kind,
        practices=sorted((p for line in lines for p in line.practices), key=lambda p: p.name),
        alerts=[alert for line in lines for alert in line.alerts],
    )


def _place(alert: Alert) -> int:
    if alert.kind == Kind.REPORT and alert.gravity == Gravity.ALARM:
        return HARM
    return ORDER[Kind(alert.kind)]


def _when(line: Call) -> datetime:
    return line.since or datetime.max.replace(tzinfo=line.practice.since.tzinfo)
