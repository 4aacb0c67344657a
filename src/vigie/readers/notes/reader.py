"""The way from a document to how many passwords it holds, through a cell."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from vigie.domain.evidence.secrets import Secret
from vigie.knowledge.passwords.notes import MOST
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.job import read_once
from vigie.readers.sandbox.pool import Pool, Pooled
from vigie.tools.confinement import Limits

_READER = "vigie.readers.notes.parse.read"
_LIMITS = Limits(time=timedelta(seconds=4), memory=768 << 20, answer=512 * 1024)
_LONGEST = 1_000  # characters of one part of an entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What a document holds: a number, or that it opens only with a password."""

    passwords: int
    sealed: bool


class NoteReader(Pooled):
    """Read documents in one confined process that is kept ready; from several threads, in turn."""

    def __init__(self, *, stillborn: Callable[[], None] = lambda: None) -> None:
        self._pool = Pool(_READER, limits=_LIMITS, cells=1, niceness=10, stillborn=stillborn)

    def look(self, descriptor: int, name: str) -> Looked:
        """Return what the open document holds. Raise ReadFailed where there is no answer."""
        return self._pool.ask({"name": name[-255:]}, descriptor, _looked)


@contextmanager
def looking() -> Iterator[Callable[[int, str], int]]:
    """Open a cell and return what asks it how many passwords an open document holds.

    A document that cannot be read to its end, or that is locked, holds none that others can read.
    """
    with NoteReader() as reader:

        def look(descriptor: int, name: str) -> int:
            try:
                return reader.look(descriptor, name).passwords
            except ReadFailed:
                return 0

        yield look


def take_entries(descriptor: int, name: str) -> Sequence[Secret]:
    """Return the passwords themselves, for the vault, from a cell used for nothing else.

    Raise ReadFailed where there is no answer, ValueError for one that is none.
    """
    answer = read_once(_READER, descriptor, limits=_LIMITS, name=name[-255:], whole=True)
    rows = answer.get("entries", []) if isinstance(answer, dict) else None
    if not isinstance(rows, list) or len(rows) > MOST:
        raise ValueError("no entries")
    return [_entry(row) for row in rows]


def _entry(untrusted: Any) -> Secret:  # noqa: ANN401  (it may be anything)
    parts = untrusted if isinstance(untrusted, list) else []
    if [type(part) for part in parts] != [str, str, str] or max(map(len, parts)) > _LONGEST:
        raise ValueError("no entry")
    place, login, password = parts
    return Secret(place=place, login=login, password=password)


def _looked(untrusted: Any) -> Looked:  # noqa: ANN401  (it may be anything)
    if not isinstance(untrusted, dict):
        raise ValueError("no answer")  # noqa: TRY004  (what every reader raises)
    passwords, sealed = untrusted.get("passwords"), untrusted.get("sealed")
    if type(passwords) is not int or type(sealed) is not bool or not 0 <= passwords <= MOST:
        raise ValueError("no answer")
    return Looked(passwords=passwords, sealed=sealed)
