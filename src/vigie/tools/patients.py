"""The file that holds the practice's own patients as hashes, for its owner alone."""

import os
from pathlib import Path


def keep(content: bytes, file: Path) -> None:
    """Put a book into its file, whole or not at all. Raise OSError where it cannot be written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_suffix(".new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    fresh.replace(file)


def kept(file: Path) -> bytes:
    """Return the content of the book's file, nothing where there is none. Raise OSError."""
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
