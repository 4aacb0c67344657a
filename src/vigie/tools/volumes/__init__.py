"""Volumes read raw: the files of a key come out through confined programs, and nothing is mounted.

mtools reads FAT, sleuthkit reads exFAT, NTFS, ext2 to ext4 and disc images, each in a bubblewrap
of its own: no network, no files but the key and an empty folder, no privileges, bounded time,
memory and size. What comes out lies in that folder, its names as they were found.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

# Told how many files and bytes came out so far. Whatever it raises ends the reading.
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What one key may cost. `floor` is what must stay free on the disk that takes the copies."""

    files: int = 5_000
    total: int = 8_000_000_000
    one: int = 2_000_000_000
    folders: int = 2_000
    time: timedelta = timedelta(minutes=10)
    floor: int = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One file that came out: where it lies now, and the path it had, still untrusted."""

    path: Path
    untrusted_name: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What came out of one volume. `mishaps` are slugs: why there may have been more."""

    found: Sequence[Found] = ()
    mishaps: frozenset[str] = frozenset()


class Stopped(Exception):
    """The reading was ended. `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
