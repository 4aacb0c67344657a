"""btrfs: a subvolume is the volume. What is nested in it is *not* in its snapshot, silently.

So each file is asked which subvolume it lies in; each of them has a snapshot of its own.
"""

import os
import re
import subprocess
from pathlib import Path

from vigie.tools.snapshots import SnapshotFailed, Taken

KEPT_IN = ".vigie-snapshots"
_ROOT = 256  # the inode of the beginning of every subvolume
LIMIT = 120.0  # seconds
_OCTAL = re.compile(r"\\([0-7]{3})")


class Btrfs:
    """Snapshots by the `btrfs` program, as root."""

    kind = "btrfs"

    def volume(self, path: Path) -> Path | None:
        """Return where the subvolume of a path begins, as far as it can be seen from here."""
        mounts = _mounts()
        here = path if path.is_dir() and not path.is_symlink() else path.parent
        for place in (here, *here.parents):
            try:
                begins = place.stat().st_ino == _ROOT
            except OSError:
                return None
            if begins and _kind(place, mounts) == "btrfs":
                return place
            if str(place) in mounts:  # a part of a subvolume, mounted elsewhere
                return None
        return None

    def take(self, volume: Path, name: str) -> Taken:
        """Take it, read-only, in a hidden folder beside the subvolume, or in a mounted one."""
        beside = volume if str(volume) in _mounts() else volume.parent
        folder = beside / KEPT_IN
        place = folder / f"{name}{str(volume).replace(os.sep, '-')}"
        if not place.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            _btrfs("subvolume", "snapshot", "-r", str(volume), str(place))
        return Taken(volume=str(volume), place=str(place))

    def look(self, taken: Taken) -> Path:
        """Return the snapshot's own folder."""
        place = Path(taken.place)
        if not place.is_dir():
            raise SnapshotFailed(taken.place)
        return place

    def drop(self, taken: Taken) -> None:
        """Delete the snapshot."""
        place = Path(taken.place)
        if place.exists():
            _btrfs("subvolume", "delete", str(place))
        if place.parent.is_dir() and not any(place.parent.iterdir()):
            place.parent.rmdir()


def _btrfs(*argv: str) -> None:
    try:
        done = subprocess.run(
            ["btrfs", *argv], capture_output=True, text=True, timeout=LIMIT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise SnapshotFailed(str(failure)) from failure
    if done.returncode:
        raise SnapshotFailed((done.stderr or done.stdout).strip())


def _mounts() -> dict[str, str]:
    """Return what is mounted where: the kind of file system by its place."""
    kinds: dict[str, str] = {}
    for line in Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape").splitlines():
        first, _, second = line.partition(" - ")
        place = _OCTAL.sub(lambda found: chr(int(found[1], 8)), first.split()[4])
        kinds[place] = second.split()[0]
    return kinds


def _kind(place: Path, mounts: dict[str, str]) -> str:
    return next((mounts[str(p)] for p in (place, *place.parents) if str(p) in mounts), "")
