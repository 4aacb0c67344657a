"""The manifest: what a snapshot should hold, recorded from the files themselves, not by restic.

For each file its path, size, time, SHA-256 and soundness. A proof compares a restored file with
its row here, so that a fault of restic, of the disk or of the network shows. A row whose size,
time and inode have not changed keeps its hash: only changed files are read.
"""

import hashlib
import os
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path

from vigie.domain.evidence.structure import Soundness, Structure

Inspect = Callable[[int, str], Structure]

CHUNK = 1 << 20  # bytes read at a time
UNKNOWN = ""  # no hash: the file changed while it was read, or could not be read

_SCHEMA = """
CREATE TABLE files (
    path BLOB PRIMARY KEY,
    size INTEGER NOT NULL,
    mtime INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    soundness TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One file. `size` in bytes, `mtime` in nanoseconds; `sha256` is empty when not known."""

    path: Path
    size: int
    mtime: int
    inode: int
    sha256: str = UNKNOWN
    soundness: Soundness = Soundness.UNSURE

    def same_file(self, other: "Row | None") -> bool:
        """Return whether nothing shows that the file changed between the two rows."""
        return other is not None and (self.size, self.mtime, self.inode) == (
            other.size,
            other.mtime,
            other.inode,
        )


class Manifest:
    """The rows in the file `path`, read or written."""

    def __init__(self, path: Path) -> None:
        self.path = path
        new = not path.exists()
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        if new:
            self._base.executescript(_SCHEMA)

    def row(self, path: Path) -> Row | None:
        """Return the row of one file, or None."""
        found = self._base.execute(
            "SELECT path, size, mtime, inode, sha256, soundness FROM files WHERE path = ?",
            (os.fsencode(path),),
        ).fetchone()
        return _row(found) if found else None

    def rows(self) -> Iterator[Row]:
        """Yield every row."""
        for found in self._base.execute(
            "SELECT path, size, mtime, inode, sha256, soundness FROM files ORDER BY path"
        ):
            yield _row(found)

    def known(self) -> Sequence[Path]:
        """Return the paths whose hash is known: those a proof can draw from."""
        rows = self._base.execute("SELECT path FROM files WHERE sha256 != '' ORDER BY path")
        return [Path(os.fsdecode(path)) for (path,) in rows]

    def count(self) -> tuple[int, int]:
        """Return how many files there are, and how many bytes."""
        files, size = self._base.execute("SELECT count(*), total(size) FROM files").fetchone()
        return int(files), int(size)

    def write(self, rows: Iterable[Row]) -> None:
        """Add rows, or replace those of the same paths, all or none of them."""
        self._base.execute("BEGIN")
        self._base.executemany(
            "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?, ?)",
            (
                (os.fsencode(r.path), r.size, r.mtime, r.inode, r.sha256, r.soundness.value)
                for r in rows
            ),
        )
        self._base.execute("COMMIT")

    def settle(self) -> None:
        """Forget the hashes of files that have changed since their row, and files that are gone."""
        gone, changed = [], []
        for path, *then in self._base.execute("SELECT path, size, mtime, inode FROM files"):
            try:
                now = os.lstat(path)
            except OSError:
                gone.append((path,))
                continue
            if [now.st_size, now.st_mtime_ns, now.st_ino] != then:
                changed.append((UNKNOWN, path))
        self._base.execute("BEGIN")
        self._base.executemany("DELETE FROM files WHERE path = ?", gone)
        self._base.executemany("UPDATE files SET sha256 = ? WHERE path = ?", changed)
        self._base.execute("COMMIT")

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _row(found: tuple[bytes, int, int, int, str, str]) -> Row:
    path, size, mtime, inode, sha256, soundness = found
    return Row(
        path=Path(os.fsdecode(path)),
        size=size,
        mtime=mtime,
        inode=inode,
        sha256=sha256,
        soundness=Soundness(soundness),
    )


class Excludes:
    """What a walk leaves out: a full path is itself, anything else a pattern for a name."""

    def __init__(self, patterns: Iterable[str]) -> None:
        given = tuple(patterns)
        self._paths = frozenset(text for text in given if Path(text).is_absolute())
        self._names = tuple(text for text in given if text not in self._paths)

    def __contains__(self, path: str) -> bool:
        """Return whether this path is left out (its parents were asked before)."""
        name = os.path.basename(path)  # noqa: PTH119  (asked for every file: no Path is made)
        return path in self._paths or any(fnmatchcase(name, each) for each in self._names)


def walk(folders: Iterable[Path], excludes: Iterable[str]) -> Iterator[Row]:
    """Yield a row without hash for each regular file; what cannot be listed is passed over.

    Restic reports what cannot be read, and the caller counts that.
    """
    left_out = Excludes(excludes)
    waiting = [str(folder) for folder in folders if str(folder) not in left_out]
    while waiting:
        try:
            entries = sorted(os.scandir(waiting.pop()), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            if entry.path in left_out:
                continue
            try:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                elif entry.is_file(follow_symlinks=False):
                    yield seen(Path(entry.path), entry.stat(follow_symlinks=False))
            except OSError:
                continue


def seen(path: Path, found: os.stat_result) -> Row:
    """Return the row of a file as the system describes it, without its hash."""
    return Row(path=path, size=found.st_size, mtime=found.st_mtime_ns, inode=found.st_ino)


def read(row: Row, inspect: Inspect | None) -> Row:
    """Given a row, read its file and return the row with its hash and soundness.

    The hash stays unknown if the file changed meanwhile, is no regular file any more (a link put
    in its place is never followed), or cannot be read.
    """
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        descriptor = os.open(row.path, flags | getattr(os, "O_BINARY", 0))
    except OSError:
        return row
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return row
            total = digest(file.read)
            sound = row.soundness
            if inspect:
                os.lseek(descriptor, 0, os.SEEK_SET)
                sound = inspect(descriptor, row.path.name).soundness
            after = seen(row.path, os.fstat(descriptor))
        except OSError:
            return row
    return replace(row, sha256=total if after.same_file(row) else UNKNOWN, soundness=sound)


def digest(reader: Callable[[int], bytes]) -> str:
    """Return the SHA-256 (hexadecimal) of what a reader gives until it gives nothing."""
    total = hashlib.sha256()
    while chunk := reader(CHUNK):
        total.update(chunk)
    return total.hexdigest()


def copy(source: Path, target: Path) -> None:
    """Copy a manifest, consistently and fsynced, over an older one."""
    part = target.with_name(target.name + ".part")
    part.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as a, closing(sqlite3.connect(part)) as b:
        a.backup(b)
    part.replace(target)
