"""The machine itself: room and health of its disks, what protects it, how old it has become.

One module per system behind `System`; Windows and macOS are written against the documented
interfaces of their own programs and have *not yet run*.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Protocol

import psutil

from vigie.domain.evidence.machine import MachineSeen, Room

_NO_DISKS = frozenset({"squashfs", "iso9660", "udf", "overlay", "tmpfs", "devtmpfs", "fuse.portal"})
LEAST = 1 << 30  # bytes; smaller ones are the system's own


class System(Protocol):
    """What one system tells about itself."""

    def seen(self, at: datetime, machine: str, folders: Sequence[Path]) -> MachineSeen:
        """Return how the machine stands. `folders` hold documents. What it cannot tell is None."""


def rooms(folders: Sequence[Path] = ()) -> tuple[Room, ...]:
    """Return the file systems of this machine, the ones below `folders` among them, each once."""
    places = [part.mountpoint for part in psutil.disk_partitions() if part.fstype not in _NO_DISKS]
    found: dict[tuple[int, int], Room] = {}
    for place in (*places, *map(str, folders)):
        try:
            usage = psutil.disk_usage(place)
        except OSError:  # not there, or not ours to see
            continue
        if usage.total >= LEAST:
            found.setdefault(
                (usage.total, usage.free), Room(place=place, size=usage.total, free=usage.free)
            )
    return tuple(found.values())
