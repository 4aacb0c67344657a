"""One agent per machine: a lock that ends with its process, on every system."""

import sqlite3
from datetime import timedelta
from pathlib import Path


class AlreadyRunning(Exception):
    """Another agent looks after this machine with the same home."""


class Single:
    """Hold the lock in the file `path` until `release`, or until the process ends in any way.

    SQLite's own lock on an empty file: the one kind that is the same on Linux, Windows and macOS.
    Raise AlreadyRunning when another process still holds it after `patience`: someone who only
    looks whether an agent runs holds it for a moment.
    """

    def __init__(self, path: Path, patience: timedelta = timedelta(0)) -> None:
        self._base = sqlite3.connect(
            path,
            timeout=patience.total_seconds(),
            isolation_level=None,
            check_same_thread=False,
        )
        try:
            self._base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as trouble:
            self._base.close()
            raise AlreadyRunning("another agent is running with the same home") from trouble

    def release(self) -> None:
        """Let another agent begin."""
        self._base.close()
