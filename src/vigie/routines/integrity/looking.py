"""Looking at a folder: its documents as they are, each with the hash of its bytes."""

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from vigie.knowledge.filetypes import passing
from vigie.routines.backups.manifest import walk

CHUNK = 1 << 20
THREADS = 2  # hashing lets other threads run: two keep a disk and a processor busy, and no more
BATCH = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """One file as it is. `trouble` is the system's number where its bytes could not be read."""

    path: Path
    found: os.stat_result
    sha256: str = ""
    trouble: int = 0


def documents(places: Iterable[Path], leave: Iterable[str] = ()) -> Iterator[Path]:
    """Yield every document at or below these places; links are not followed."""
    for place in places:
        if place.is_dir() and not place.is_symlink():
            for row in walk([place], leave):
                if not passing(row.path.name):
                    yield row.path
        elif place.is_file() and not place.is_symlink():
            yield place


def hashed(paths: Sequence[Path]) -> Iterator[Present]:
    """Yield each file with its hash, in order; a file that vanished meanwhile is left out."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="hashing") as pool:
        for start in range(0, len(paths), BATCH):
            for present in pool.map(_hashed, paths[start : start + BATCH]):
                if present is not None:
                    yield present


def _hashed(path: Path) -> Present | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    try:
        descriptor = opened(path)
    except OSError as refusal:
        return Present(path=path, found=found, trouble=refusal.errno or 1)
    try:
        found = os.fstat(descriptor)
        total, offset = hashlib.sha256(), 0
        while chunk := os.pread(descriptor, CHUNK, offset):
            total.update(chunk)
            offset += len(chunk)
        return Present(path=path, found=found, sha256=total.hexdigest())
    except OSError as failure:  # the disk cannot read what was written
        return Present(path=path, found=found, trouble=failure.errno or 1)
    finally:
        os.close(descriptor)


def opened(path: Path) -> int:
    """Open a regular file for reading, and nothing else. Raise OSError."""
    flags = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    descriptor = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return descriptor
