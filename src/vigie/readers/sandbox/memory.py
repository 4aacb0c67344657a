"""Bytes as an open file without a name, so that a cell is handed nothing but descriptors."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def in_memory(untrusted: bytes) -> Iterator[IO[bytes]]:
    """Hold the bytes as an open file, in memory where the system can, and at its start."""
    with _nameless() as file:
        file.write(untrusted)
        file.seek(0)
        yield file


def _nameless() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("untrusted", os.MFD_CLOEXEC)
        return os.fdopen(descriptor, "w+b", buffering=0)
    return tempfile.TemporaryFile(buffering=0)
