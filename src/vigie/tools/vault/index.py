"""The vault's index: which version of which document is kept how, in SQLite, fsynced."""

import contextlib
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

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
LONG_LOG = 4_000_000  # bytes of log after which it is put into the table
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
        # A checkpoint waits for the disk: `sync` makes it, never who waits for an answer.
        self._base.execute("PRAGMA wal_autocheckpoint = 0")
        self._path, self._log = path, Path(f"{path}-wal")
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
        return [_version(row) for row in rows]

    def links(self) -> dict[str, dict[str, int]]:
        """Return, by document and by object, the number of each version that is a link."""
        with self._lock:
            rows = self._base.execute(
                "SELECT document, object, number FROM version WHERE way = 'link'"
            ).fetchall()
        found: defaultdict[str, dict[str, int]] = defaultdict(dict)
        for document, name, number in rows:
            found[document][name] = number
        return dict(found)

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
            long = os.fstat(descriptor).st_size > LONG_LOG
        finally:
            os.close(descriptor)
        if long:
            with contextlib.closing(sqlite3.connect(self._path)) as base:
                base.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()


def _version(row: tuple[Any, ...]) -> Version:
    number, document, path, way, name, size, mode, uid, gid, mtime, kept, family, purpose = row
    return Version(
        document=document,
        path=path,
        way=Way(way),
        object=name,
        size=size,
        mode=mode,
        uid=uid,
        gid=gid,
        mtime=mtime,
        kept=kept,
        family=family,
        purpose=purpose,
        number=number,
    )
