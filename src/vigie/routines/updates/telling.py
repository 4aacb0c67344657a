"""From a run to the evidence of how it ended, and to what there is to say about it."""

from datetime import datetime

from vigie.domain.evidence.updates import Ending, UpdateEnded
from vigie.routines.updates.register import Run, State

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
