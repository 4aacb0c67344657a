"""ROLL_BACK: return an application to its former version, with what was written since."""

from collections.abc import Callable, Mapping
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.undo import UndoBook

# Goes back from the run of that id; returns the numbers of what came along, None if it failed.
GoBack = Callable[[str], Mapping[str, int] | None]


class RollBack:
    """The deed. The failed version's data is put aside before anything goes back, and kept."""

    deed = Deed.ROLL_BACK

    def __init__(self, go_back: GoBack) -> None:
        self._go_back = go_back

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Go back from the update whose run is the target."""
        del report, undo  # the register of updates keeps the failed version's data beside
        numbers = self._go_back(response.target)
        if numbers is None:
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason="not_undone")
        return Outcome(deed=self.deed, result=Result.DONE, at=at, numbers=numbers)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Change nothing: a version that failed is not installed again by an order to undo."""
        del target, note
        return Outcome(deed=self.deed, result=Result.NOT_NEEDED, at=at)
