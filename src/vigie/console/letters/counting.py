"""Every figure of a letter, counted over the rows of one practice: none is guessed.

A row belongs to the month in which it *arrived*: what a machine tells late is in the next letter,
and every row is in one letter only.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from vigie.console.alerts.models import Alert, Kind
from vigie.console.intake.consequences import UNTRIED
from vigie.console.intake.models import Backup, Proof, Report
from vigie.console.letters.months import Month
from vigie.console.letters.nights import BEFORE, RESTORES, nights_of
from vigie.console.letters.promises import Promise, promises
from vigie.console.practices.models import Machine, Practice, State
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Standing
from vigie.domain.response import Deed, Result
from vigie.phrasebook import vocabulary

CARE = "care"  # what concerns machines and backups rather than one of the eleven incidents
INTERRUPTIONS = "interruptions_counted"
_NEWEST = Window(
    RowNumber(),
    partition_by=[F("machine"), F("danger"), F("trial")],
    order_by=[F("at").desc(), F("number").desc()],
)
# What any guard may say is about the machine itself.
_SHARED = frozenset.intersection(*(frozenset(vocabulary(d).facts) for d in Danger))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen about one danger (or CARE), and what was done: each a count of rows."""

    subject: str
    times: int
    done: Mapping[Deed, int] = field(default_factory=dict)
    not_done: Mapping[Deed, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One fact that was an alarm: the last time it was seen, and how often."""

    danger: Danger
    fact: str
    last: datetime
    times: int
    numbers: Mapping[str, int]
    not_done: int = 0  # deeds about it that did not succeed: then nothing is said to have


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The days of the month on which something was tried, held or not, and on which it was seen."""

    held: frozenset[int] = frozenset()
    failed: frozenset[int] = frozenset()
    seen: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One month of one practice, in figures."""

    month: Month
    zone: str
    upto: datetime  # the end of the month, or now where it is not over
    over: bool
    first: date | None = None  # the practice's first day, in its first month
    machines: int = 0
    silent: int = 0
    held: int = 0
    failed: int = 0
    restored: int = 0
    not_restored: int = 0
    untried: int = 0
    seen: Sequence[Seen] = ()
    alarms: Sequence[Alarm] = ()
    promises: Sequence[Promise] = ()
    strips: Mapping[Danger, Strip] = field(default_factory=dict)
    nights: Sequence[str] = ()  # one for each night of the month that is over
    restored_on: frozenset[int] = frozenset()
    interruptions: int = 0
    counted_by: int = 0  # machines that said how often they interrupted
    blinded: int = 0
    open_facts: frozenset[str] = frozenset()

    @property
    def tried(self) -> int:
        """Return how many trials there were."""
        return self.held + self.failed

    @property
    def times(self) -> int:
        """Return how often something was seen, all in all."""
        return sum(each.times for each in self.seen)

    @property
    def not_done(self) -> int:
        """Return how many deeds did not succeed."""
        return sum(sum(each.not_done.values()) for each in self.seen)

    @property
    def nights_there(self) -> int:
        """Return how many nights are over since the practice is in our care."""
        return len(self.nights) - self.night(BEFORE)

    def night(self, kind: str) -> int:
        """Return how many nights were of this kind."""
        return sum(each == kind for each in self.nights)

    def standing(self, standing: Standing) -> int:
        """Return how many of the eleven promises stand so."""
        return sum(promise.standing is standing for promise in self.promises)

    @property
    def knows_all(self) -> bool:
        """Return whether nothing hindered us from seeing: only then is silence good news."""
        return bool(self.machines) and not self.silent and not self.blinded


def count(practice: Practice, month: Month, now: datetime) -> Figures:
    """Count one month of a practice, as far as it has come at `now`."""
    zone = practice.timezone
    begins, ends = month.begins(zone).astimezone(UTC), month.ends(zone).astimezone(UTC)
    upto = max(begins, min(ends, now))
    arrived = {"practice": practice, "received_at__gte": begins, "received_at__lt": upto}
    machines = list(
        Machine.objects.filter(practice=practice, state=State.APPROVED, approved_at__lt=upto)
    )
    reports = list(Report.objects.filter(**arrived).order_by("received_at", "id"))
    proofs = list(Proof.objects.filter(**arrived))
    before = Proof.objects.filter(practice=practice, received_at__lt=upto).annotate(place=_NEWEST)
    matters = list(_open_at(practice, upto))
    nights, restored_on = nights_of(practice, proofs, month, upto)
    tried = [row for row in proofs if row.trial not in UNTRIED]
    told = [row for row in reports if _interruptions(row) is not None]
    return Figures(
        month=month,
        zone=zone,
        upto=upto,
        over=now >= ends,
        first=_first_day(practice, month),
        machines=len(machines),
        silent=_silent(machines, matters),
        held=sum(row.held for row in tried),
        failed=sum(not row.held for row in tried),
        restored=sum(row.held for row in tried if row.trial.startswith(RESTORES)),
        not_restored=sum(not row.held for row in tried if row.trial.startswith(RESTORES)),
        untried=len(proofs) - len(tried),
        seen=_seen(reports),
        alarms=_alarms(reports),
        promises=promises(machines, before.filter(place=1), matters, upto),
        strips=_strips(tried, reports, month, zone),
        nights=nights,
        restored_on=restored_on,
        interruptions=sum(_interruptions(row) or 0 for row in told),
        counted_by=len({row.machine_id for row in told} & {m.pk for m in machines}),
        blinded=sum(any(f["fact"] == "sensor_blind" for f in row.facts) for row in reports),
        open_facts=frozenset(m.fact for m in matters if m.kind == Kind.REPORT)
        | _lacking(practice, machines, upto),
    )


def subject(row: Report) -> str | None:
    """Return which danger a report tells of, CARE, or None where it is for the record only."""
    grave = [f["fact"] for f in row.facts if f["gravity"] != Gravity.NOTE]
    if not grave:
        return None
    return CARE if all(fact in _SHARED for fact in grave) else row.danger


def _first_day(practice: Practice, month: Month) -> date | None:
    day = month.day(practice.since, practice.timezone)
    return month.first.replace(day=day) if day else None


def _open_at(practice: Practice, at: datetime) -> Iterable[Alert]:
    still = Q(closed_at=None) | Q(closed_at__gte=at)
    return Alert.objects.filter(still, practice=practice, opened_at__lt=at)


def _silent(machines: Sequence[Machine], matters: Iterable[Alert]) -> int:
    known = {machine.pk for machine in machines}
    silent: set[int] = set()
    for matter in matters:
        if matter.kind == Kind.SILENT_PRACTICE:
            return len(known)
        if matter.kind == Kind.SILENT_MACHINE and matter.machine_id in known:
            silent.add(matter.machine_id or 0)
    return len(silent)


def _seen(reports: Iterable[Report]) -> tuple[Seen, ...]:
    times: Counter[str] = Counter()
    done: dict[str, Counter[Deed]] = defaultdict(Counter)
    not_done: dict[str, Counter[Deed]] = defaultdict(Counter)
    for row in reports:
        if (about := subject(row)) is None:
            continue
        times[about] += 1
        for outcome in row.outcomes:
            if outcome["result"] == Result.DONE:
                done[about][Deed(outcome["deed"])] += 1
            elif outcome["result"] == Result.FAILED:
                not_done[about][Deed(outcome["deed"])] += 1
    order = [danger.value for danger in Danger] + [CARE]
    return tuple(
        Seen(subject=s, times=times[s], done=dict(done[s]), not_done=dict(not_done[s]))
        for s in order
        if times[s]
    )


def _alarms(reports: Iterable[Report]) -> tuple[Alarm, ...]:
    """Return the facts that were alarms, the latest first."""
    last: dict[tuple[str, str], Alarm] = {}
    for row in reports:
        for fact in row.facts:
            if fact["gravity"] == Gravity.ALARM:
                key = (row.danger, fact["fact"])
                moment = min(row.at, row.received_at)
                earlier = last.get(key)
                last[key] = Alarm(
                    danger=Danger(row.danger),
                    fact=fact["fact"],
                    last=max(moment, earlier.last) if earlier else moment,
                    times=earlier.times + 1 if earlier else 1,
                    numbers=fact["numbers"],
                    not_done=(earlier.not_done if earlier else 0) + _not_done(row),
                )
    return tuple(sorted(last.values(), key=lambda a: (a.last, a.danger, a.fact), reverse=True))


def _not_done(row: Report) -> int:
    return sum(outcome["result"] == Result.FAILED for outcome in row.outcomes)


def _strips(
    tried: Iterable[Proof], reports: Iterable[Report], month: Month, zone: str
) -> Mapping[Danger, Strip]:
    held: dict[str, set[int]] = defaultdict(set)
    failed: dict[str, set[int]] = defaultdict(set)
    seen: dict[str, set[int]] = defaultdict(set)
    for row in tried:
        day = month.day(min(row.at, row.received_at), zone)
        (held if row.held else failed)[row.danger].add(day)
    for told in reports:
        if subject(told) == told.danger:
            seen[told.danger].add(month.day(min(told.at, told.received_at), zone))
    return {
        danger: Strip(
            held=frozenset(held[danger] - failed[danger] - {0}),
            failed=frozenset(failed[danger] - {0}),
            seen=frozenset(seen[danger] - {0}),
        )
        for danger in Danger
    }


def _lacking(practice: Practice, machines: Sequence[Machine], upto: datetime) -> frozenset[str]:
    """Return what the machines last said their backups lack, as the facts of the same name."""
    lacking: set[str] = set()
    for machine in machines:
        told = Backup.objects.filter(practice=practice, machine=machine, received_at__lt=upto)
        if last := told.order_by("-at", "-id").first():
            lacking |= {f"backup_lacks_{slug}" for slug in last.missing}
    return frozenset(lacking)


def _interruptions(row: Report) -> int | None:
    """Return how many interruptions a report counts, or None where it is about something else."""
    for fact in row.facts:
        if fact["fact"] == INTERRUPTIONS:
            return int(fact["numbers"].get("shown", 0))
    return None
