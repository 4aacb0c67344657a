"""The register: every document as it was when it was good, and which versions of it are kept.

One SQLite file. `files` holds the last good state of each path, `versions` the earlier ones whose
bytes are still kept, `aside` what a repair pushed away. Bytes lie beside it, under their SHA-256.
"""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vigie.domain.evidence.structure import Kind, Soundness

_SCHEMA = """
CREATE TABLE IF NOT EXISTS roots (path BLOB PRIMARY KEY, at REAL NOT NULL);
CREATE TABLE IF NOT EXISTS files (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    uid INTEGER NOT NULL,
    gid INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    object TEXT NOT NULL,
    kind TEXT NOT NULL,
    soundness TEXT NOT NULL,
    sealed INTEGER NOT NULL,
    at REAL NOT NULL
);
CREATE INDEX IF NOT EXISTS files_sha256 ON files (sha256);
CREATE TABLE IF NOT EXISTS versions AS SELECT * FROM files WHERE 0;
CREATE INDEX IF NOT EXISTS versions_path ON versions (path);
CREATE TABLE IF NOT EXISTS aside (
    path BLOB NOT NULL,
    object TEXT NOT NULL,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    mode INTEGER NOT NULL,
    why TEXT NOT NULL,
    at REAL NOT NULL
);
"""
_LASTING = (
    "path, size, mtime, device, inode, mode, uid, gid, sha256, object, kind, soundness, sealed"
)
_COLUMNS = f"{_LASTING}, at"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """One document as it was. `object` is the SHA-256 of the kept bytes, empty where none are.

    `object` differs from `sha256` for a database that was copied while it was in use. `mtime` in
    nanoseconds, `at` in seconds since 1970.
    """

    path: Path
    size: int
    mtime: int
    device: int
    inode: int
    mode: int
    uid: int
    gid: int
    sha256: str
    object: str = ""
    kind: Kind = Kind.OTHER
    soundness: Soundness = Soundness.UNSURE
    sealed: bool = False
    at: float = 0.0

    @property
    def database(self) -> bool:
        """Return whether it is a SQLite database."""
        return self.kind is Kind.SQLITE

    def untouched(self, found: os.stat_result) -> bool:
        """Return whether the system says that nobody has written to it."""
        return (self.size, self.mtime, self.inode) == (
            found.st_size,
            found.st_mtime_ns,
            found.st_ino,
        )


class Register:
    """The register in the folder `folder`, made if need be."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._base = sqlite3.connect(
            folder / "register.sqlite", isolation_level=None, check_same_thread=False, timeout=60
        )
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def roots(self) -> dict[Path, float]:
        """Return what was recorded, and when."""
        rows = self._base.execute("SELECT path, at FROM roots").fetchall()
        return {Path(os.fsdecode(path)): at for path, at in rows}

    def below(self, place: Path) -> dict[Path, Known]:
        """Return every document at or below a path."""
        start = os.fsencode(place)
        below = start.rstrip(b"/") + b"/"
        rows = self._base.execute(
            f"SELECT {_COLUMNS} FROM files WHERE path = ? OR (path >= ? AND path < ?)",  # noqa: S608  (no value is joined in)
            (start, below, below[:-1] + b"0"),
        )
        return {known.path: known for known in map(_known, rows)}

    def versions(self, path: Path) -> list[Known]:
        """Return the states of one document whose bytes are kept, the newest first."""
        rows = self._base.execute(
            f"SELECT {_COLUMNS} FROM (SELECT * FROM files UNION ALL SELECT * FROM versions)"  # noqa: S608
            " WHERE path = ? AND object != '' ORDER BY mtime DESC, at DESC",
            (os.fsencode(path),),
        )
        return list(map(_known, rows))

    def write(
        self, files: Iterable[Known], *, root: Path | None = None, gone: Iterable[Path] = ()
    ) -> None:
        """Record states of documents in one transaction; what they replace becomes a version.

        `gone` names documents that are no longer there on purpose: their last state becomes a
        version as well.
        """
        with self._transaction():
            for known in files:
                self._retire(known.path, besides=known.object)
                marks = ", ".join("?" * 14)
                self._base.execute(f"INSERT INTO files ({_COLUMNS}) VALUES ({marks})", _row(known))  # noqa: S608
            for path in gone:
                self._retire(path)
            if root is not None:
                self._base.execute(
                    "INSERT OR REPLACE INTO roots VALUES (?, unixepoch())", (os.fsencode(root),)
                )

    def set_aside(self, path: Path, digest: str, found: os.stat_result, why: str) -> None:
        """Write down where the bytes of a damaged document are kept."""
        self._base.execute(
            "INSERT INTO aside VALUES (?, ?, ?, ?, ?, ?, unixepoch())",
            (os.fsencode(path), digest, found.st_size, found.st_mtime_ns, found.st_mode, why),
        )

    def aside(self, path: Path) -> list[str]:
        """Return the kept bytes of what was damaged at this path, the latest first."""
        rows = self._base.execute(
            "SELECT object FROM aside WHERE path = ? ORDER BY at DESC, rowid DESC",
            (os.fsencode(path),),
        )
        return [digest for (digest,) in rows]

    def forget(self, before: float) -> None:
        """Let go versions and damaged copies that were replaced before this time."""
        with self._transaction():
            self._base.execute("DELETE FROM versions WHERE at < ?", (before,))
            self._base.execute("DELETE FROM aside WHERE at < ?", (before,))

    def wanted(self) -> set[str]:
        """Return every object that something points to."""
        rows = self._base.execute(
            "SELECT object FROM files UNION SELECT object FROM versions"
            " UNION SELECT object FROM aside"
        )
        return {digest for (digest,) in rows}

    def _retire(self, path: Path, besides: str = "") -> None:
        """Make the present state of a path a version as of now, unless its bytes stay the same."""
        self._base.execute(
            f"INSERT INTO versions SELECT {_LASTING}, unixepoch() FROM files"  # noqa: S608
            " WHERE path = ? AND object NOT IN ('', ?)",
            (os.fsencode(path), besides),
        )
        self._base.execute("DELETE FROM files WHERE path = ?", (os.fsencode(path),))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._base.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._base.execute("COMMIT")
        except BaseException:
            if self._base.in_transaction:
                self._base.execute("ROLLBACK")
            raise


def _row(known: Known) -> tuple[object, ...]:
    return (
        os.fsencode(known.path),
        known.size,
        known.mtime,
        known.device,
        known.inode,
        known.mode,
        known.uid,
        known.gid,
        known.sha256,
        known.object,
        known.kind.value,
        known.soundness.value,
        known.sealed,
        known.at,
    )


def _known(row: Any) -> Known:  # noqa: ANN401  (a row of our own table)
    path, size, mtime, device, inode, mode, uid, gid, sha256, *rest = row
    kept, kind, soundness, sealed, at = rest
    return Known(
        path=Path(os.fsdecode(path)),
        size=size,
        mtime=mtime,
        device=device,
        inode=inode,
        mode=mode,
        uid=uid,
        gid=gid,
        sha256=sha256,
        object=kept,
        kind=Kind(kind),
        soundness=Soundness(soundness),
        sealed=bool(sealed),
        at=at,
    )
