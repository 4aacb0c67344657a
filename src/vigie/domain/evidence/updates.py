"""Updates: what is offered, what became of it, and an application that ends the morning after."""

from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence import Evidence


class Ending(StrEnum):
    """How one update ended."""

    KEPT = "kept"  # checked and left in place
    REFUSED = "refused"  # never begun
    ROLLED_BACK = "rolled_back"  # begun, found wanting, taken back with its data
    INTERRUPTED = "interrupted"  # killed or cut off, taken back; nothing is known against it
    INCOMPLETE = "incomplete"  # taking it back did not end well; it is tried again
    CARRIED_BACK = "carried_back"  # taken back later, with what was written since


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEvidence(Evidence):
    """What all evidence about an update says: whose it is, as people call it, and its run.

    `update` is the number by which the same update is known at every practice (0: not known): it
    says nothing about what it is.
    """

    unit: str
    run: str = ""
    update: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateFound(UpdateEvidence):
    """An update was found and is ready for its evening. `packages` counts what it changes.

    `willing`: this practice tries new versions before the others.
    """

    packages: int
    willing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePutOff(UpdateEvidence):
    """Somebody at the practice, or its caretaker, chose another evening, `days` away."""

    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateEnded(UpdateEvidence):
    """An update ended. `reason` is a slug of what was found wanting, empty where nothing was.

    `records` were compared, `lost` and `changed` are those that the update harmed. `carried` were
    brought into the former version, `reenter` are on the sheet for people to type again.
    """

    ending: Ending
    reason: str = ""
    packages: int = 0
    seconds: int = 0
    records: int = 0
    lost: int = 0
    changed: int = 0
    carried: int = 0
    reenter: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationEndedLate(UpdateEvidence):
    """An application whose update was kept has stopped answering, and starting it did not help."""

    minutes: int
