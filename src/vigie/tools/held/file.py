"""One held thing as one file: the content from the first byte, then its envelope, then a seal.

Written beside, fsynced, renamed, and its folder fsynced: it is there whole or not at all.
"""

import errno
import hashlib
import json
import os
import struct
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from vigie.tools.kept_file import sync_folder

ENDING = ".held"
_HALF = ".half"
_SEAL = struct.Struct("!8sQ")  # what it is, and how long the envelope before it is
_WORD = b"vigie-1\n"
_LONGEST_ENVELOPE = 10_000_000  # bytes; a message to thousands of recipients has 100 kB
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.ENFILE, errno.EMFILE, errno.EIO}
_STALE = 3600.0  # seconds after which a half file has no writer any more


class NoRoom(Exception):
    """The disk does not take it; nothing was half kept, and a later try may succeed."""


class Spoilt(Exception):
    """What was held is not there any more as it was kept."""


def write(folder: Path, name: str, content: bytes, sealed: Mapping[str, Any]) -> None:
    """Write a thing; it is on disk when this returns. Raise NoRoom when it cannot be."""
    digest = hashlib.sha256(content).hexdigest()
    tail = json.dumps({**sealed, "sha256": digest}).encode()
    half = folder / f"{name}.{os.getpid()}-{threading.get_ident()}{_HALF}"
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb", buffering=0) as out:
            for part in (content, tail, _SEAL.pack(_WORD, len(tail))):
                _write_all(out.fileno(), part)
            os.fsync(out.fileno())
        half.replace(folder / f"{name}{ENDING}")
        sync_folder(folder)
    except OSError as trouble:
        half.unlink(missing_ok=True)
        if trouble.errno in _FULL:
            raise NoRoom(str(trouble)) from trouble
        raise


def _write_all(descriptor: int, part: bytes) -> None:
    view = memoryview(part)
    while view:
        view = view[os.write(descriptor, view) :]


def sealed(folder: Path, name: str) -> tuple[Mapping[str, Any], int]:
    """Return the envelope of a thing and the size of its content. Raise Spoilt."""
    try:
        with (folder / f"{name}{ENDING}").open("rb") as file:
            end = file.seek(0, os.SEEK_END)
            file.seek(max(0, end - _SEAL.size))
            word, length = _SEAL.unpack(file.read(_SEAL.size))
            size = end - _SEAL.size - length
            if word != _WORD or length > _LONGEST_ENVELOPE or size < 0:
                raise Spoilt(name)
            file.seek(size)
            envelope: Mapping[str, Any] = json.loads(file.read(length))
    except (OSError, ValueError, struct.error) as trouble:
        raise Spoilt(name) from trouble
    return envelope, size


def read(folder: Path, name: str) -> bytes:
    """Return the content, held against its own digest. Raise Spoilt."""
    envelope, size = sealed(folder, name)
    try:
        with (folder / f"{name}{ENDING}").open("rb") as file:
            content = file.read(size)
    except OSError as trouble:
        raise Spoilt(name) from trouble
    if hashlib.sha256(content).hexdigest() != envelope.get("sha256"):
        raise Spoilt(name)
    return content


def names(folder: Path) -> Iterator[str]:
    """Yield the ids of all that lies in the folder."""
    yield from (entry.name.removesuffix(ENDING) for entry in folder.glob(f"*{ENDING}"))


def remove(folder: Path, name: str) -> None:
    """Remove a thing's file, if it is there."""
    (folder / f"{name}{ENDING}").unlink(missing_ok=True)


def sweep(folder: Path) -> None:
    """Remove what a killed writer left half written; nobody was told that it is kept."""
    for half in folder.glob(f"*{_HALF}"):
        if time.time() - half.stat().st_mtime > _STALE:
            half.unlink(missing_ok=True)
