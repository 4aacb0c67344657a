"""One deed over several kinds of things: the way that knows a target by its beginning does it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
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


class InTurn:
    """The deed over several ways of which none says by its word what it knows: each is asked."""

    def __init__(self, ways: Sequence[Responder]) -> None:
        self._ways = tuple(ways)

    @property
    def deed(self) -> Deed:
        """Return the deed, which is the same for all ways."""
        return self._ways[0].deed

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Do it the first way that knows the target."""
        return _first(
            way.carry_out(response, report=report, at=at, undo=undo) for way in self._ways
        )

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Take it back the first way that knows the target."""
        return _first(way.take_back(target, note, at=at) for way in self._ways)


def in_turn(responders: Iterable[Responder]) -> list[Responder]:
    """Return one responder a deed: those of the same deed are asked in turn."""
    by_deed: dict[Deed, list[Responder]] = {}
    for responder in responders:
        by_deed.setdefault(responder.deed, []).append(responder)
    return [ways[0] if len(ways) == 1 else InTurn(ways) for ways in by_deed.values()]


def _first(outcomes: Iterator[Outcome]) -> Outcome:
    outcome = next(outcomes)
    while outcome.reason == "nothing_kept":
        later = next(outcomes, None)
        if later is None:
            break
        outcome = later
    return outcome
