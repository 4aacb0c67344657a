"""The held store: what Vigie keeps aside is on disk before anybody is told that it is kept.

One file a thing, content and envelope together: the file is the truth. The register beside it
(SQLite) says in which state each thing is, and can be made again from the files.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.tools.held import file, register
from vigie.tools.held.file import NoRoom, Spoilt
from vigie.tools.held.register import NEW, Held

__all__ = ["NEW", "Held", "HeldStore", "NoRoom", "Spoilt", "name_of"]


def name_of(kind: str, key: str) -> str:
    """Return the id of the thing of this kind that its owner knows by `key`."""
    return hashlib.sha256(f"{kind}\n{key}".encode()).hexdigest()[:32]


class HeldStore:
    """The things held in `folder`. Several threads and processes may use it at once.

    A thing has a kind (`leaving`, `arrived`, …), a state that is its owner's own word, and a date
    before which nothing of it is removed. What was found on disk without a row (a kill came in
    between) is in the state `new`.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        self._lock = threading.Lock()
        self._base = register.connect(folder / "held.db")
        self._adopt()

    def keep(  # noqa: PLR0913  (what there is to know of a held thing)
        self,
        kind: str,
        content: bytes,
        *,
        key: str,
        envelope: Mapping[str, Any],
        at: datetime,
        until: datetime,
    ) -> tuple[Held, bool]:
        """Keep a thing; return it once it is on disk, and whether it is new.

        `key` names it: the same key is the same thing, kept once. `envelope` is plain JSON. Raise
        NoRoom when it cannot be kept: then nothing of it is left.
        """
        name = name_of(kind, key)
        if known := self.find(name):
            return known, False
        sealed = {
            "id": name,
            "kind": kind,
            "envelope": dict(envelope),
            "at": at.isoformat(),
            "until": until.isoformat(),
        }
        file.write(self.folder, name, content, sealed)
        row = register.row(sealed, size=len(content))
        try:
            with self._writing(durable=False):  # the file is on disk: the row can be made again
                new = register.add(self._base, row)
        except sqlite3.OperationalError as trouble:
            file.remove(self.folder, name)
            raise NoRoom(str(trouble)) from trouble
        return (row if new else self.find(name) or row), new

    def find(self, name: str) -> Held | None:
        """Return the thing with this id, or None."""
        found = self._select("id = ?", (name,))
        return found[0] if found else None

    def content(self, name: str) -> bytes:
        """Return the bytes as they were kept. Raise Spoilt when they are not, or are gone."""
        return file.read(self.folder, name)

    def items(self, kind: str, states: Collection[str] = ()) -> tuple[Held, ...]:
        """Return what is held of one kind (in one of these states), the oldest first."""
        marks = ",".join("?" * len(states))
        return self._select(
            "kind = ?" + (f" AND state IN ({marks})" if states else ""), (kind, *states)
        )

    def due(self, kind: str, states: Collection[str], now: datetime) -> tuple[Held, ...]:
        """Return what of one kind, in one of these states, is due at `now`, the earliest first."""
        marks = ",".join("?" * len(states))
        found = self._select(
            f"kind = ? AND state IN ({marks}) AND due <= ?", (kind, *states, now.timestamp())
        )
        return tuple(sorted(found, key=lambda held: held.due or held.at))

    def move(
        self,
        name: str,
        of: Collection[str],
        to: str,
        *,
        due: datetime | None = None,
        note: Mapping[str, Any] | None = None,
    ) -> bool:
        """Move a thing from one of the states `of` to the state `to`; return whether it was there.

        It is on disk when this returns. `note` is added to what was noted before. Raise NoRoom
        when the disk is full: then nothing changed.
        """
        try:
            with self._writing():
                return register.move(self._base, name, of, to, due=due, note=note or {})
        except sqlite3.OperationalError as trouble:
            raise NoRoom(str(trouble)) from trouble

    def forget_content(self, name: str) -> None:
        """Remove the bytes of what its owner has done with, such as a message that has left."""
        file.remove(self.folder, name)

    def clear(self, kind: str, settled: Collection[str], now: datetime) -> int:
        """Remove what is settled and whose date has passed; return how much that was."""
        gone = [held for held in self.items(kind, settled) if held.until <= now]
        for held in gone:
            file.remove(self.folder, held.id)
            with self._writing():
                self._base.execute("DELETE FROM held WHERE id = ?", (held.id,))
        return len(gone)

    def close(self) -> None:
        """Close the register."""
        with self._lock:
            self._base.close()

    def _adopt(self) -> None:
        """Write down what lies on disk without a row, and sweep away what was never whole."""
        for name in file.names(self.folder):
            if self.find(name) is None:
                try:
                    sealed, size = file.sealed(self.folder, name)
                except Spoilt:
                    continue  # it stays where it is, for somebody to look at
                with self._writing(durable=False):
                    register.add(self._base, register.row(sealed, size=size))
        file.sweep(self.folder)

    def _select(self, which: str, values: Collection[Any]) -> tuple[Held, ...]:
        with self._lock:
            return register.select(self._base, which, tuple(values))

    @contextmanager
    def _writing(self, *, durable: bool = True) -> Iterator[None]:
        with self._lock:
            self._base.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise
