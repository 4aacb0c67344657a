"""BLOCK: nobody but Vigie writes to the documents of a folder until the caretaker has looked."""

from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.cover import Cover
from vigie.tools.undo import UndoBook


class Block:
    """Refuse to write in a folder. Reading goes on: the practice can consult."""

    deed = Deed.BLOCK

    def __init__(self, cover: Cover) -> None:
        """`cover` closes folders: the barrier of the gate, or where there is none, a mount."""
        self._cover = cover

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Block the folder named by the target."""
        folder = response.target
        if not folder:
            return self._outcome(Result.FAILED, at, reason="no_folder")
        if folder in self._cover.blocked:
            return self._outcome(Result.NOT_NEEDED, at)
        undo.register(report=report, deed=Deed.BLOCK, target=folder)
        self._cover.block(folder)
        return self._outcome(Result.DONE, at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Let the folder be written again."""
        del note
        self._cover.unblock(target)
        return self._outcome(Result.UNDONE, at)

    def resume(self, folder: str) -> None:
        """Block a folder again that was blocked before we ended."""
        self._cover.block(folder)

    @staticmethod
    def _outcome(result: Result, at: datetime, reason: str = "") -> Outcome:
        return Outcome(deed=Deed.BLOCK, result=result, at=at, reason=reason)
