"""From a run to the evidence of how it ended, and to what there is to say about it."""

from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from typing import Protocol

from vigie.domain.evidence.updates import Ending, UpdateEnded
from vigie.routines.updates.register import Run, State

_DIGITS = 13  # of sixteen each: 52 bits, which every JSON reader can count to


class Changed(Protocol):
    """A package and the version it is brought to."""

    @property
    def package(self) -> str:
        """Return its name."""

    @property
    def after(self) -> str:
        """Return the version."""


def number_of(changes: Iterable[Changed]) -> int:
    """Return the number of an update: the same at every practice to which it is offered."""
    named = "\n".join(sorted(f"{change.package} {change.after}" for change in changes))
    return int(sha256(named.encode()).hexdigest()[:_DIGITS], 16) if named else 0


_ENDINGS = {
    State.KEPT: Ending.KEPT,
    State.REFUSED: Ending.REFUSED,
    State.ABANDONED: Ending.INTERRUPTED,
    State.ROLLING_BACK: Ending.INCOMPLETE,
}


def ended(run: Run, *, at: datetime, machine: str) -> UpdateEnded:
    """Return what became of a run, as evidence."""
    ending = _ENDINGS.get(run.state, Ending.ROLLED_BACK)
    if run.state is State.ROLLED_BACK and run.carrying:
        ending = Ending.CARRIED_BACK
    elif run.state is State.ROLLED_BACK and run.interrupted:
        ending = Ending.INTERRUPTED
    return UpdateEnded(
        at=at,
        machine=machine,
        unit=run.unit,
        run=run.id,
        update=number_of(run.changes),
        ending=ending,
        reason=run.reason,
        packages=len(run.changes),
        seconds=run.seconds,
        records=run.records,
        lost=run.lost,
        changed=run.changed,
        carried=run.carried,
        reenter=run.reenter,
    )
