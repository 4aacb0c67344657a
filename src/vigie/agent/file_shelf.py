"""The shelf of files: what arrived and would act is put aside, and given back byte for byte."""

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

from vigie.tools.held import NEW, Held, HeldStore, NoRoom
from vigie.tools.kept_file import sync_folder

KIND = "file"
KEPT_FOR = timedelta(days=90)
LARGEST = 512_000_000  # bytes: what is larger stays where it is, and cannot be opened there


class State(StrEnum):
    """Where a file stands that was put aside."""

    NEW = NEW  # on our disk; it may still be where it came in
    HELD = "held"
    RELEASED = "released"
    DESTROYED = "destroyed"  # a person does not want it; it lies with us until its date


@dataclass(slots=True)
class FileShelf:
    """Files in the folders people open them from; the target is the SHA-256 of one.

    `offer` says which file is in hand before HOLD asks for it. What a person has had released is
    not put aside again.
    """

    store: HeldStore
    _offered: dict[str, tuple[int, str]] = field(default_factory=dict)

    def offer(self, digest: str, descriptor: int, path: str) -> None:
        """Name the file in hand: its open descriptor, and where it lies."""
        self._offered[digest] = descriptor, path

    def withdraw(self, digest: str) -> None:
        """Forget the file in hand."""
        self._offered.pop(digest, None)

    def settled(self, digest: str) -> bool:
        """Return whether a person has had these bytes released."""
        return any(held.envelope["digest"] == digest for held in self._in(State.RELEASED))

    def put_aside(self, target: str) -> bool | None:
        """Put the file in hand aside; None where it is not in hand. Raise NoRoom."""
        descriptor, path = self._offered.get(target, (None, ""))
        if descriptor is None:
            return None
        state = os.fstat(descriptor)
        if state.st_size > LARGEST:
            raise NoRoom(f"{state.st_size} bytes")
        now = datetime.now(UTC)
        held, new = self.store.keep(
            KIND,
            _whole(descriptor, state.st_size),
            key=f"{path}\n{target}\n{state.st_ino}",
            envelope={
                "path": path,
                "digest": target,
                "mode": stat.S_IMODE(state.st_mode),
                "owner": [state.st_uid, state.st_gid],
                "modified": state.st_mtime_ns,
            },
            at=now,
            until=now + KEPT_FOR,
        )
        with suppress(FileNotFoundError):  # its reader took it away meanwhile
            there = os.lstat(path)
            if (there.st_dev, there.st_ino) == (state.st_dev, state.st_ino):
                Path(path).unlink()
        self.store.move(held.id, [State.NEW], State.HELD)  # what a person released stays released
        return new

    def give_back(self, target: str) -> bool | None:
        """Put every file of this digest back where it was; None where there is none."""
        back: bool | None = None
        for held in self._in(*State):
            if held.envelope["digest"] != target:
                continue
            if held.state == State.RELEASED:
                back = back or False
                continue
            # First the word that it may be there: it is judged again as soon as it is.
            self.store.move(held.id, [State.NEW, State.HELD, State.DESTROYED], State.RELEASED)
            _put_back(held, self.store.content(held.id))
            back = True
        return back

    def do_away(self, target: str, report: str) -> bool | None:
        """Never give back by itself what has this digest, by an order about `report`."""
        gone: bool | None = None
        for held in self._in(*State):
            if held.envelope["digest"] == target:
                note = {"report": report}
                done = self.store.move(held.id, [State.HELD], State.DESTROYED, note=note)
                gone = done or gone or False
        return gone

    def done_away(self, report: str) -> Iterator[str]:
        """Yield the digests of the files that an order about `report` has done away with."""
        found = self._in(State.DESTROYED)
        yield from {h.envelope["digest"]: 0 for h in found if h.note.get("report") == report}

    def clear(self, now: datetime) -> None:
        """Remove what was done away with and whose date has passed."""
        self.store.clear(KIND, [State.DESTROYED], now)

    def _in(self, *states: State) -> tuple[Held, ...]:
        return self.store.items(KIND, states)


def _whole(descriptor: int, size: int) -> bytes:
    pieces, at = [], 0
    while at < size and (piece := os.pread(descriptor, 1 << 20, at)):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def _put_back(held: Held, content: bytes) -> None:
    """Write a file where it was, or beside what has taken its place."""
    kept = held.envelope
    wanted = Path(kept["path"])
    wanted.parent.mkdir(parents=True, exist_ok=True)
    path, count = wanted, 1
    while True:
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            break
        except FileExistsError:
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == kept["digest"]:
                return  # it is back already
            count += 1
            path = wanted.with_name(f"{wanted.stem} ({count}){wanted.suffix}")
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(file.fileno(), kept["mode"])
        with suppress(PermissionError):
            os.fchown(file.fileno(), *kept["owner"])
        os.fsync(file.fileno())
    os.utime(path, ns=(kept["modified"], kept["modified"]))
    sync_folder(path.parent)
