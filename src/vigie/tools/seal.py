"""Sealing secrets with the machine's own key: what lies on disk opens on this machine alone."""

import os
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from vigie.tools.kept_file import keep

_NONCE = 12  # bytes


class Seal:
    """AES-256-GCM under a key drawn (HKDF-SHA-256) from the machine's, for one `purpose`."""

    def __init__(self, key: Ed25519PrivateKey, purpose: str) -> None:
        self._purpose = purpose.encode()
        drawn = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"vigie " + self._purpose)
        self._cipher = AESGCM(drawn.derive(key.private_bytes_raw()))

    def close(self, secret: bytes) -> bytes:
        """Return the secret, sealed."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, secret, self._purpose)

    def open(self, sealed: bytes) -> bytes | None:
        """Return the secret, or None where the seal is not ours or was broken."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], self._purpose)
        except (InvalidTag, ValueError):
            return None

    def write(self, path: Path, secret: bytes) -> None:
        """Keep a secret in a file, sealed and fsynced."""
        keep(path, self.close(secret))

    def read(self, path: Path) -> bytes | None:
        """Return the secret in a file, or None where there is none that opens."""
        try:
            return self.open(path.read_bytes())
        except OSError:
            return None
