"""The reader: structures of untrusted files, read in confined processes that are kept ready."""

import os
from collections.abc import Callable
from functools import partial

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.memory import in_memory
from vigie.readers.sandbox.pool import Pool, Pooled
from vigie.readers.structure import words
from vigie.readers.structure.look import WORK
from vigie.tools.confinement import Limits

_CELLS = 2  # one that reads, one ready: a bomb in the first does not stop the watch
_READER = "vigie.readers.structure.words.read"
_HASTE = -10  # niceness: a thousandth of a second of work for each file that changes
_LONGEST_NAME = 255  # characters; what counts is the end

# Told of each cell that failed: the reason (a slug), and the name of the file that did it.
Blind = Callable[[str, str], None]


def _nobody(_reason: str, _name: str) -> None:
    """Tell nobody."""


class Reader(Pooled):
    """Ask what files are, from several threads.

    The question is a descriptor: the cells can open nothing. A descriptor that a fanotify event
    brought does not raise events when it is read; any other one does, for a gate that watches
    reads (FAN_PRE_ACCESS), as if the cell had opened the file itself. A cell that dies, hangs or
    answers nonsense is replaced, `blind` is told, and the answer is UNSURE with the reason.
    No question takes longer than twice `limits.time`.
    """

    def __init__(
        self, *, blind: Blind = _nobody, limits: Limits | None = None, cells: int = _CELLS
    ) -> None:
        self._blind = blind
        self._pool = Pool(
            _READER,
            limits=limits or Limits(),
            cells=cells,
            niceness=_HASTE,
            stillborn=lambda: blind("died", ""),
        )

    def inspect(self, descriptor: int, name: str, *, work: int = WORK) -> Structure:
        """Return what the open file is; `name` is the file's name while it was good.

        `work` bounds the bytes read or inflated. Raise OSError for a descriptor that is not open.
        """
        size = os.fstat(descriptor).st_size
        options = {"name": name[-_LONGEST_NAME:], "work": work}
        try:
            return self._pool.ask(options, descriptor, partial(words.structure, size=size))
        except ReadFailed as trouble:
            if trouble.reason != "busy":
                self._blind(trouble.reason, name)
            return _unsure(size, f"reader_{trouble.reason}")

    def inspect_bytes(self, untrusted: bytes, name: str, *, work: int = WORK) -> Structure:
        """Return the same for bytes in memory."""
        with in_memory(untrusted) as file:
            return self.inspect(file.fileno(), name, work=work)


def _unsure(size: int, defect: str) -> Structure:
    return Structure(kind=Kind.OTHER, soundness=Soundness.UNSURE, size=size, defect=defect)
