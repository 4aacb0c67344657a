"""The register of held things: which are there, in which state, and when something is due."""

import json
import sqlite3
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

NEW = "new"
_WAIT = 30.0  # seconds for another process's write to end
_DAMAGED = {11, 26}  # SQLITE_CORRUPT, SQLITE_NOTADB

_SCHEMA = """
CREATE TABLE IF NOT EXISTS held (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    at REAL NOT NULL,
    until REAL NOT NULL,
    due REAL,
    size INTEGER NOT NULL,
    envelope TEXT NOT NULL,
    note TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS turn ON held (kind, state, due);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One held thing. `size` is in bytes; `envelope` is as it was kept, `note` grows."""

    id: str
    kind: str
    state: str
    at: datetime
    until: datetime
    due: datetime | None
    size: int
    envelope: Mapping[str, Any]
    note: Mapping[str, Any]


def connect(path: Path) -> sqlite3.Connection:
    """Open the register at `path`; one that cannot be read any more is put beside, never removed.

    The files are the truth: what is in them is written down anew.
    """
    try:
        return _connect(path)
    except sqlite3.DatabaseError as trouble:
        if trouble.sqlite_errorcode & 0xFF not in _DAMAGED:
            raise
    beside = f"damaged-{uuid.uuid4().hex[:8]}"
    for suffix in ("", "-wal", "-shm"):
        part = path.with_name(path.name + suffix)
        if part.exists():
            part.rename(path.with_name(f"{path.name}.{beside}{suffix}"))
    return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    base = sqlite3.connect(path, timeout=_WAIT, check_same_thread=False, isolation_level=None)
    try:
        base.execute("PRAGMA journal_mode = WAL")
        # A short log: a disk that is nearly full must still have room to fold it into the file.
        base.execute("PRAGMA wal_autocheckpoint = 200")
        base.execute("PRAGMA journal_size_limit = 4000000")
        base.executescript(_SCHEMA)
    except sqlite3.DatabaseError:
        base.close()
        raise
    path.chmod(0o600)
    return base


def row(sealed: Mapping[str, Any], *, size: int) -> Held:
    """Given what a file's seal says, return the thing as it stands at first: new, and due."""
    at = datetime.fromisoformat(sealed["at"])
    return Held(
        id=sealed["id"],
        kind=sealed["kind"],
        state=NEW,
        at=at,
        until=datetime.fromisoformat(sealed["until"]),
        due=at,
        size=size,
        envelope=sealed["envelope"],
        note={},
    )


def add(base: sqlite3.Connection, held: Held) -> bool:
    """Write a thing down; return False where it already was."""
    done = base.execute(
        "INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            held.id,
            held.kind,
            held.state,
            held.at.timestamp(),
            held.until.timestamp(),
            held.due.timestamp() if held.due else None,
            held.size,
            json.dumps(held.envelope),
            json.dumps(held.note),
        ),
    )
    return bool(done.rowcount)


def move(  # noqa: PLR0913  (a move has these parts)
    base: sqlite3.Connection,
    name: str,
    of: Collection[str],
    to: str,
    *,
    due: datetime | None,
    note: Mapping[str, Any],
) -> bool:
    """Move a thing from one of the states `of` to the state `to`, as one statement."""
    marks = ",".join("?" * len(of))
    done = base.execute(
        "UPDATE held SET state = ?, due = ?, note = json_patch(note, ?)"  # noqa: S608  (marks)
        f" WHERE id = ? AND state IN ({marks})",
        (to, due.timestamp() if due else None, json.dumps(note), name, *of),
    )
    return bool(done.rowcount)


def select(base: sqlite3.Connection, which: str, values: Sequence[Any]) -> tuple[Held, ...]:
    """Return the things a condition of our own writing finds, the oldest first."""
    rows = base.execute(
        "SELECT id, kind, state, at, until, due, size, envelope, note FROM held"  # noqa: S608
        f" WHERE {which} ORDER BY at, id",
        values,
    ).fetchall()
    return tuple(
        Held(
            id=name,
            kind=kind,
            state=state,
            at=datetime.fromtimestamp(at, UTC),
            until=datetime.fromtimestamp(until, UTC),
            due=datetime.fromtimestamp(due, UTC) if due is not None else None,
            size=size,
            envelope=json.loads(envelope),
            note=json.loads(note),
        )
        for name, kind, state, at, until, due, size, envelope, note in rows
    )
