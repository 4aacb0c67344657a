"""One look at untrusted bytes: access within a budget of work, and what was learnt so far."""

import os
from collections.abc import Callable
from mmap import mmap

from vigie.domain.evidence.structure import Kind

# Bytes read or inflated for one file. A practice's letters and scans fit whole; of a film or a
# great archive a sample is enough, because what encrypts does not stop after one block. At about
# 0.5 GB/s this bounds a look at some milliseconds.
WORK = 2 * 1024 * 1024


class Broken(Exception):
    """What the bytes should hold, they do not. `defect` is a slug."""

    def __init__(self, defect: str) -> None:
        super().__init__(defect)
        self.defect = defect


class Unsure(Exception):
    """Nothing more can be checked in this kind; `defect` is what is odd about it, if anything."""

    def __init__(self, defect: str = "") -> None:
        super().__init__(defect)
        self.defect = defect


class Enough(Exception):
    """The budget is spent, and all that was seen held."""


class Look:
    """Untrusted bytes of one file (or one part of it), read piece by piece.

    `kind` and `sealed` are what has been learnt so far; a checker refines them as it goes.
    """

    def __init__(self, read: Callable[[int, int], bytes], size: int, work: int = WORK) -> None:
        self._read = read
        self.size = size
        self.left = work
        self.kind = Kind.OTHER
        self.sealed = False

    @classmethod
    def at_memory(cls, untrusted: bytes | memoryview | mmap, work: int = WORK) -> "Look":
        """Look at bytes in memory."""
        return cls(lambda start, stop: bytes(untrusted[start:stop]), len(untrusted), work)

    @classmethod
    def at_descriptor(cls, descriptor: int, work: int = WORK) -> "Look":
        """Look at an open file by positional reads, which cannot fault as a mapping can.

        Raise OSError if the descriptor cannot be read.
        """
        size = os.fstat(descriptor).st_size
        if size <= work:
            whole = os.pread(descriptor, size, 0)
            return cls.at_memory(whole, work)
        return cls(lambda start, stop: os.pread(descriptor, stop - start, start), size, work)

    def part(self, start: int, length: int) -> "Look":
        """Return a look at `length` bytes from `start`, with what is left of the budget."""
        stop = min(start + length, self.size)
        inner = Look(
            lambda a, b: self._read(start + a, min(start + b, stop)), stop - start, self.left
        )
        inner.kind = self.kind
        return inner

    def spend(self, work: int) -> None:
        """Charge `work` bytes. Raise Enough when the budget is spent."""
        self.left -= work
        if self.left < 0:
            raise Enough

    def upto(self, start: int, length: int) -> bytes:
        """Return at most `length` bytes from `start`; fewer at the end of the file."""
        self.spend(length)
        return self._read(start, start + length)

    def at(self, start: int, length: int) -> bytes:
        """Return exactly `length` bytes from `start`. Raise Broken where the file is too short."""
        if start < 0 or length < 0 or start + length > self.size:
            raise Broken("cut_short")
        found = self.upto(start, length)
        if len(found) != length:
            raise Broken("cut_short")  # the file shrank while we looked
        return found

    def tail(self, length: int) -> bytes:
        """Return at most the last `length` bytes."""
        return self.upto(max(0, self.size - length), min(length, self.size))


def spread(count: int, most: int) -> list[int]:
    """Return at most `most` indexes below `count`, evenly spread, first and last included."""
    if count <= most:
        return list(range(count))
    return [index * (count - 1) // (most - 1) for index in range(most)]
