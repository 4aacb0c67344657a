"""Known leaks, looked up on this machine alone, in a file made from Pwned Passwords ranges.

`importing` makes the file. Its parts, in order: a heading; one bit for each range that was
imported; where each of the 2^20 ranges begins (5 bytes, in entries); then the entries, 5 bytes
each: the 32 bits of the SHA-1 that follow the 20 of the range, and how often it was seen (a
logarithm). A look-up is two reads, whatever the size: of one range's place and of the range.
"""

import hashlib
import math
import os
import struct
from bisect import bisect_left
from pathlib import Path
from types import TracebackType
from typing import Self

RANGES = 1 << 20  # the first five hexadecimal digits
MAGIC = b"VIGIE LEAKS 1\n\0\0"
HEADING = struct.Struct("<16sQ")  # what it is, and how many entries
COVERED = RANGES // 8
PLACE = 5  # bytes
SUFFIX = 4  # bytes; with the range 52 bits: one password in four million is taken for a leaked one
ENTRY = SUFFIX + 1
PLACES_AT = HEADING.size + COVERED
ENTRIES_AT = PLACES_AT + (RANGES + 1) * PLACE
_STEPS = 8  # of the logarithm, for each doubling
_FIGURES = 2  # that mean something after it
LEAKS = "leaks"  # the file, in Vigie's home


class LeaksBroken(ValueError):
    """The file is not one that `importing` made, or not all of it."""


class Leaks:
    """The file at `path`, open for look-ups. Raise OSError, or LeaksBroken for another file."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY)
        heading = os.pread(self._file, HEADING.size, 0)
        magic, self.entries = HEADING.unpack(heading.ljust(HEADING.size, b"\0"))
        whole = ENTRIES_AT + self.entries * ENTRY
        if magic != MAGIC or os.fstat(self._file).st_size != whole:
            self.close()
            raise LeaksBroken(f"{path} holds no known leaks")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def times(self, password: bytes) -> int | None:
        """Return about how often a password was seen in leaks; None if its range is not here."""
        return self.times_of(hashlib.sha1(password, usedforsecurity=False).digest())

    def times_of(self, digest: bytes) -> int | None:
        """Return the same for the SHA-1 of a password."""
        number = int.from_bytes(digest[:3]) >> 4
        (bits,) = os.pread(self._file, 1, HEADING.size + number // 8)
        if not bits >> number % 8 & 1:
            return None
        places = os.pread(self._file, 2 * PLACE, PLACES_AT + number * PLACE)
        first, last = int.from_bytes(places[:PLACE]), int.from_bytes(places[PLACE:])
        part = os.pread(self._file, (last - first) * ENTRY, ENTRIES_AT + first * ENTRY)
        wanted = suffix(digest)
        at = bisect_left(range(last - first), wanted, key=lambda i: part[i * ENTRY :][:SUFFIX])
        entry = part[at * ENTRY : (at + 1) * ENTRY]
        return seen(entry[SUFFIX]) if entry[:SUFFIX] == wanted else 0

    def covered(self) -> int:
        """Return how many of the 2^20 ranges were imported."""
        return int.from_bytes(os.pread(self._file, COVERED, HEADING.size)).bit_count()

    def close(self) -> None:
        """Close the file."""
        os.close(self._file)


def suffix(digest: bytes) -> bytes:
    """Return the four bytes of a SHA-1 that follow its range."""
    return (int.from_bytes(digest[2:7]) >> 4 & 0xFFFFFFFF).to_bytes(SUFFIX)


def weight(times: int) -> int:
    """Return how often something was seen, as one byte."""
    return min(255, round(math.log2(max(1, times)) * _STEPS))


def seen(weighed: int) -> int:
    """Return about how often that was: exact to 11, two figures beyond."""
    times = round(2 ** (weighed / _STEPS))
    return round(times, _FIGURES - len(str(times)))
