"""Progress: what an attacker has done so far, in a file that others can read while it runs.

Shared memory, so that a frozen or killed attacker still has told everything. Times are of the
monotonic clock, in nanoseconds: comparable between processes of one machine.
"""

import mmap
import os
import struct
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

_SLOT = struct.Struct("=QQ")  # when harm to one document began, and when it was done; 0 = never


class Progress:
    """One slot a document, in the order in which the attacker listed them."""

    def __init__(self, path: Path, slots: int) -> None:
        with path.open("a+b") as file:
            os.ftruncate(file.fileno(), max(1, slots) * _SLOT.size)
            self._map = mmap.mmap(file.fileno(), 0)

    @contextmanager
    def harming(self, slot: int) -> Iterator[None]:
        """Note the harm done inside; only the first harm to a document counts."""
        begun, done = _SLOT.unpack_from(self._map, slot * _SLOT.size)
        if not begun:
            begun = time.monotonic_ns()
            _SLOT.pack_into(self._map, slot * _SLOT.size, begun, 0)
        yield
        if not done:
            _SLOT.pack_into(self._map, slot * _SLOT.size, begun, time.monotonic_ns())

    def begun(self) -> Sequence[int]:
        """Return when each harm began (ns), in time's order, whether or not it was done."""
        return sorted(begun for begun, _ in self._slots() if begun)

    def last(self) -> int:
        """Return when the latest harm was done (ns), 0 if there was none."""
        return max(done for _, done in self._slots())

    def harmed(self) -> tuple[int, ...]:
        """Return the slots of the documents that were changed, moved or removed."""
        return tuple(slot for slot, (_, done) in enumerate(self._slots()) if done)

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()

    def _slots(self) -> Iterator[tuple[int, int]]:
        return _SLOT.iter_unpack(self._map[:])
