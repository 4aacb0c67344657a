"""The practice's own patients, as salted hashes: a name in a text can be matched, none be read.

A hash stands for one name: a surname with a first name, in whatever order and spelling of accents,
or a surname alone where it is no ordinary word. Eight bytes each; whoever has both the book and
its salt can still try names, which is why the file is for its owner alone.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_BYTES = 8
_SALT = 16
_SHORTEST = 4  # letters of a surname that is matched alone


@dataclass(frozen=True, slots=True)
class Book:
    """Hashes of names, and the salt they were made with."""

    salt: bytes
    hashes: frozenset[bytes]

    def knows(self, *names: str) -> bool:
        """Return whether these folded names, together, are those of a patient."""
        return hashed(self.salt, names) in self.hashes

    def packed(self) -> bytes:
        """Return the book as bytes: the salt, then the hashes in order."""
        return self.salt + b"".join(sorted(self.hashes))


def hashed(salt: bytes, names: Iterable[str]) -> bytes:
    """Return the hash of some folded names, which does not depend on their order."""
    together = " ".join(sorted(names)).encode()
    return hashlib.blake2b(together, key=salt, digest_size=_BYTES).digest()


def unpacked(content: bytes) -> Book:
    """Return the book of some bytes. Raise ValueError where they are none."""
    salt, rest = content[:_SALT], content[_SALT:]
    if len(salt) < _SALT or len(rest) % _BYTES:
        raise ValueError("not a book of patients")
    return Book(salt, frozenset(rest[i : i + _BYTES] for i in range(0, len(rest), _BYTES)))


def bound(patients: Iterable[tuple[str, str]], salt: bytes, ordinary: Iterable[str] = ()) -> Book:
    """Return the book of patients, given as folded (surname, first name), either may be empty.

    `ordinary` are folded words that are never matched alone. Raise ValueError for a short salt.
    """
    if len(salt) != _SALT:
        raise ValueError(f"the salt of a book has {_SALT} bytes")
    words = frozenset(ordinary)
    return Book(salt, frozenset(h for who in patients for h in _of(who, salt, words)))


def _of(who: tuple[str, str], salt: bytes, ordinary: frozenset[str]) -> Iterator[bytes]:
    last, first = who
    if last and first:
        yield hashed(salt, (last, first))
        yield from (hashed(salt, (last, part)) for part in first.split("_")[:1] if part != first)
    if len(last) >= _SHORTEST and last not in ordinary:
        yield hashed(salt, (last,))
