"""An update that fails: said once it has been taken back, or before it is begun.

The routine has already done what had to be done within the hour. What is left to a guard is to say
it to the right person, and to answer an application that ends the morning after.
"""

from collections.abc import Iterator, Sequence

from vigie.domain.evidence.updates import (
    ApplicationEndedLate,
    Ending,
    UpdateEnded,
    UpdateEvidence,
    UpdateFound,
    UpdatePutOff,
)
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard

# Why an update was not begun, as facts of their own where somebody has to do something about it.
REFUSED = {
    "would_remove": "update_would_remove",
    "not_installable": "update_not_installable",
    "not_well_before": "update_not_well_before",
    "not_backed_up": "update_not_backed_up",
    "no_space": "update_no_space",
}
ENDINGS = {
    Ending.KEPT: (Gravity.NOTE, "update_kept"),
    Ending.INTERRUPTED: (Gravity.CONCERN, "update_interrupted"),
    Ending.ROLLED_BACK: (Gravity.CONCERN, "update_rolled_back"),
    Ending.CARRIED_BACK: (Gravity.CONCERN, "update_carried_back"),
    Ending.INCOMPLETE: (Gravity.ALARM, "update_not_undone"),
}


def judge(seen: Sequence[UpdateEvidence]) -> Iterator[Finding]:
    """Given what happened to updates, the newest last, say what the newest means."""
    newest = seen[-1]
    match newest:
        case UpdateFound():
            numbers = {"packages": newest.packages, "willing": int(newest.willing)}
            yield _finding(newest, Gravity.NOTE, "update_announced", **numbers)
        case UpdatePutOff():
            yield _finding(newest, Gravity.NOTE, "update_put_off", days=newest.days)
        case ApplicationEndedLate():
            yield _finding(newest, Gravity.ALARM, "update_failed_late", minutes=newest.minutes)
        case UpdateEnded():
            yield _ended(newest)
        case _:
            return


def _ended(ended: UpdateEnded) -> Finding:
    if ended.ending is Ending.REFUSED:
        fact = REFUSED.get(ended.reason, "update_not_begun")
        return _finding(ended, Gravity.CONCERN, fact, packages=ended.packages)
    gravity, fact = ENDINGS[ended.ending]
    numbers = {"packages": ended.packages, "seconds": ended.seconds, "records": ended.records}
    if ended.ending in {Ending.ROLLED_BACK, Ending.INCOMPLETE}:
        numbers |= {"lost": ended.lost, "changed": ended.changed}
    if ended.ending is Ending.CARRIED_BACK:
        numbers = {"carried": ended.carried, "reenter": ended.reenter}
    return _finding(ended, gravity, fact, **numbers)


def _finding(about: UpdateEvidence, gravity: Gravity, fact: str, **numbers: int) -> Finding:
    reason = about.reason if isinstance(about, UpdateEnded) else ""
    named = about.run or str(about.update or "")
    clues = {"subject": f"{about.unit} {named}".strip(), "unit": about.unit, "run": about.run}
    if about.update:
        numbers["update"] = about.update
    return Finding(
        gravity=gravity,
        fact=fact,
        numbers=numbers,
        clues={**clues, **({"reason": reason} if reason else {})},
    )


GUARD: Guard[UpdateEvidence] = Guard(watches=UpdateEvidence, judge=judge)
