"""BLOCK: nobody but Vigie writes to the documents of a folder until the caretaker has looked."""

from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.barrier import Barrier
from vigie.tools.undo import UndoBook


class Block:
    """Refuse opens for writing in a folder. Reading goes on: the practice can consult."""

    deed = Deed.BLOCK

    def __init__(self, barrier: Barrier) -> None:
        self._barrier = barrier

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Block the folder named by the target."""
        folder = response.target
        if not folder:
            return self._outcome(Result.FAILED, at, reason="no_folder")
        if folder in self._barrier.blocked:
            return self._outcome(Result.NOT_NEEDED, at)
        undo.register(report=report, deed=Deed.BLOCK, target=folder)
        self._barrier.block(folder)
        return self._outcome(Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Let the folder be written again."""
        del note
        self._barrier.unblock(target)
        return self._outcome(Result.UNDONE, at)

    def resume(self, folder: str) -> None:
        """Block a folder again that was blocked before we ended."""
        self._barrier.block(folder)

    @staticmethod
    def _outcome(result: Result, at: datetime, reason: str = "") -> Outcome:
        return Outcome(deed=Deed.BLOCK, result=result, at=at, reason=reason)
