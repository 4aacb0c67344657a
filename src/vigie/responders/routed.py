"""One deed over several kinds of things: the way that knows a target by its beginning does it."""

from collections.abc import Mapping
from datetime import datetime

from vigie.domain.response import Deed, Outcome, Response
from vigie.responders import Responder
from vigie.tools.undo import UndoBook


class Routed:
    """The deed of `otherwise`, and of each way for the targets that begin with its word."""

    def __init__(self, ways: Mapping[str, Responder], otherwise: Responder) -> None:
        self._ways = ways
        self._otherwise = otherwise

    @property
    def deed(self) -> Deed:
        """Return the deed, which is the same for all ways."""
        return self._otherwise.deed

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Do it the way that knows the target."""
        way = self._way(response.target)
        return way.carry_out(response, report=report, at=at, undo=undo)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Take it back the same way."""
        return self._way(target).take_back(target, note, at=at)

    def _way(self, target: str) -> Responder:
        for word, way in self._ways.items():
            if target.startswith(word):
                return way
        return self._otherwise
