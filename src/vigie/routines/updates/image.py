"""The image of before: every file an update may touch, what it was, and where its bytes still are.

Each file is written down with its inode and the time of its last change, which no program can
forge: what still has both has not been touched, and is left alone when everything goes back.
"""

import os
import sqlite3
import stat
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from vigie.tools.packages.apt import is_lock
from vigie.tools.snapshots import Snapshots
from vigie.tools.snapshots.btrfs import KEPT_IN

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
    path TEXT PRIMARY KEY, kind TEXT, mode INTEGER, uid INTEGER, gid INTEGER, size INTEGER,
    mtime INTEGER, inode INTEGER, ctime INTEGER, target TEXT, volume TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS roots (path TEXT PRIMARY KEY, kind TEXT, data INTEGER);
"""
_COLUMNS = "path, kind, mode, uid, gid, size, mtime, inode, ctime, target, volume"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file, folder or link. Times in nanoseconds; `volume` is empty without snapshots."""

    path: Path
    kind: str  # file, folder, link
    mode: int
    uid: int
    gid: int
    size: int
    mtime: int
    inode: int
    ctime: int
    target: str = ""
    volume: str = ""

    def untouched(self, now: "Entry | None") -> bool:
        """Return whether what stands at its place is still the very same."""
        return (
            now is not None
            and (now.kind, now.inode, now.ctime) == (self.kind, self.inode, self.ctime)
            and (self.kind == "folder" or (now.size, now.mtime) == (self.size, self.mtime))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Root:
    """Where a part of the image begins: a `folder` with all in it, a `file`, or nothing `absent`.

    `data`: people's own, and not the update's.
    """

    path: Path
    kind: str
    data: bool = False


def entry(path: Path) -> Entry | None:
    """Return what stands at a path; None for nothing, and for what has no content to keep."""
    try:
        status = path.lstat()
        target = str(path.readlink()) if stat.S_ISLNK(status.st_mode) else ""
    except OSError:
        return None
    kinds = {stat.S_IFREG: "file", stat.S_IFDIR: "folder", stat.S_IFLNK: "link"}
    kind = kinds.get(stat.S_IFMT(status.st_mode))
    if kind is None:  # a socket or a pipe is made again by whoever needs it
        return None
    return Entry(
        path=path,
        kind=kind,
        mode=stat.S_IMODE(status.st_mode),
        uid=status.st_uid,
        gid=status.st_gid,
        size=status.st_size,
        mtime=status.st_mtime_ns,
        inode=status.st_ino,
        ctime=status.st_ctime_ns,
        target=target,
    )


def below(root: Root, without: Sequence[Path] = ()) -> Iterator[Entry]:
    """Yield all there is of one part, folders before what is in them."""
    found = entry(root.path)
    if found is None:
        return
    yield found
    if root.kind != "folder" or found.kind != "folder":
        return
    for place, folders, files in os.walk(root.path):
        here = Path(place)
        folders[:] = [f for f in folders if f != KEPT_IN and here / f not in without]
        for name in (*folders, *files):
            path = here / name
            if path in without or is_lock(path):
                continue
            if (one := entry(path)) is not None:
                yield one


class Image:
    """The image in the file `path`. `without` are folders that are never in it, ours above all."""

    def __init__(self, path: Path, *, without: Sequence[Path] = ()) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.execute("PRAGMA synchronous = OFF")  # the caller syncs the whole disk once
        self._base.executescript(_SCHEMA)
        self._without = without

    def take(self, roots: Iterable[Root], snapshots: Snapshots) -> tuple[Path, ...]:
        """Write down all there is below the roots; return the volumes it lies on."""
        volumes: dict[int, Path | None] = {}
        with closing(self._base.cursor()) as cursor:
            cursor.execute("BEGIN")
            for root in roots:
                cursor.execute(
                    "INSERT OR IGNORE INTO roots VALUES (?, ?, ?)",
                    (str(root.path), root.kind, root.data),
                )
                for one in below(root, self._without):
                    device = one.path.lstat().st_dev
                    if device not in volumes:
                        volumes[device] = snapshots.volume(one.path)
                    volume = volumes[device]
                    cursor.execute(
                        f"INSERT OR REPLACE INTO entries ({_COLUMNS})"  # noqa: S608  (constants)
                        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                        (
                            *(str(one.path), one.kind, one.mode, one.uid, one.gid, one.size),
                            *(one.mtime, one.inode, one.ctime, one.target),
                            str(volume) if volume else "",
                        ),
                    )
            cursor.execute("COMMIT")
        return tuple(volume for volume in volumes.values() if volume)

    def roots(self) -> tuple[Root, ...]:
        """Return where its parts begin."""
        rows = self._base.execute("SELECT path, kind, data FROM roots ORDER BY path").fetchall()
        return tuple(Root(path=Path(path), kind=kind, data=bool(d)) for path, kind, d in rows)

    def entries(self) -> Iterator[Entry]:
        """Yield every entry, folders before what is in them."""
        query = f"SELECT {_COLUMNS} FROM entries ORDER BY path"  # noqa: S608  (constants)
        for row in self._base.execute(query):
            yield _entry(row)

    def entry(self, path: Path) -> Entry | None:
        """Return the entry of a path, or None if there was nothing."""
        query = f"SELECT {_COLUMNS} FROM entries WHERE path = ?"  # noqa: S608  (constants)
        row = self._base.execute(query, (str(path),)).fetchone()
        return _entry(row) if row else None

    def size(self) -> int:
        """Return how many bytes its files have."""
        (size,) = self._base.execute(
            "SELECT coalesce(sum(size), 0) FROM entries WHERE kind = 'file'"
        ).fetchone()
        return int(size)

    def living(self) -> Iterator[Entry]:
        """Yield what stands now in all its parts."""
        for root in self.roots():
            yield from below(root, self._without)

    def close(self) -> None:
        """Close the file."""
        self._base.close()


def _entry(row: tuple[str, str, int, int, int, int, int, int, int, str, str]) -> Entry:
    path, kind, mode, uid, gid, size, mtime, inode, ctime, target, volume = row
    return Entry(
        path=Path(path),
        kind=kind,
        mode=mode,
        uid=uid,
        gid=gid,
        size=size,
        mtime=mtime,
        inode=inode,
        ctime=ctime,
        target=target,
        volume=volume,
    )
