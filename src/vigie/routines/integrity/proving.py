"""The dated proof of a verification, and the evidence it leaves."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from vigie.domain.danger import Danger
from vigie.domain.evidence.power import DocumentsVerified
from vigie.domain.proof import Proof
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.repairing import Ending, Repaired
from vigie.routines.integrity.verifying import Seen

TRIAL = "documents_verified"
VALID = timedelta(days=9)  # nightly, and a long week in which the machine was off


class Tally:
    """Counts what a verification saw."""

    def __init__(self) -> None:
        self.states: Counter[State] = Counter()
        self.databases = 0
        self.restored = 0
        self.trouble: list[Seen] = []

    def count(self, seen: Seen) -> Seen:
        """Count one document, and return it."""
        self.states[seen.state] += 1
        self.databases += bool(seen.known and seen.known.database)
        if not seen.well:
            self.trouble.append(seen)
        return seen

    def mend(self, repaired: Iterable[Repaired]) -> list[Repaired]:
        """Count what was repaired, and return it."""
        ended = list(repaired)
        for each in ended:
            if each.ending is Ending.RESTORED:
                self.restored += each.seen.state is State.DAMAGED
                self.states[State.MISSING] -= each.seen.state is State.MISSING
                self.states[State.DOUBTFUL] -= each.seen.state is State.DOUBTFUL
        return ended

    @property
    def files(self) -> int:
        """Return how many documents were looked at."""
        return sum(self.states.values())

    def evidence(self, *, at: datetime, machine: str, cut: datetime | None) -> DocumentsVerified:
        """Return what was seen, as the guard judges it."""
        return DocumentsVerified(
            at=at,
            machine=machine,
            files=self.files,
            databases=self.databases,
            damaged=self.states[State.DAMAGED],
            restored=self.restored,
            missing=self.states[State.MISSING],
            doubtful=self.states[State.DOUBTFUL],
            unread=self.states[State.UNREADABLE],
            cut=cut,
        )

    def proof(self, *, at: datetime, machine: str, seconds: float) -> Proof:
        """Return the proof: it holds where everything is whole, or is again."""
        states = self.states
        left = states[State.DAMAGED] - self.restored
        held = not (left or states[State.MISSING] or states[State.UNREADABLE]) and self.files > 0
        return Proof(
            id=uuid4().hex,
            danger=Danger.POWER_LOSS,
            trial=TRIAL,
            held=held,
            machine=machine,
            at=at,
            expires=at + VALID,
            numbers={
                "files": self.files,
                "databases": self.databases,
                "damaged": states[State.DAMAGED],
                "restored": self.restored,
                "missing": states[State.MISSING],
                "doubtful": states[State.DOUBTFUL],
                "unread": states[State.UNREADABLE],
                "seconds": round(seconds),
            },
        )
