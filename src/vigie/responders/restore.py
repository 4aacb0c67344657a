"""RESTORE: put back from the vault what a family damaged."""

from collections.abc import Callable
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Vault

Damaged = Callable[[str], list[tuple[str, str]]]


class Restore:
    """Give every damaged document its last good version back; keep what stood in its place."""

    deed = Deed.RESTORE

    def __init__(self, vault: Vault, damaged: Damaged) -> None:
        """`damaged` tells what to put back after a family: documents, and where they are now."""
        self._vault, self._damaged = vault, damaged

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Restore what the family named by the target touched, and all else that broke."""
        del report, undo  # what is put aside stays in the vault; there is nothing to put back
        back = already = missing = 0
        for document, now_at in self._damaged(response.target):
            match self._vault.restore(document, now_at=now_at):
                case True:
                    back += 1
                case False:
                    already += 1
                case None:
                    missing += 1
        numbers = {"restored": back, "unchanged": already, "missing": missing}
        if missing:
            return Outcome(
                deed=Deed.RESTORE,
                result=Result.FAILED,
                at=at,
                numbers=numbers,
                reason="nothing_kept",
            )
        done = Result.DONE if back else Result.NOT_NEEDED
        return Outcome(deed=Deed.RESTORE, result=done, at=at, numbers=numbers)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Change nothing: a restore is never undone by an order, only by hand from the vault."""
        del target, note
        return Outcome(deed=Deed.RESTORE, result=Result.NOT_NEEDED, at=at)
