"""The sign of life: written each minute and at the end, read at the next start of the machine."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.tools.boot import this_start
from vigie.tools.kept_file import keep
from vigie.tools.stops import Stops

FILE = "alive.json"  # in the agent's own folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """The last sign: during which start of the machine, when, and whether the agent had ended."""

    start: str
    at: datetime
    ended: bool


@dataclass(frozen=True, slots=True)
class LifeSign:
    """The sign of life of the agent whose folder this is."""

    folder: Path

    def give(self, now: datetime, *, ended: bool = False) -> None:
        """Write that the agent lives, or has ended."""
        row = {"start": this_start().hex(), "at": now.isoformat(), "ended": ended}
        keep(self.folder / FILE, json.dumps(row).encode())

    def last(self) -> Sign | None:
        """Return the last sign given, or None."""
        try:
            row = json.loads((self.folder / FILE).read_text("utf-8"))
            at = datetime.fromisoformat(row["at"])
            return Sign(start=str(row["start"]), at=at, ended=bool(row["ended"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def unclean(self, stops: Stops) -> datetime | None:
        """Return when the machine was last alive if its last stop was no shutdown, else None.

        The system's records are believed first: an agent that was killed is no power cut, and one
        that had ended before the cut does not hide it.
        """
        sign = self.last()
        if sign is None or sign.start == this_start().hex():
            return None
        stop = stops.last()
        clean = stop.clean if stop.clean is not None else sign.ended
        if clean:
            return None
        return max(sign.at, stop.at or datetime.min.replace(tzinfo=UTC))
