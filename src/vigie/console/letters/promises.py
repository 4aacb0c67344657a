"""The eleven promises as they stood at one moment of the past, and each day's trials.

The same rule as the practice page (`desk.standings`), asked for a moment that is over: unknown is
never green, and one machine that proved nothing is enough.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vigie.console.alerts.models import Alert, Kind
from vigie.console.intake.consequences import UNTRIED
from vigie.console.intake.models import Proof
from vigie.console.practices.models import Machine
from vigie.domain import proof
from vigie.domain.danger import Danger
from vigie.domain.proof import Standing

# What needs a hand comes first, then what is not known; only then what is good.
_WORST_FIRST = (Standing.TO_DO, Standing.BLIND, Standing.TO_WATCH, Standing.PROVEN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """One promise at the end of a month. `last` is when it was last tried on any machine."""

    danger: Danger
    standing: Standing
    last: datetime | None = None
    trial: str = ""
    held: bool = False


def promises(
    machines: Sequence[Machine], proofs: Iterable[Proof], matters: Iterable[Alert], at: datetime
) -> tuple[Promise, ...]:
    """Given what was known of a practice at the moment `at`, return its eleven promises.

    `proofs` are those received before, `matters` those open then.
    """
    latest: dict[tuple[int, str], dict[str, Proof]] = defaultdict(dict)
    for row in proofs:
        trials = latest[row.machine_id, row.danger]
        known = trials.get(row.trial)
        if known is None or (row.at, row.number) > (known.at, known.number):
            trials[row.trial] = row
    opened = list(matters)
    return tuple(_promise(danger, machines, latest, opened, at) for danger in Danger)


def _promise(
    danger: Danger,
    machines: Sequence[Machine],
    latest: Mapping[tuple[int, str], Mapping[str, Proof]],
    matters: Sequence[Alert],
    at: datetime,
) -> Promise:
    rows = [list(latest.get((machine.pk, danger.value), {}).values()) for machine in machines]
    tried = [row for of_one in rows for row in of_one if row.trial not in UNTRIED]
    newest = max(tried, key=lambda row: row.at, default=None)
    standings = [
        _standing(of_one, machine, danger, matters, at)
        for of_one, machine in zip(rows, machines, strict=True)
    ]
    return Promise(
        danger=danger,
        standing=min(standings, key=_WORST_FIRST.index, default=Standing.BLIND),
        last=newest.at if newest else None,
        trial=newest.trial if newest else "",
        held=bool(newest and newest.held),
    )


def _standing(
    rows: Sequence[Proof],
    machine: Machine,
    danger: Danger,
    matters: Sequence[Alert],
    at: datetime,
) -> Standing:
    newest = max(rows, key=lambda row: row.at, default=None)
    if newest is None or newest.trial in UNTRIED:
        return Standing.BLIND
    mine = [m for m in matters if m.machine_id == machine.pk]
    said = [m for m in mine if m.kind == Kind.REPORT and m.danger == danger.value]
    silent = any(m.kind == Kind.SILENT_MACHINE for m in mine)
    if silent or any(m.kind == Kind.SILENT_PRACTICE for m in matters):
        return Standing.BLIND
    if any(m.fact == "sensor_blind" for m in said):
        return Standing.BLIND
    each = [_one(row, at, len(said)) for row in rows if row.trial not in UNTRIED]
    return min(each, key=_WORST_FIRST.index)


def _one(row: Proof, at: datetime, concerns: int) -> Standing:
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
    return proof.standing(told, now=at, concerns=concerns)
