"""DISARM: show a copy of a held message that can be read without danger, in the message's place."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.responders.hold import put
from vigie.tools.undo import UndoBook


class CopyPlace(Protocol):
    """One place where copies are shown. Both raise NoRoom, NoAnswer or Refused, or Spoilt."""

    def show_copy(self, target: str) -> bool | None:
        """Show a copy; None where the target is not ours, False where there is to be none."""

    def withdraw_copy(self, target: str) -> bool | None:
        """Take the copy away again; None where the target is not ours, False where it is gone."""


class Disarm:
    """The deed over several places: the first that knows the target does it."""

    deed = Deed.DISARM

    def __init__(self, places: Sequence[CopyPlace]) -> None:
        self._places = places

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Show the copy."""
        undo.register(report=report, deed=self.deed, target=response.target)
        ways = [place.show_copy for place in self._places]
        return put(self.deed, ways, response.target, Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Take the copy away again."""
        del note
        ways = [place.withdraw_copy for place in self._places]
        return put(self.deed, ways, target, Result.UNDONE, at)
