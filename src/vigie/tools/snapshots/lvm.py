"""LVM: a snapshot of a logical volume, read by mounting it. Not yet run (no device-mapper here).

By its manual pages: `lvcreate --snapshot --extents 20%ORIGIN --name NAME VG/LV`, `mount -o ro`,
`lvremove --yes VG/NAME`. A snapshot that runs full becomes unreadable; the backup is there then.
"""

import contextlib
import json
import re
import subprocess
from pathlib import Path

from vigie.tools.snapshots import SnapshotFailed, Taken

LIMIT = 300.0  # seconds
ROOM = "20%ORIGIN"  # what may change before the snapshot is full


class Lvm:
    """Logical volumes of this machine; they are looked at below `mounts`, a folder of ours."""

    kind = "lvm"

    def __init__(self, mounts: Path) -> None:
        self._mounts = mounts

    def volume(self, path: Path) -> Path | None:
        """Return where the file system of a path is mounted, if it is a logical volume."""
        with contextlib.suppress(SnapshotFailed):
            row = _filesystem(path)
            if row["source"].startswith("/dev/mapper/") and self._origin(row["source"]):
                return Path(row["target"])
        return None

    def take(self, volume: Path, name: str) -> Taken:
        """Take the snapshot, unless it is there."""
        source = _filesystem(volume)["source"]
        group, origin = self._origin(source)
        snapshot = f"vigie_{name}_{re.sub(r'[^a-zA-Z0-9]', '_', origin)}"
        with contextlib.suppress(SnapshotFailed):
            _run("lvs", f"{group}/{snapshot}")
            return Taken(volume=str(volume), place=f"{group}/{snapshot}")
        _run(
            *("lvcreate", "--snapshot", "--extents", ROOM, "--name", snapshot),
            f"{group}/{origin}",
        )
        return Taken(volume=str(volume), place=f"{group}/{snapshot}")

    def look(self, taken: Taken) -> Path:
        """Mount the snapshot read-only, and return where."""
        place = self._mounts / taken.place.replace("/", "-")
        if not place.is_mount():
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
            _run("mount", "-o", "ro,noload", f"/dev/{taken.place}", str(place))
        return place

    def drop(self, taken: Taken) -> None:
        """Unmount and remove it."""
        place = self._mounts / taken.place.replace("/", "-")
        if place.is_mount():
            _run("umount", str(place))
        with contextlib.suppress(SnapshotFailed):
            _run("lvs", taken.place)
            _run("lvremove", "--yes", taken.place)

    @staticmethod
    def _origin(source: str) -> tuple[str, str]:
        said = _run("lvs", "--reportformat", "json", "-o", "vg_name,lv_name", source)
        row = json.loads(said)["report"][0]["lv"][0]
        return row["vg_name"], row["lv_name"]


def _filesystem(path: Path) -> dict[str, str]:
    said = _run("findmnt", "--json", "--output", "SOURCE,TARGET,FSTYPE", "--target", str(path))
    row: dict[str, str] = json.loads(said)["filesystems"][0]
    return row


def _run(*argv: str) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise SnapshotFailed(str(failure)) from failure
    if done.returncode:
        raise SnapshotFailed((done.stderr or done.stdout).strip())
    return done.stdout
