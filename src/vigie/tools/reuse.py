"""Which places have the same password, without keeping any: marks under a key of the practice.

A mark is 24 bits of a keyed, slow hash. That is enough to see that two of the practice's few
hundred passwords are one, and too little to find one: whoever takes both the key and the marks is
left with some sixty candidates in every billion that they try, none better than another.
"""

import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from vigie.tools.kept_file import keep

FOLDER = "passwords"  # in Vigie's home
_KEY, _MARKS = "reuse.key", "reuse.json"
_MARK, _PLACE = 3, 8  # bytes
_N, _R, _MEMORY = 1 << 15, 8, 64 << 20  # a twentieth of a second and 32 MB for each try
_SALT = 16


class Reuse:
    """The marks in `folder`. The key is made with the first password that is remembered."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def places(self, password: str, *, besides: str = "") -> int:
        """Return for how many places this password is remembered, one of them set apart."""
        marks = self._marks()
        if not marks:
            return 0
        wanted, apart = self._mark(password), self._place(besides) if besides else ""
        return sum(mark == wanted for place, mark in marks.items() if place != apart)

    def remember(self, password: str, place: str) -> None:
        """Remember that `place` has this password; what it had before is forgotten."""
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (self._folder / _KEY).exists():
            keep(self._folder / _KEY, os.urandom(_SALT + 32))
        self._write({**self._marks(), self._place(place): self._mark(password)})

    def forget(self, place: str) -> bool:
        """Forget a place; return whether it was known."""
        marks = dict(self._marks())
        known = bool(marks) and marks.pop(self._place(place), None) is not None
        if known:
            self._write(marks)
        return known

    def _marks(self) -> Mapping[str, str]:
        try:
            marks: Mapping[str, str] = json.loads((self._folder / _MARKS).read_text("utf-8"))
        except FileNotFoundError:
            return {}
        return marks

    def _write(self, marks: Mapping[str, str]) -> None:
        keep(self._folder / _MARKS, json.dumps(dict(sorted(marks.items()))).encode())

    def _mark(self, password: str) -> str:
        secret = (self._folder / _KEY).read_bytes()
        said = unicodedata.normalize("NFC", password).encode()
        slow = hashlib.scrypt(said, salt=secret[:_SALT], n=_N, r=_R, p=1, maxmem=_MEMORY, dklen=32)
        return hmac.digest(secret[_SALT:], b"password" + slow, "sha256")[:_MARK].hex()

    def _place(self, place: str) -> str:
        secret = (self._folder / _KEY).read_bytes()
        said = unicodedata.normalize("NFC", place.strip().casefold()).encode()
        return hmac.digest(secret[_SALT:], b"place" + said, "sha256")[:_PLACE].hex()
