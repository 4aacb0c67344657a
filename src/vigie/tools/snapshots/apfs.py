"""APFS local snapshots, by `tmutil` and `mount_apfs`. Not yet run.

By their manual pages: `tmutil localsnapshot` names the moment it took, `mount_apfs -o ro -s NAME`
shows it, `tmutil deletelocalsnapshots DATE` removes it. macOS removes them by itself after a day.
"""

import re
import subprocess
from pathlib import Path

from vigie.tools.snapshots import SnapshotFailed, Taken

LIMIT = 300.0  # seconds
VOLUME = Path("/System/Volumes/Data")
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}-\d{6})")


class Apfs:
    """Snapshots of the data volume; `mounts` is a folder of ours."""

    kind = "apfs"

    def __init__(self, mounts: Path) -> None:
        self._mounts = mounts

    def volume(self, path: Path) -> Path | None:
        """Return the data volume, for what lies on it."""
        return VOLUME if path.is_relative_to(VOLUME) else None

    def take(self, volume: Path, name: str) -> Taken:
        """Take one; its name is the moment."""
        found = _DATE.search(_run("tmutil", "localsnapshot"))
        if not found:
            raise SnapshotFailed(f"{volume}: {name}")
        return Taken(volume=str(volume), place=found[1])

    def look(self, taken: Taken) -> Path:
        """Mount it read-only, and return where."""
        place = self._mounts / taken.place
        if not place.is_mount():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            name = f"com.apple.TimeMachine.{taken.place}.local"
            _run("mount_apfs", "-o", "ro", "-s", name, taken.volume, str(place))
        return place

    def drop(self, taken: Taken) -> None:
        """Unmount and remove it."""
        place = self._mounts / taken.place
        if place.is_mount():
            _run("umount", str(place))
        _run("tmutil", "deletelocalsnapshots", taken.place)


def _run(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise SnapshotFailed(str(failure)) from failure
    if done.returncode:
        raise SnapshotFailed((done.stderr or done.stdout).strip())
    return done.stdout
