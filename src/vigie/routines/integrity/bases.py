"""SQLite databases as documents: copied as they are when at rest, checked with their logs.

A database changes in place and legally so: each transaction counts itself in the header (file
change counter, bytes 24 to 27, and again in 92 to 95). After a cut its journal or write-ahead log
still holds work that the next opening finishes; it is checked on a copy, so that nothing here ever
opens the practice's own file for writing.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.job import read_once
from vigie.routines.restore_proofs.apart import (
    BESIDES,
    CHECKED_WITHIN,
    DATABASE_READER,
    LARGEST_DATABASE,
    Opening,
)
from vigie.tools.confinement import Limits
from vigie.tools.databases import COMPANIONS, companions, connection_defect, sqlite_defect

COUNTER = slice(24, 28)
WRITTEN_AS = slice(18, 20)  # 1: with a rollback journal, 2: with a write-ahead log
ROLLBACK = b"\1\1"
HEADER = 100


def unfinished(path: Path) -> bool:
    """Return whether a journal or log beside the database holds work that is not yet in it."""
    return any(file.exists() and file.stat().st_size for file in _logs(path))


def defect(path: Path, scratch: Path) -> str:
    """Return what is wrong with a database, its journal or log included; empty if it is sound.

    Raise OSError where it cannot be read, or where there is no room for a copy.
    """
    if unfinished(path):
        with _copy(path, scratch) as copy:
            try:
                with closing(sqlite3.connect(copy)) as base:
                    return connection_defect(base)
            except sqlite3.Error as failure:
                return str(failure) or "unreadable"
    if path.stat().st_size > LARGEST_DATABASE:
        return sqlite_defect(path)
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        return _defect_apart(descriptor)
    finally:
        os.close(descriptor)


def _defect_apart(descriptor: int) -> str:
    size = os.fstat(descriptor).st_size
    limits = Limits(time=CHECKED_WITHIN, memory=2 * size + BESIDES, life=CHECKED_WITHIN)
    try:
        answer = read_once(DATABASE_READER, descriptor, limits=limits)
    except ReadFailed as failure:
        return failure.reason
    return "" if answer == Opening.OPENED else "integrity_check"


def written(path: Path, before: bytes, now: bytes, since: float) -> bool:
    """Return whether anything shows that a program wrote to a database that has no log now.

    `before` and `now` are its headers. A transaction with a rollback journal counts itself. One
    with a write-ahead log often does not, and may change a single bit; but whoever writes so
    makes the log and takes it away, which dates the folder: `since` is in seconds since 1970.
    """
    if len(now) < HEADER or len(before) < HEADER or now[WRITTEN_AS] == ROLLBACK:
        return now[COUNTER] != before[COUNTER]
    beside = any(file.exists() for file in companions(path))
    return beside or path.parent.stat().st_mtime >= since


@contextmanager
def _copy(path: Path, scratch: Path) -> Iterator[Path]:
    """Give a copy of a database and its logs; they are copied again if they change meanwhile."""
    with tempfile.TemporaryDirectory(prefix="base-", dir=scratch) as folder:
        copy = Path(folder) / "copy.sqlite"
        for _ in range(3):
            state = _state(path)
            for ending in ("", *COMPANIONS):
                source = path.with_name(path.name + ending)
                target = copy.with_name(copy.name + ending)
                target.unlink(missing_ok=True)
                if source.exists() and ending != "-shm":  # it is made anew from the log
                    shutil.copyfile(source, target)
            if state == _state(path):
                break
        yield copy


def _state(path: Path) -> list[tuple[int, int]]:
    found = [file.stat() for file in (path, *companions(path)) if file.exists()]
    return [(state.st_size, state.st_mtime_ns) for state in found]


def _logs(path: Path) -> Iterator[Path]:
    yield from (file for file in companions(path) if not file.name.endswith("-shm"))


def in_use(path: Path) -> bool:
    """Return whether a process holds the database open: its file must not be replaced under it."""
    try:
        wanted = path.stat()
    except OSError:
        return False
    for entry in Path("/proc").glob("[0-9]*/fd/*"):
        if entry.parts[2] == str(os.getpid()):
            continue
        try:
            found = entry.stat()
        except OSError:
            continue
        if (found.st_dev, found.st_ino) == (wanted.st_dev, wanted.st_ino):
            return True
    return False
