"""The reader: structures of untrusted files, read in confined processes that are kept ready."""

import contextlib
import os
import queue
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Self

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.readers.sandbox.cell import Cell, ReadFailed
from vigie.readers.sandbox.channel import ChannelBroken
from vigie.readers.sandbox.memory import in_memory
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


class Reader:
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
        self._limits = limits or Limits()
        self._blind = blind
        self._idle: queue.LifoQueue[Cell] = queue.LifoQueue()
        self._all: set[Cell] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._missing = ""
        for cell in [Cell(_READER, self._limits) for _ in range(cells)]:
            self._welcome(cell)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def weakest_link(self) -> str:
        """Return the first part of the confinement this system lacks, or an empty text."""
        return self._missing

    def inspect(self, descriptor: int, name: str, *, work: int = WORK) -> Structure:
        """Return what the open file is; `name` is the file's name while it was good.

        `work` bounds the bytes read or inflated. Raise OSError for a descriptor that is not open.
        """
        size = os.fstat(descriptor).st_size
        try:
            cell = self._idle.get(timeout=self._limits.time.total_seconds())
        except queue.Empty:
            return _unsure(size, "reader_busy")
        try:
            answer = cell.ask({"name": name[-_LONGEST_NAME:], "work": work}, descriptor)
            seen = words.structure(answer, size=size)
        except (ReadFailed, ValueError) as trouble:
            reason = trouble.reason if isinstance(trouble, ReadFailed) else "bad_answer"
            self._replace(cell)
            self._blind(reason, name)
            return _unsure(size, f"reader_{reason}")
        self._idle.put(cell)
        return seen

    def inspect_bytes(self, untrusted: bytes, name: str, *, work: int = WORK) -> Structure:
        """Return the same for bytes in memory."""
        with in_memory(untrusted) as file:
            return self.inspect(file.fileno(), name, work=work)

    def close(self) -> None:
        """End the cells."""
        with self._lock:
            self._closed = True
            cells, self._all = self._all, set()
        for cell in cells:
            cell.close()

    def _replace(self, cell: Cell) -> None:
        cell.close()
        with self._lock:
            self._all.discard(cell)
        threading.Thread(target=self._start, name="reader cell", daemon=True).start()

    def _start(self) -> None:
        self._welcome(Cell(_READER, self._limits))

    def _welcome(self, cell: Cell) -> None:
        """Count a cell in once it has given everything up."""
        with self._lock:
            closed = self._closed
            self._all.add(cell)
        try:
            if not closed:
                cell.wait_until_ready()
                _make_haste(cell)
                self._missing = next((link.value for link in cell.missing), "")
                self._idle.put(cell)
                return
        except (ChannelBroken, OSError):
            self._blind("died", "")
        with self._lock:
            self._all.discard(cell)
        cell.close()


def _make_haste(cell: Cell) -> None:
    """Put a cell before ordinary work: somebody waits for each of its answers."""
    with contextlib.suppress(AttributeError, OSError):  # Windows; not root
        os.setpriority(os.PRIO_PROCESS, cell.pid, _HASTE)


def _unsure(size: int, defect: str) -> Structure:
    return Structure(kind=Kind.OTHER, soundness=Soundness.UNSURE, size=size, defect=defect)
