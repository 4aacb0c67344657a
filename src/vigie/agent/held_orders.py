"""Orders about what is held: give it back, or do away with it. Both name the report that told.

Nothing is removed before its date: what is done away with lies where it is until then, and an
order to give it back is still obeyed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from vigie.agent.loop import Agent
from vigie.agent.orders import Fulfil, Taken, WishFailed
from vigie.domain.response import Deed, Outcome, Result
from vigie.responders.hold import put
from vigie.wire import orders

_OTHERS = frozenset(Deed) - {Deed.HOLD}


class Keeper(Protocol):
    """One place where things are held."""

    def give_back(self, target: str) -> bool | None:
        """Put a thing back as it was; None where it is not ours, False where it already was."""

    def do_away(self, target: str, report: str) -> bool | None:
        """Keep a thing from coming back by itself; None where it is not ours, False if released."""

    def done_away(self, report: str) -> Iterator[str]:
        """Yield the targets of one report that were done away with and whose date is to come."""

    def clear(self, now: datetime) -> object:
        """Remove what was done away with and whose date has passed."""


@dataclass(frozen=True, slots=True)
class HeldOrders:
    """What an agent does with what its keepers hold."""

    agent: Agent
    keepers: Sequence[Keeper]

    def fulfil(self) -> Mapping[type[orders.Wish], Fulfil]:
        """Return the wishes that can be fulfilled here: none where nothing is ever held."""
        if not self.keepers:
            return {}
        return {orders.ReleaseHeld: self._release, orders.DestroyHeld: self._destroy}

    def clear(self, now: datetime) -> None:
        """Remove what was done away with and whose date has passed."""
        for keeper in self.keepers:
            keeper.clear(now)

    def _release(self, taken: Taken) -> tuple[Outcome, ...]:
        if not isinstance(taken.wish, orders.ReleaseHeld):
            raise WishFailed("not about what is held")
        report, at = taken.wish.report, datetime.now(UTC)
        ways = [keeper.give_back for keeper in self.keepers]
        again = tuple(
            put(Deed.HOLD, ways, target, Result.UNDONE, at)
            for keeper in self.keepers
            for target in tuple(keeper.done_away(report))
        )
        return (*self.agent.take_back(report, leaving=_OTHERS), *again) or _nothing(at)

    def _destroy(self, taken: Taken) -> tuple[Outcome, ...]:
        if not isinstance(taken.wish, orders.DestroyHeld):
            raise WishFailed("not about what is held")
        report, at = taken.wish.report, datetime.now(UTC)
        outcomes = []
        for entry in self.agent.undo.pending(report):
            if entry.deed is not Deed.HOLD:
                continue
            outcome = self._do_away(entry.target, report, at)
            if outcome.result is not Result.FAILED:
                self.agent.undo.strike(entry)
            outcomes.append(outcome)
        return tuple(outcomes) or _nothing(at)

    def _do_away(self, target: str, report: str, at: datetime) -> Outcome:
        for keeper in self.keepers:
            done = keeper.do_away(target, report)
            if done is not None:
                result = Result.DONE if done else Result.NOT_NEEDED
                return Outcome(deed=Deed.HOLD, result=result, at=at)
        return Outcome(deed=Deed.HOLD, result=Result.FAILED, at=at, reason="nothing_kept")


def _nothing(at: datetime) -> tuple[Outcome, ...]:
    """Return what there is to say where nothing of that report is held any more."""
    return (Outcome(deed=Deed.HOLD, result=Result.NOT_NEEDED, at=at),)
