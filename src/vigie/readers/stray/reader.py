"""The way from a file of a key to what it could do: always an answer, never an exception."""

import hashlib
import os
from datetime import timedelta
from types import TracebackType
from typing import Any, Self

from vigie.domain.evidence.mail import Inside
from vigie.domain.evidence.structure import Kind
from vigie.domain.evidence.usb import FileOnKey
from vigie.readers.sandbox.cell import ReadFailed
from vigie.readers.sandbox.pool import Pool
from vigie.tools.confinement import Limits

_READER = "vigie.readers.stray.read.read"
_CELLS = 2
LIMITS = Limits(time=timedelta(seconds=10), memory=1024 * 1024 * 1024)
_LONGEST_NAME = 255
_PIECE = 1 << 20


class FileReader:
    """Read files, from several threads, in confined processes that are kept ready."""

    def __init__(self, *, limits: Limits = LIMITS, cells: int = _CELLS) -> None:
        self._pool = Pool(_READER, limits=limits, cells=cells)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def read(self, descriptor: int, name: str) -> FileOnKey:
        """Return what the open file is; a reader that gives no answer is said to be so."""
        size, digest = os.fstat(descriptor).st_size, _digest(descriptor)
        try:
            kind, inside, sealed = self._pool.ask(
                {"name": name[-_LONGEST_NAME:]}, descriptor, _understood
            )
        except ReadFailed:
            kind, inside, sealed = Kind.OTHER, frozenset({Inside.UNREADABLE}), False
        return FileOnKey(
            name=name, size=size, kind=kind, inside=inside, sealed=sealed, digest=digest
        )

    def close(self) -> None:
        """End the cells."""
        self._pool.close()


def _understood(untrusted: Any) -> tuple[Kind, frozenset[Inside], bool]:  # noqa: ANN401
    """Return what a cell answered. Raise ValueError for an answer that is none."""
    if not isinstance(untrusted, dict) or not isinstance(untrusted.get("inside"), list):
        raise ValueError("not an answer")  # noqa: TRY004  (what every reader raises)
    inside = frozenset(Inside(word) for word in untrusted["inside"])
    return Kind(str(untrusted.get("kind"))), inside, bool(untrusted.get("sealed"))


def _digest(descriptor: int) -> str:
    whole, at = hashlib.sha256(), 0
    while piece := os.pread(descriptor, _PIECE, at):
        whole.update(piece)
        at += len(piece)
    return whole.hexdigest()
