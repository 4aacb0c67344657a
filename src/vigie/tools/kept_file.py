"""A small file that is either the old one or the new one, whatever happens in between."""

import os
from pathlib import Path


def keep(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace the file at `path` by `content`, fsynced with its folder before this returns."""
    half = path.with_name(f"{path.name}.half")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(descriptor, "wb") as file:
        os.fchmod(file.fileno(), mode) if hasattr(os, "fchmod") else None
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    half.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Bring what was made, renamed or removed in a folder to the disk."""
    if os.name == "nt":  # Windows has no handle on a folder to sync; a rename there is journalled
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
