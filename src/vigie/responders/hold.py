"""HOLD: keep a message or a file aside, untouched, until a person has looked at it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.held import NoRoom, Spoilt
from vigie.tools.smtp import NoAnswer, Refused
from vigie.tools.undo import UndoBook

_REASONS: Mapping[type[Exception], str] = {
    NoRoom: "no_space",
    Spoilt: "damaged",
    NoAnswer: "timed_out",
    Refused: "no_permission",
}

Way = Callable[[str], bool | None]


class Shelf(Protocol):
    """One place where things are put aside: the outbox, a mailbox, a folder.

    Both raise NoRoom, NoAnswer or Refused when they cannot be done now, and Spoilt when what was
    kept is lost.
    """

    def put_aside(self, target: str) -> bool | None:
        """Put a thing aside, durably; None where it is not ours, False where it already was."""

    def give_back(self, target: str) -> bool | None:
        """Put a thing back as it was; None where it is not ours, False where it already was."""


class Hold:
    """The deed over several shelves: the first that knows the target does it."""

    deed = Deed.HOLD

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = shelves

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Put the target aside."""
        undo.register(report=report, deed=self.deed, target=response.target)
        return put(
            self.deed, [s.put_aside for s in self._shelves], response.target, Result.DONE, at
        )

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Give the target back, byte for byte."""
        del note
        return put(self.deed, [s.give_back for s in self._shelves], target, Result.UNDONE, at)


def put(deed: Deed, ways: Sequence[Way], target: str, done: Result, at: datetime) -> Outcome:
    """Return what came of the first way that knows the target."""
    try:
        for way in ways:
            answer = way(target)
            if answer is not None:
                return Outcome(deed=deed, result=done if answer else Result.NOT_NEEDED, at=at)
    except (NoRoom, Spoilt, NoAnswer, Refused) as trouble:
        reason = _REASONS[type(trouble)]
        return Outcome(deed=deed, result=Result.FAILED, at=at, reason=reason)
    return Outcome(deed=deed, result=Result.FAILED, at=at, reason="nothing_kept")
