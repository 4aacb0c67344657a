"""What was seen of each note before: so that it is read once, and told once."""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notes (
    path TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    written INTEGER NOT NULL,
    passwords INTEGER NOT NULL,
    shared INTEGER NOT NULL,
    told REAL NOT NULL DEFAULT 0,
    round INTEGER NOT NULL
) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One document as it was the last time. `told`: when people were last told, seconds."""

    size: int
    written: int
    passwords: int
    shared: bool
    told: float


class NoteLedger:
    """The file at `path`; a number of passwords for each document, and none of them."""

    def __init__(self, path: Path | str) -> None:
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.executescript(_SCHEMA)
        (self._round,) = self._base.execute("SELECT coalesce(max(round), 0) FROM notes").fetchone()

    def begin(self) -> None:
        """Begin another round: what is not kept in it has gone."""
        self._round += 1
        self._base.execute("BEGIN")

    def known(self, path: Path) -> Known | None:
        """Return what was seen of a document, or None."""
        row = self._base.execute(
            "SELECT size, written, passwords, shared, told FROM notes WHERE path = ?", (str(path),)
        ).fetchone()
        if row is None:
            return None
        size, written, passwords, shared, told = row
        return Known(
            size=size, written=written, passwords=passwords, shared=bool(shared), told=told
        )

    def keep(self, path: Path, known: Known) -> None:
        """Keep what was seen of a document in this round."""
        self._base.execute(
            "REPLACE INTO notes (path, size, written, passwords, shared, told, round)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                str(path),
                known.size,
                known.written,
                known.passwords,
                int(known.shared),
                known.told,
                self._round,
            ),
        )

    def gone(self) -> Iterator[tuple[Path, int]]:
        """Yield the documents that held passwords and were not met in this round; forget all."""
        rows = self._base.execute(
            "SELECT path, passwords FROM notes WHERE round < ? AND passwords > 0", (self._round,)
        ).fetchall()
        yield from ((Path(path), passwords) for path, passwords in rows)
        self._base.execute("DELETE FROM notes WHERE round < ?", (self._round,))

    def end(self) -> None:
        """Bring the round to the disk."""
        self._base.execute("COMMIT")

    def leave(self) -> None:
        """Give up the round that was begun."""
        if self._base.in_transaction:
            self._base.execute("ROLLBACK")

    def close(self) -> None:
        """Close the file."""
        self._base.close()
