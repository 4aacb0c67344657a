"""The console's secret keys: outside settings and backups, made at the first start, rotatable.

The file holds one key a line, the one in use first; those below only read what they once signed.
Production may give them by `VIGIE_SECRET_KEY` or `VIGIE_SECRET_KEY_FILE` instead.
"""

import base64
import hashlib
import os
import secrets
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

FILE = "secret_keys"
KEPT = 3  # one in use and two that still read: a session outlives no more than two rotations


def given(name: str) -> str | None:
    """Return what the environment says under `name`, or the text of the file `name`_FILE names."""
    if value := os.environ.get(name):
        return value
    if file := os.environ.get(f"{name}_FILE"):
        return Path(file).read_text("utf-8").strip()
    return None


def load(folder: Path | None) -> list[str]:
    """Return the keys, the one in use first; without any, one that lives as long as the process.

    Reading makes nothing: a type checker or a test may import the settings.
    """
    if text := given("VIGIE_SECRET_KEY"):
        return text.split()
    if folder is not None and (folder / FILE).exists():
        return (folder / FILE).read_text("utf-8").split()
    return [secrets.token_urlsafe(48)]


def make(folder: Path) -> None:
    """Make the first key in `folder`, unless there is one; mode 0600, fsynced."""
    if not (folder / FILE).exists():
        _write(folder, [secrets.token_urlsafe(48)])


def rotate(folder: Path) -> None:
    """Put a new key in use; the one before still reads what it signed."""
    keys = (folder / FILE).read_text("utf-8").split() if (folder / FILE).exists() else []
    _write(folder, [secrets.token_urlsafe(48), *keys][:KEPT])


def _write(folder: Path, keys: Sequence[str]) -> None:
    new = folder / f"{FILE}.new"
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join(keys) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(folder / FILE)


def cipher(keys: Sequence[str], purpose: str = "second factor") -> MultiFernet:
    """Return what seals secrets of one purpose in the database: the first key seals, all open.

    What is sealed for one purpose does not open for another.
    """
    said = f"vigie {purpose}\n".encode()
    digests = (hashlib.sha256(said + key.encode()).digest() for key in keys)
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
