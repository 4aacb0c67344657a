"""Bytes of an open file, by position; nothing is mapped, so that a shrinking file cannot fault."""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenFile:
    """An open descriptor and its size in bytes."""

    descriptor: int
    size: int

    @classmethod
    def of(cls, descriptor: int) -> "OpenFile":
        """Return the file behind a descriptor. Raise OSError if it is not open."""
        return cls(descriptor, os.fstat(descriptor).st_size)

    def at(self, start: int, length: int) -> bytes:
        """Return at most `length` bytes from `start`. Raise OSError where the disk cannot read."""
        return os.pread(self.descriptor, length, start)
