"""RESTORE: put back from the vault what a family damaged."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Vault

# What was under way when its writer was stopped shows a little later, so we look again until
# nothing is left to do.
PAUSE = timedelta(seconds=0.5)
MOST_PASSES = 10

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
        for _ in range(MOST_PASSES):
            again = 0
            already = missing = 0
            for document, now_at in self._damaged(response.target):
                match self._vault.restore(document, now_at=now_at):
                    case True:
                        again += 1
                    case False:
                        already += 1
                    case None:
                        missing += 1
            back += again
            if not again:
                break
            time.sleep(PAUSE.total_seconds())
        numbers = {"restored": back, "unchanged": max(already - back, 0), "missing": missing}
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
