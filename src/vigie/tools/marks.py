"""Marks: how far each delivery under way has come, in a small file mapped into memory.

Written with one store to memory, so that a killed process has said where it was to within a
microsecond; the file has its full size from the start, so that a full disk cannot refuse a mark.
Memory reaches the disk only when `begin` asks for it: after a power cut a later mark may be lost,
and whoever reads the marks is told that the machine started anew.
"""

import mmap
import os
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from vigie.tools.boot import this_start
from vigie.tools.kept_file import sync_folder

SLOTS = 32  # deliveries at the same time
_SLOT = struct.Struct("=16s16sB31x")
_STAGE_AT = 32


class Stage(IntEnum):
    """How far a delivery has come."""

    FREE = 0
    BEGUN = 1  # nothing binding was said to the other side
    LAST_LINE = 2  # what makes it binding is being said: the answer is not known
    TAKEN = 3  # the other side has it
    REFUSED = 4  # the other side does not want it


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """What a process that ended has left: `same_start` is False when memory may have been lost."""

    id: str
    stage: Stage
    same_start: bool


class Mark:
    """The mark of one delivery."""

    def __init__(self, marks: "Marks", slot: int) -> None:
        self._marks, self._slot = marks, slot

    def at(self, stage: Stage) -> None:
        """Say how far the delivery is, at once."""
        self._marks.put(self._slot, stage)

    def free(self) -> None:
        """Give the mark back: what it said is written down elsewhere."""
        self._marks.release(self._slot)


class Marks:
    """The marks of one process, in the file `path`. What was left there is read by `left`."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        size = SLOTS * _SLOT.size
        try:
            if os.fstat(descriptor).st_size != size:
                os.pwrite(descriptor, bytes(size), 0)  # no holes: room is taken now
                os.ftruncate(descriptor, size)
                os.fsync(descriptor)
                sync_folder(path.parent)
            self._map = mmap.mmap(descriptor, size)
        finally:
            os.close(descriptor)
        self._start = this_start()
        self._taken = {slot for slot, _ in self._used()}

    def left(self) -> tuple[Left, ...]:
        """Return what is marked at this moment; at the start, what the process before left."""
        return tuple(left for _, left in self._used())

    def begin(self, name: str) -> Mark | None:
        """Mark that a delivery begins, on disk when this returns; None when every slot is taken."""
        with self._lock:
            slot = next((n for n in range(SLOTS) if n not in self._taken), None)
            if slot is None:
                return None
            self._taken.add(slot)
            _SLOT.pack_into(
                self._map, slot * _SLOT.size, bytes.fromhex(name), self._start, Stage.BEGUN
            )
        self._map.flush()
        return Mark(self, slot)

    def clear(self, name: str) -> None:
        """Free every slot of this id: what was left has been dealt with."""
        for slot, left in tuple(self._used()):
            if left.id == name:
                self.release(slot)

    def put(self, slot: int, stage: Stage) -> None:
        """Write a stage: one byte, one store."""
        self._map[slot * _SLOT.size + _STAGE_AT] = stage

    def release(self, slot: int) -> None:
        """Free one slot."""
        self.put(slot, Stage.FREE)
        with self._lock:
            self._taken.discard(slot)

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()

    def _used(self) -> Iterator[tuple[int, Left]]:
        for slot in range(SLOTS):
            name, start, stage = _SLOT.unpack_from(self._map, slot * _SLOT.size)
            if stage != Stage.FREE:
                yield (
                    slot,
                    Left(id=name.hex(), stage=Stage(stage), same_start=start == self._start),
                )
