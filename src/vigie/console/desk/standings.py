"""The eleven rows of a practice: what is proven, on which machines, and what comes next.

Unknown is never green: a machine without a proof, with an expired one, silent or blind counts
against the whole practice.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from vigie.console.alerts.models import Alert, Kind
from vigie.console.intake.consequences import UNTRIED
from vigie.console.intake.models import Proof
from vigie.console.practices.models import Machine, OfPractice, Practice, Reader, State
from vigie.domain import proof
from vigie.domain.danger import Danger
from vigie.domain.proof import Standing


class Blindness(StrEnum):
    """Why a promise is not known to hold."""

    NONE = ""
    NO_MACHINE = "no_machine"
    NEVER_TRIED = "never_tried"
    EXPIRED = "expired"
    SILENT = "silent"
    SENSOR = "sensor"


# What needs a hand comes first, then what is not known; only then what is good.
_WORST_FIRST = (Standing.TO_DO, Standing.BLIND, Standing.TO_WATCH, Standing.PROVEN)
_BLINDEST_FIRST = tuple(Blindness)[:0:-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One of the eleven promises of one practice, as it stands now."""

    danger: Danger
    standing: Standing
    blindness: Blindness = Blindness.NONE
    latest: Proof | None = None  # the one that decides: the worst, then the newest
    tried_on: int = 0  # machines with a proof that still counts
    basis: Sequence[Proof] = ()  # the last of each trial on each machine, the newest first
    machines: int = 0
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Reading:
    standing: Standing
    blindness: Blindness
    latest: Proof | None
    expires: datetime | None = None  # the soonest of its trials: one that lapses is enough


def seen_by(rows: OfPractice, person: Reader | None) -> OfPractice:
    """Return the rows a person may see; for nobody, a duty of the console, all of them."""
    return rows.all() if person is None else rows.visible_to(person)


def rows(
    person: Reader | None, practices: Iterable[Practice], now: datetime
) -> Mapping[int, Sequence[Row]]:
    """Return the eleven rows of each of these practices, by the practice's number."""
    numbers = [practice.pk for practice in practices]
    machines: dict[int, list[Machine]] = defaultdict(list)
    approved = Machine.objects.filter(practice__in=numbers, state=State.APPROVED)
    visible = seen_by(approved, person)
    for machine in visible:
        machines[machine.practice_id].append(machine)
    proofs = _latest(person, numbers)
    matters: dict[tuple[int, str], list[Alert]] = defaultdict(list)
    open_alerts = seen_by(Alert.objects.filter(practice__in=numbers, closed_at=None), person)
    for alert in open_alerts:
        about = alert.machine_id if alert.kind == Kind.SILENT_MACHINE else alert.practice_id
        matters[about or 0, alert.danger or alert.kind].append(alert)
    return {
        number: [
            _row(danger, machines[number], proofs, matters, practice_id=number, now=now)
            for danger in Danger
        ]
        for number in numbers
    }


def _latest(person: Reader | None, numbers: list[int]) -> Mapping[tuple[int, str], list[Proof]]:
    newest = Window(
        RowNumber(),
        partition_by=[F("machine"), F("danger"), F("trial")],
        order_by=[F("at").desc(), F("number").desc()],
    )
    visible = seen_by(Proof.objects.filter(practice__in=numbers), person)
    kept: dict[tuple[int, str], list[Proof]] = defaultdict(list)
    for row in visible.annotate(place=newest).filter(place=1):
        kept[row.machine_id, row.danger].append(row)
    return kept


def _row(  # noqa: PLR0913  (a row depends on exactly these)
    danger: Danger,
    machines: Sequence[Machine],
    proofs: Mapping[tuple[int, str], list[Proof]],
    matters: Mapping[tuple[int, str], list[Alert]],
    *,
    practice_id: int,
    now: datetime,
) -> Row:
    if not machines:
        return Row(danger=danger, standing=Standing.BLIND, blindness=Blindness.NO_MACHINE)
    about = matters.get((practice_id, danger.value), [])
    all_silent = bool(matters.get((practice_id, Kind.SILENT_PRACTICE)))
    readings = [
        _read(
            proofs.get((machine.pk, danger.value), []),
            [a for a in about if a.machine_id == machine.pk],
            now,
            silent=all_silent or bool(matters.get((machine.pk, Kind.SILENT_MACHINE))),
        )
        for machine in machines
    ]
    worst = min(readings, key=lambda r: _WORST_FIRST.index(r.standing))
    blind = [r.blindness for r in readings if r.blindness]
    sound = [r for r in readings if r.standing is not Standing.BLIND and r.latest]
    return Row(
        danger=danger,
        standing=worst.standing,
        blindness=min(blind, key=_BLINDEST_FIRST.index)
        if worst.standing is Standing.BLIND
        else Blindness.NONE,
        latest=worst.latest or max((r.latest for r in readings if r.latest), key=_at, default=None),
        tried_on=len(sound),
        basis=sorted((p for m in machines for p in _tried(m, danger, proofs)), key=_at)[::-1],
        machines=len(machines),
        expires=min((r.expires for r in sound if r.expires), default=None),
    )


def _tried(
    machine: Machine, danger: Danger, proofs: Mapping[tuple[int, str], list[Proof]]
) -> list[Proof]:
    of_it = proofs.get((machine.pk, danger.value), [])
    return [row for row in of_it if row.trial not in UNTRIED]


def _read(
    proofs: Sequence[Proof], matters: Sequence[Alert], now: datetime, *, silent: bool
) -> _Reading:
    """Return how one promise stands on one machine."""
    newest = max(proofs, key=_at, default=None)
    tried = [row for row in proofs if row.trial not in UNTRIED]
    if newest is None or newest.trial in UNTRIED:
        return _Reading(Standing.BLIND, Blindness.NEVER_TRIED, newest)
    said = [m for m in matters if m.kind == Kind.REPORT]
    stands = {row.pk: _standing(row, now, len(said)) for row in tried}
    worst = min(tried, key=lambda row: (_WORST_FIRST.index(stands[row.pk]), -row.at.timestamp()))
    if silent:
        return _Reading(Standing.BLIND, Blindness.SILENT, worst)
    if any(m.fact == "sensor_blind" for m in said):
        return _Reading(Standing.BLIND, Blindness.SENSOR, worst)
    expired = stands[worst.pk] is Standing.BLIND
    return _Reading(
        stands[worst.pk],
        Blindness.EXPIRED if expired else Blindness.NONE,
        worst,
        expires=min(row.expires for row in tried),
    )


def _standing(row: Proof, now: datetime, concerns: int) -> Standing:
    told = proof.Proof(
        id=row.item,
        danger=Danger(row.danger),
        trial=row.trial,
        held=row.held,
        machine=str(row.machine_id),
        at=row.at,
        expires=row.expires,
        numbers=row.numbers,
    )
    return proof.standing(told, now=now, concerns=concerns)


def _at(row: Proof) -> datetime:
    return row.at
