"""Snapshots of file systems: the state of a volume at one moment, kept beside it.

One module per kind behind one Protocol. Most machines have none: then a backup is what brings the
state of before back.
"""

from pathlib import Path
from typing import Protocol

from msgspec import Struct


class Taken(Struct, frozen=True, kw_only=True):
    """One snapshot: of the volume that begins at `volume`, to be found at `place`."""

    volume: str
    place: str


class SnapshotFailed(Exception):
    """No snapshot could be taken, or it is no longer there; the text is in the system's words."""


class Snapshots(Protocol):
    """One kind of snapshot. Every method may raise SnapshotFailed."""

    @property
    def kind(self) -> str:
        """Return its name, a slug."""

    def volume(self, path: Path) -> Path | None:
        """Return where the volume begins that holds a path; None if it has no snapshots."""

    def take(self, volume: Path, name: str) -> Taken:
        """Take a snapshot of a volume, without the volumes inside it; taking it again is once."""

    def look(self, taken: Taken) -> Path:
        """Return the folder in which the volume can be read as it was."""

    def drop(self, taken: Taken) -> None:
        """Remove a snapshot; one that is gone already is no trouble."""


class NoSnapshots:
    """A machine without snapshots."""

    kind = "none"

    def volume(self, path: Path) -> Path | None:
        """Return None."""
        del path
        return None

    def take(self, volume: Path, name: str) -> Taken:
        """Raise SnapshotFailed."""
        raise SnapshotFailed(f"{volume}: {name}")

    def look(self, taken: Taken) -> Path:
        """Raise SnapshotFailed."""
        raise SnapshotFailed(taken.volume)

    def drop(self, taken: Taken) -> None:
        """Do nothing."""
