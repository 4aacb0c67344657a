"""MASK: put a copy of a photo, with what it shows in black, where it may be taken from."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.tools.undo import UndoBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that is ready: where it belongs, and its bytes."""

    place: Path
    content: bytes


# Given the handle of a photo, return its copy; None where none could be made.
Darkroom = Callable[[str], Copy | None]


class Mask:
    """The deed. Its undo takes the copy away again, unless somebody has changed it."""

    deed = Deed.MASK

    def __init__(self, darkroom: Darkroom) -> None:
        self._darkroom = darkroom

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Write the copy of the response's photo."""
        copy = self._darkroom(response.target)
        if copy is None:
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason="nothing_kept")
        digest = hashlib.sha256(copy.content).hexdigest()
        undo.register(report=report, deed=self.deed, target=str(copy.place), note=digest)
        try:
            copy.place.parent.mkdir(parents=True, exist_ok=True)
            _write(copy.place, copy.content)
        except OSError as trouble:
            reason = "no_permission" if isinstance(trouble, PermissionError) else "no_space"
            return Outcome(deed=self.deed, result=Result.FAILED, at=at, reason=reason)
        return Outcome(deed=self.deed, result=Result.DONE, at=at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Remove the copy if it is still the one that was made."""
        place = Path(target)
        try:
            if hashlib.sha256(place.read_bytes()).hexdigest() == note:
                place.unlink()
                return Outcome(deed=self.deed, result=Result.UNDONE, at=at)
        except OSError:
            pass
        return Outcome(deed=self.deed, result=Result.NOT_NEEDED, at=at)


def _write(place: Path, content: bytes) -> None:
    beside = place.with_name(f".{place.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)
