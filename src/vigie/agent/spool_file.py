"""The spool's file: opened soundly, or put beside and begun anew with what can still be read."""

import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from vigie.wire import reports

DAMAGED = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB
FULL = 13  # SQLITEFULL
_WAIT = 30.0  # seconds for another process's write to end

_SCHEMA = """
CREATE TABLE IF NOT EXISTS items (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    lane INTEGER NOT NULL,
    at TEXT NOT NULL,
    body BLOB NOT NULL,
    is_gap INTEGER NOT NULL DEFAULT 0,
    shown INTEGER NOT NULL DEFAULT 0,
    refusals INTEGER NOT NULL DEFAULT 0,
    aside INTEGER NOT NULL DEFAULT 0  -- 1: the console does not take it; 2: a draft
);
CREATE INDEX IF NOT EXISTS turn ON items (aside, lane, refusals, number);
CREATE TABLE IF NOT EXISTS tally (one INTEGER PRIMARY KEY CHECK (one = 1), bytes INTEGER NOT NULL);
INSERT OR IGNORE INTO tally VALUES (1, 0);
CREATE TRIGGER IF NOT EXISTS came AFTER INSERT ON items BEGIN
    UPDATE tally SET bytes = bytes + length(new.body) + 100;
END;
CREATE TRIGGER IF NOT EXISTS left AFTER DELETE ON items BEGIN
    UPDATE tally SET bytes = bytes - length(old.body) - 100;
END;
CREATE TABLE IF NOT EXISTS sent (  -- what people here may read of it
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    lane INTEGER NOT NULL,
    body BLOB NOT NULL,
    at TEXT NOT NULL
);
"""


class SpoolTrouble(Exception):
    """The spool could not do it now; nothing was half written, and a later try may succeed."""


class SpoolFull(SpoolTrouble):
    """There is no room: on the disk, or within the spool's own bound."""


def code(trouble: sqlite3.DatabaseError) -> int:
    """Return SQLite's primary result code."""
    return trouble.sqlite_errorcode & 0xFF


def named(trouble: sqlite3.DatabaseError) -> SpoolTrouble:
    """Return what the agent calls this trouble."""
    return (SpoolFull if code(trouble) == FULL else SpoolTrouble)(str(trouble))


def connect(path: Path) -> sqlite3.Connection:
    """Open the file at `path`, or make it; raise sqlite3.DatabaseError for one that is damaged."""
    base = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        base.execute("PRAGMA synchronous = FULL")
        # A short log: a disk that is nearly full must still have room to fold it into the file.
        base.execute("PRAGMA wal_autocheckpoint = 200")
        base.execute("PRAGMA journal_size_limit = 4000000")
        if base.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            trouble = sqlite3.DatabaseError("the spool's file is damaged")
            trouble.sqlite_errorcode = min(DAMAGED)
            raise trouble
        base.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        base.close()
        raise
    path.chmod(0o600)
    return base


def begin_anew(path: Path) -> sqlite3.Connection:
    """Put the damaged file beside, and take over every row that can still be read."""
    beside = path.with_name(f"{path.name}.damaged-{uuid.uuid4().hex[:8]}")
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(beside.with_name(beside.name + suffix))
    base = connect(path)
    base.execute("BEGIN")
    with suppress(sqlite3.DatabaseError):
        for row in _salvage(beside):
            base.execute(
                "INSERT OR IGNORE INTO items (id, lane, at, body, is_gap) VALUES (?,?,?,?,?)",
                row,
            )
    base.execute("COMMIT")
    return base


def _salvage(damaged: Path) -> Iterator[tuple[str, int, str, bytes, int]]:
    """Yield the rows of a damaged file that still are whole items."""
    base = sqlite3.connect(damaged, isolation_level=None)
    try:
        for row in base.execute("SELECT id, lane, at, body, is_gap FROM items ORDER BY number"):
            with suppress(ValueError, TypeError):  # torn within the row
                if reports.decode_item(row[3]).id == row[0]:
                    yield row
    finally:
        base.close()
