"""Responders: one per deed. Each registers its undo before it acts."""

from datetime import datetime
from typing import Protocol

from vigie.domain.response import Deed, Outcome, Response
from vigie.tools.undo import UndoBook


class Responder(Protocol):
    """One deed. Deeds are idempotent: done twice, they change nothing more."""

    @property
    def deed(self) -> Deed:
        """Return the deed this responder carries out."""

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Register the undo under `report`, then act; return how it went.

        Raise nothing for an expected failure: return a FAILED outcome with its reason.
        """

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Given what the undo book kept, put the world back as it was before the deed."""
