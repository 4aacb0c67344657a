"""A repository key that opens in no time: restic asks its own keys for half a second each time.

The cost of a key stands in its file, and restic takes what stands there; `restic key add` offers
no choice of it. The key is sealed as restic's design document says (AES-256-CTR, Poly1305-AES).
Such a key is as weak as its cost: for repositories of tests alone.
"""

import base64
import hashlib
import json
import os
import subprocess
from pathlib import Path

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

COST = {"N": 2, "r": 1, "p": 1}


def make_quick_repository(folder: Path, password: str) -> Path:
    """Make `repository`, whose only key costs nothing, and `key` (its password) in a folder."""
    repository, key = folder / "repository", folder / "key"
    key.write_text(password, encoding="utf-8")
    _restic(repository, key, "init", "--repository-version", "2")
    (slow,) = (repository / "keys").iterdir()
    add_quick_key(repository, key, password)
    slow.unlink()
    return repository


def add_quick_key(repository: Path, password_file: Path, password: str) -> None:
    """Add a key that costs nothing, given the password of another one."""
    master = _restic(repository, password_file, "cat", "masterkey")
    salt = os.urandom(64)
    derived = hashlib.scrypt(
        password.encode(),
        salt=salt,
        n=COST["N"],
        r=COST["r"],
        p=COST["p"],
        dklen=64,
    )
    key = {
        "created": "2026-01-01T00:00:00Z",
        "username": "essai",
        "hostname": "essai",
        "kdf": "scrypt",
        **COST,
        "salt": base64.b64encode(salt).decode(),
        "data": base64.b64encode(_sealed(derived, master)).decode(),
    }
    text = json.dumps(key).encode()
    (repository / "keys" / hashlib.sha256(text).hexdigest()).write_bytes(text)


def _restic(repository: Path, password_file: Path, *words: str) -> bytes:
    env = {**os.environ, "RESTIC_PASSWORD_FILE": str(password_file)}
    argv = ["restic", "--no-cache", "-r", repository, *words]
    return subprocess.run(argv, env=env, check=True, capture_output=True).stdout


def _sealed(derived: bytes, plain: bytes) -> bytes:
    encrypt, mac_key, mac_r = derived[:32], derived[32:48], derived[48:]
    nonce = os.urandom(16)
    stream = Cipher(algorithms.AES(encrypt), modes.CTR(nonce)).encryptor()
    sealed = stream.update(plain) + stream.finalize()
    block = Cipher(algorithms.AES(mac_key), modes.ECB()).encryptor()  # noqa: S305  (one block: Poly1305-AES)
    once = block.update(nonce) + block.finalize()
    return nonce + sealed + Poly1305.generate_tag(mac_r + once, sealed)
