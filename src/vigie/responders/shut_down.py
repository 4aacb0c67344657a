"""SHUT_DOWN: databases stopped cleanly, then the machine, before its battery ends."""

import os
from dataclasses import dataclass
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.power import MachinePower, PowerFailed
from vigie.tools.undo import UndoBook


@dataclass(frozen=True, slots=True)
class ShutDown:
    """The deed. A battery that ends asks nobody: the shutdown is not a polite one."""

    power: MachinePower
    deed: Deed = Deed.SHUT_DOWN

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Stop the databases, write everything to the disk, shut down.

        There is no undo to register: somebody switches the machine on again. Databases that do
        not stop do not keep the machine from stopping, which ends them as well.
        """
        del response, report, undo
        stopped, reason = 0, ""
        try:
            stopped = len(self.power.stop_databases())
        except PowerFailed as failure:
            reason = failure.reason
        if hasattr(os, "sync"):
            os.sync()
        numbers = {"databases": stopped}
        try:
            self.power.shut_down(polite=False)
        except PowerFailed as failure:
            return Outcome(
                deed=self.deed, result=Result.FAILED, at=at, numbers=numbers, reason=failure.reason
            )
        return Outcome(deed=self.deed, result=Result.DONE, at=at, numbers=numbers, reason=reason)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Return that there is nothing to take back: the machine is on again."""
        del target, note
        return Outcome(deed=self.deed, result=Result.NOT_NEEDED, at=at)
