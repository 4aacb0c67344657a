"""Where integrity keeps what it knows: the register, the kept bytes, and one lock for both."""

import contextlib
import errno
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from vigie.routines.integrity.register import Register
from vigie.tools.vault.objects import Objects

FOLDER = "integrity"  # in Vigie's home
KEPT_FOR = timedelta(days=30)  # an earlier version, and what a repair pushed aside
SPARE = 500_000_000  # bytes left free on the disk: a full disk stops the practice


class RoomHeld(Exception):
    """Another verification or repair of this machine is under way."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """What is open while the lock is held."""

    register: Register
    objects: Objects
    scratch: Path

    def kept(self, digest: str) -> Path | None:
        """Return where the bytes with this digest lie, or None."""
        place = self.objects.object(digest) if digest else None
        return place if place and place.is_file() else None

    def has_room_for(self, size: int, spare: int = SPARE) -> bool:
        """Return whether `size` more bytes leave the disk its spare room."""
        disk = os.statvfs(self.objects.folder)
        return disk.f_bavail * disk.f_frsize - size > spare

    def tidy(self) -> None:
        """Let go what has been replaced for long, and bytes that nothing points to."""
        self.register.forget(time.time() - KEPT_FOR.total_seconds())
        wanted = self.register.wanted()
        for digest in self.objects.sizes().keys() - wanted:
            self.objects.drop(digest)


@contextmanager
def held(home: Path) -> Iterator[Room]:
    """Open the room below Vigie's home, and keep every other process out of it until the end.

    What a killed repair left in its scratch folder is removed. Raise RoomHeld if another is
    inside, OSError where there is no room on the disk.
    """
    folder = home / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = sqlite3.connect(folder / "lock", timeout=0, isolation_level=None)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as refusal:
        lock.close()
        if refusal.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY:
            raise RoomHeld from refusal
        raise OSError(errno.ENOSPC, str(refusal)) from refusal  # a full disk, most likely
    try:
        scratch = folder / "scratch"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(mode=0o700)
        with contextlib.closing(Register(folder)) as register:
            yield Room(register=register, objects=Objects(folder / "kept"), scratch=scratch)
    finally:
        lock.close()
