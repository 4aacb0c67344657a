"""Cells kept ready: asked from several threads, replaced when one fails."""

import contextlib
import os
import queue
import threading
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from vigie.readers.sandbox.cell import Cell, ReadFailed
from vigie.readers.sandbox.channel import ChannelBroken
from vigie.tools.confinement import Limits

T = TypeVar("T")


class Pool:
    """Confined processes around one reader (a function, by its dotted name), asked in turn.

    A cell that dies, hangs or answers nonsense is replaced. `niceness` is asked for each cell
    where the system grants it; `stillborn` is told of a cell that could not start; `kind` makes
    one. No question takes longer than twice `limits.time`.
    """

    def __init__(  # noqa: PLR0913  (what cells are made of)
        self,
        reader: str,
        *,
        limits: Limits,
        cells: int,
        niceness: int = 0,
        stillborn: Callable[[], None] = lambda: None,
        kind: Callable[[str, Limits], Cell] = Cell,
    ) -> None:
        self._reader = reader
        self._limits = limits
        self._kind = kind
        self._niceness = niceness
        self._idle: queue.LifoQueue[Cell] = queue.LifoQueue()
        self._all: set[Cell] = set()
        self._lock = threading.Lock()
        self._closed = False
        self._missing = ""
        self._stillborn = stillborn
        for cell in [kind(reader, limits) for _ in range(cells)]:
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

    def ask(
        self,
        options: Mapping[str, object],
        descriptor: int | None,
        understand: Callable[[Any], T],
    ) -> T:
        """Return what `understand` makes of the answer, which is untrusted.

        `understand` raises ValueError for an answer that is none. Raise ReadFailed when there is
        no answer: with the reason `busy` when no cell was free in time, else with what became of
        the cell.
        """
        try:
            cell = self._idle.get(timeout=self._limits.time.total_seconds())
        except queue.Empty:
            raise ReadFailed("busy") from None
        try:
            answer = understand(cell.ask(dict(options), descriptor))
        except ReadFailed:
            if cell.lives_on:
                self._idle.put(cell)
            else:
                self._replace(cell)
            raise
        except ValueError:
            self._replace(cell)
            raise ReadFailed("bad_answer") from None
        self._idle.put(cell)
        return answer

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
        self._welcome(self._kind(self._reader, self._limits))

    def _welcome(self, cell: Cell) -> None:
        """Count a cell in once it has given everything up."""
        with self._lock:
            closed = self._closed
            self._all.add(cell)
        try:
            if not closed:
                cell.wait_until_ready()
                self._make_haste(cell)
                self._missing = next((link.value for link in cell.missing), "")
                self._idle.put(cell)
                return
        except (ChannelBroken, OSError):
            self._stillborn()
        with self._lock:
            self._all.discard(cell)
        cell.close()

    def _make_haste(self, cell: Cell) -> None:
        """Put a cell before ordinary work where somebody waits for each of its answers."""
        if self._niceness:
            with contextlib.suppress(AttributeError, OSError):  # Windows; not root
                os.setpriority(os.PRIO_PROCESS, cell.pid, self._niceness)


class Pooled:
    """A reader around one pool: a block that opens it ends its cells."""

    _pool: Pool

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
        return self._pool.weakest_link

    def close(self) -> None:
        """End the cells."""
        self._pool.close()
