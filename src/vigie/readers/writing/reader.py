"""The way from a text's bytes to the marks in it: always an answer, never an exception."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec

from vigie.domain.evidence.writing import Mark
from vigie.knowledge.patients.book import Book
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool, Pooled
from vigie.readers.writing.letters import LARGEST
from vigie.tools.confinement import Limits

_READER = "vigie.readers.writing.read.read"
LIMITS = Limits(
    time=timedelta(seconds=7),
    memory=1024 * 1024 * 1024,
    answer=24 * 1024 * 1024,  # a mark for every tenth letter of the longest text
)
_MARKS = msgspec.json.Decoder(tuple[Mark, ...] | str)
_REASONS = frozenset({"too_long", "no_text"})


@dataclass(frozen=True, slots=True)
class Reading:
    """The marks of a text, or why there are none: `too_long`, `no_text`, or the cell's end."""

    marks: tuple[Mark, ...] = ()
    unread: str = ""


class WritingReader(Pooled):
    """Look at texts, from several threads, in a confined process that is kept ready.

    `book` holds the practice's own patients, if it has given them.
    """

    def __init__(
        self, *, book: Book | None = None, limits: Limits = LIMITS, cells: int = 1
    ) -> None:
        self._book = book.packed() if book is not None else b""
        self._pool = Pool(_READER, limits=limits, cells=cells)

    def read(self, untrusted: bytes) -> Reading:
        """Return what some bytes say of people. Never raise for the text's sake."""
        if len(untrusted) > LARGEST:
            return Reading(unread="too_long")
        try:
            with in_memory(self._book + untrusted) as file:
                return self._pool.ask({"book": len(self._book)}, file.fileno(), _reading)
        except ReadFailed as trouble:
            return Reading(unread=trouble.reason)


def _reading(untrusted_answer: Any) -> Reading:  # noqa: ANN401  (it may be anything)
    """Return the marks a cell answered. Raise ValueError for an answer that is none."""
    if not isinstance(untrusted_answer, str):
        raise ValueError("no marks")  # noqa: TRY004  (what every reader raises)
    answer = _MARKS.decode(untrusted_answer)  # its ValidationError is a ValueError
    if isinstance(answer, str):
        if answer not in _REASONS:
            raise ValueError("no reason")
        return Reading(unread=answer)
    return Reading(marks=answer)
