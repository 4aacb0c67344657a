"""The vault's index: which version of which document is kept how, in SQLite, fsynced."""

import os
import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS version (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    document TEXT NOT NULL,
    path TEXT NOT NULL,
    way TEXT NOT NULL,
    object TEXT NOT NULL,
    size INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    kept REAL NOT NULL,
    family TEXT NOT NULL,
    purpose TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS version_document ON version (document, number);
CREATE INDEX IF NOT EXISTS version_object ON version (object);
CREATE TABLE IF NOT EXISTS gone (document TEXT PRIMARY KEY, at REAL NOT NULL, family TEXT NOT NULL);
"""
_COLUMNS = "number, document, path, way, object, size, mode, uid, gid, mtime, kept, family, purpose"


class Way(StrEnum):
    """How a version is kept."""

    CLONE = "clone"
    LINK = "link"
    COPY = "copy"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One kept version of a document.

    `object` is a SHA-256 for a copy, else a name under `held`; `size` in bytes, `mtime` in
    nanoseconds, `kept` in seconds since 1970. `family` is who was about to change the file.
    `purpose`: `good` for a version worth going back to, `replaced` for what a restore pushed
    aside.
    """

    document: str
    path: str
    way: Way
    object: str
    size: int
    mode: int
    uid: int
    gid: int
    mtime: int
    kept: float
    family: str = ""
    purpose: str = "good"
    number: int = 0


class Index:
    """The durable table of versions. Safe for several threads; holds no file while it locks."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        # A commit outlives our end; `sync` makes it outlive a power cut, without a wait each time.
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._log = Path(f"{path}-wal")
        self._base.executescript(_SCHEMA)

    def add(self, versions: Iterable[Version], *, without: Iterable[int] = ()) -> list[int]:
        """Write versions down, and strike others, in one transaction; return their numbers.

        A document with a new good version is there: it no longer counts as deleted.
        """
        numbers = []
        versions = list(versions)
        back = [(v.document,) for v in versions if v.purpose == "good"]
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM version WHERE number = ?", [(n,) for n in without])
            self._base.executemany("DELETE FROM gone WHERE document = ?", back)
            for v in versions:
                cursor = self._base.execute(
                    f"INSERT INTO version ({_COLUMNS}) VALUES (NULL{', ?' * 12})",  # noqa: S608  (no value is joined in)
                    (
                        v.document,
                        v.path,
                        v.way,
                        v.object,
                        v.size,
                        v.mode,
                        v.uid,
                        v.gid,
                        v.mtime,
                        v.kept,
                        v.family,
                        v.purpose,
                    ),
                )
                numbers.append(cursor.lastrowid or 0)
            self._base.execute("COMMIT")
        return numbers

    def strike(self, numbers: Iterable[int]) -> None:
        """Forget versions."""
        self.add((), without=numbers)

    def move(self, document: str, path: str) -> None:
        """Give the good versions of a document another path."""
        with self._lock, self._base:
            self._base.execute(
                "UPDATE version SET path = ? WHERE document = ? AND purpose = 'good'",
                (path, document),
            )

    def mark_gone(self, rows: Iterable[tuple[str, float, str]]) -> None:
        """Write down that documents are deleted: document, when, by which family."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("INSERT OR REPLACE INTO gone VALUES (?, ?, ?)", rows)
            self._base.execute("COMMIT")

    def mark_back(self, documents: Iterable[str]) -> None:
        """Write down that documents are there again."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany("DELETE FROM gone WHERE document = ?", [(d,) for d in documents])
            self._base.execute("COMMIT")

    def versions(self, where: str = "", values: tuple[object, ...] = ()) -> list[Version]:
        """Return versions, oldest first; `where` is a condition of the caller's own wording."""
        query = f"SELECT {_COLUMNS} FROM version {where} ORDER BY number"  # noqa: S608  (see above)
        with self._lock:
            rows = self._base.execute(query, values).fetchall()
        names = _COLUMNS.split(", ")
        return [Version(**{**dict(zip(names, r, strict=True)), "way": Way(r[3])}) for r in rows]

    def gone(self) -> dict[str, tuple[float, str]]:
        """Return the deleted documents: when, and by which family."""
        with self._lock:
            rows = self._base.execute("SELECT document, at, family FROM gone").fetchall()
        return {document: (at, family) for document, at, family in rows}

    def sync(self) -> None:
        """Bring what was written so far onto the disk."""
        descriptor = os.open(self._log, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fdatasync(descriptor)
        finally:
            os.close(descriptor)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()
