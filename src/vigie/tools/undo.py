"""The undo book: what must be put back, written and fsynced before the deed is done.

After certbot's reverter: a deed whose undo is not on disk is not carried out.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

from vigie.domain.response import Deed

_SCHEMA = """
CREATE TABLE IF NOT EXISTS undo (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL,
    deed TEXT NOT NULL,
    target TEXT NOT NULL,
    note TEXT NOT NULL,
    UNIQUE (report, deed, target, note)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """One thing to put back. `note` is the responder's own, for example a former mode."""

    number: int
    report: str
    deed: Deed
    target: str
    note: str


class UndoBook:
    """The durable register of undos of one machine, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)

    def register(self, *, report: str, deed: Deed, target: str, note: str = "") -> None:
        """Write down, durably, what has to be put back later. Registering twice is once."""
        with self._lock:
            self._base.execute(
                "INSERT OR IGNORE INTO undo (report, deed, target, note) VALUES (?, ?, ?, ?)",
                (report, deed.value, target, note),
            )

    def pending(self, report: str | None = None) -> tuple[Undo, ...]:
        """Return what waits to be put back (for one report, or all), the latest first."""
        query = "SELECT number, report, deed, target, note FROM undo"
        if report is not None:
            query += " WHERE report = ?"
        with self._lock:
            rows = self._base.execute(
                query + " ORDER BY number DESC", () if report is None else (report,)
            ).fetchall()
        return tuple(
            Undo(number=number, report=of, deed=Deed(deed), target=target, note=note)
            for number, of, deed, target, note in rows
        )

    def strike(self, undo: Undo) -> None:
        """Cross out what has been put back."""
        with self._lock:
            self._base.execute("DELETE FROM undo WHERE number = ?", (undo.number,))

    def close(self) -> None:
        """Close the file."""
        self._base.close()
