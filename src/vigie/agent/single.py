"""One agent per machine: a lock that ends with its process, on every system."""

import sqlite3
from pathlib import Path


class AlreadyRunning(Exception):
    """Another agent looks after this machine with the same home."""


class Single:
    """Hold the lock in the file `path` until `release`, or until the process ends in any way.

    SQLite's own lock on an empty file: the one kind that is the same on Linux, Windows and macOS.
    Raise AlreadyRunning when another process holds it.
    """

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            self._base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as trouble:
            self._base.close()
            raise AlreadyRunning("another agent is running with the same home") from trouble

    def release(self) -> None:
        """Let another agent begin."""
        self._base.close()
