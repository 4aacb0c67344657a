"""Reading another program's vault: its kept versions, without opening it for writing.

The agent holds the vault open; whoever only wants an old version must not settle or lock it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCopy:
    """One good version: where its bytes lie, their SHA-256 (empty for a clone), and its time."""

    place: Path
    sha256: str
    size: int
    mtime: int
    mode: int
    uid: int
    gid: int


def copies(folder: Path, document: Path) -> Iterator[KeptCopy]:
    """Yield the good versions of the document at this path, the newest first.

    Links are left out: they share their bytes with the document itself, and its damage.
    """
    index = folder / "index.sqlite"
    if not index.is_file():
        return
    query = (
        "SELECT way, object, size, mtime, mode, uid, gid FROM version"
        " WHERE path = ? AND purpose = 'good' AND way IN ('copy', 'clone') ORDER BY number DESC"
    )
    try:
        with closing(sqlite3.connect(f"{index.as_uri()}?mode=ro", uri=True, timeout=10)) as base:
            rows = base.execute(query, (str(document),)).fetchall()
    except sqlite3.Error:  # a vault that cannot be read has nothing to give
        return
    for way, name, size, mtime, mode, uid, gid in rows:
        copied = way == "copy"
        place = folder / "objects" / name[:2] / name if copied else folder / "held" / name
        if place.is_file():
            yield KeptCopy(
                place=place,
                sha256=name if copied else "",
                size=size,
                mtime=mtime,
                mode=mode,
                uid=uid,
                gid=gid,
            )
