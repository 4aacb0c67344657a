"""How all the practices stand: counts and the oldest proof, from the rows that are remembered."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from vigie.console.desk import standings
from vigie.console.practices.models import Practice, Reader
from vigie.domain.danger import Danger
from vigie.domain.proof import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stand:
    """How one practice stands."""

    practice: Practice
    counts: Mapping[Standing, int]
    machines: int
    oldest: datetime | None = None  # the oldest of the proofs that decide

    @property
    def proven(self) -> bool:
        """Return whether all eleven promises are proven now."""
        return self.counts[Standing.PROVEN] == len(Danger)


def stands(person: Reader, practices: Sequence[Practice], now: datetime) -> Sequence[Stand]:
    """Return how each practice stands, in the order given."""
    rows = standings.rows(person, practices, now)
    return [_stand(practice, rows[practice.pk]) for practice in practices]


def _stand(practice: Practice, rows: Sequence[standings.Row]) -> Stand:
    return Stand(
        practice=practice,
        counts=Counter(row.standing for row in rows),
        machines=max((row.machines for row in rows), default=0),
        oldest=min((row.latest.at for row in rows if row.latest), default=None),
    )
