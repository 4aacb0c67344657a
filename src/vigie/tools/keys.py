"""Ed25519 keys: made on the machine, kept in a file only its owner can read."""

import base64
import hashlib
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey


def make(path: Path) -> Ed25519PrivateKey:
    """Make a key, or read the one already at `path`; the file has mode 0600 and is fsynced."""
    if path.exists():
        return read(path)
    key = Ed25519PrivateKey.generate()
    half = path.with_name(f"{path.name}.{os.getpid()}")  # a kill must not leave half a key behind
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes_raw())
        file.flush()
        os.fsync(file.fileno())
    half.rename(path)
    return key


def read(path: Path) -> Ed25519PrivateKey:
    """Read the key at `path` and make nothing. Raise OSError, or ValueError where it is no key."""
    return Ed25519PrivateKey.from_private_bytes(path.read_bytes())


def public_text(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Return the public key as 43 characters of base64url."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return _text(public.public_bytes_raw())


def fingerprint(public: str) -> str:
    """Return what two people compare aloud: eight groups of four hexadecimal digits."""
    digits = hashlib.sha256(_bytes(public)).hexdigest()[:32]
    return " ".join(digits[i : i + 4] for i in range(0, 32, 4))


def sign(key: Ed25519PrivateKey, message: bytes) -> str:
    """Return the signature as 86 characters of base64url."""
    return _text(key.sign(message))


def verified(public: str, message: bytes, signature: str) -> bool:
    """Return whether `signature` is that of `message` by the key `public` (both base64url)."""
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(public)).verify(_bytes(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
