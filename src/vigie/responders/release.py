"""RELEASE: give a held thing back, byte for byte."""

from collections.abc import Sequence
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.responders.hold import Shelf, put
from vigie.tools.undo import UndoBook


class Release:
    """The deed over several shelves. Its undo puts the thing aside again."""

    deed = Deed.RELEASE

    def __init__(self, shelves: Sequence[Shelf]) -> None:
        self._shelves = shelves

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Give the target back."""
        undo.register(report=report, deed=self.deed, target=response.target)
        ways = [shelf.give_back for shelf in self._shelves]
        return put(self.deed, ways, response.target, Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Put the target aside again, where that still can be done."""
        del note
        ways = [shelf.put_aside for shelf in self._shelves]
        return put(self.deed, ways, target, Result.UNDONE, at)
