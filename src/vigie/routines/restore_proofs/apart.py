"""Have restored files opened in a confined process; a reader that falls takes nothing with it."""

import os
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from datetime import timedelta
from enum import StrEnum
from pathlib import Path

from vigie.readers.sandbox.cell import Cell, ReadFailed
from vigie.readers.sandbox.channel import ChannelBroken
from vigie.readers.sandbox.job import read_once
from vigie.tools.confinement import Limits
from vigie.tools.databases import is_sqlite

READER = "vigie.routines.restore_proofs.opening.open_document"
DATABASE_READER = "vigie.routines.restore_proofs.database.open_database"

# One process opens all documents. A scan of 100 megapixels opens in that memory, a bomb does not;
# a spreadsheet of 50 MB opens in a third of that time on an old machine.
DOCUMENTS = Limits(time=timedelta(seconds=60), memory=2 << 30, life=timedelta(minutes=30))

# A database is held in memory twice for a moment, since the process can open no file: hence a
# process of its own, as large as that one needs, and a bound. Twice this much is what a machine
# of 4 GB can spare. A larger one is compared with what was recorded, and that was checked in full
# by `save_sqlite` before its upload.
LARGEST_DATABASE = 1 << 30  # bytes
BESIDES = 512 << 20  # bytes for the interpreter and SQLite themselves
CHECKED_WITHIN = timedelta(minutes=5)  # every page of 1 GB, five times over on a slow machine

WHOLE_SAMPLE = timedelta(minutes=30)  # 299 files that stall must not keep the machine for hours


class Opening(StrEnum):
    """What became of one file: opened, not opened, or of a kind that has no reader here."""

    OPENED = "opened"
    UNOPENED = "unopened"
    NO_READER = "no_reader"


class Kind(StrEnum):
    """The kinds that have a reader, by the ending of the name."""

    DOCX = ".docx"
    XLSX = ".xlsx"
    PDF = ".pdf"
    JPG = ".jpg"
    JPEG = ".jpeg"
    PNG = ".png"
    ODT = ".odt"
    ODS = ".ods"
    ODP = ".odp"
    ZIP = ".zip"
    DCM = ".dcm"


def open_apart(
    paths: Sequence[Path], *, limits: Limits = DOCUMENTS, within: timedelta = WHOLE_SAMPLE
) -> Mapping[Path, Opening]:
    """Given restored files, return what became of each.

    A file that fells its process is UNOPENED, and so is what is left when `within` is over.
    """
    with closing(Apart(limits, within)) as apart:
        return {path: apart.open(path) for path in paths}


class Apart:
    """One confined process for the documents, replaced when it falls."""

    def __init__(self, limits: Limits = DOCUMENTS, within: timedelta = WHOLE_SAMPLE) -> None:
        self._limits = limits
        self._until = time.monotonic() + within.total_seconds()
        self._cell: Cell | None = None

    def open(self, path: Path, ending: str = "") -> Opening:
        """Return what became of one file; `ending` names its kind where its own name does not."""
        database = is_sqlite(path)
        kind = (ending or path.suffix).lower()
        if not database and kind not in set(Kind):
            return Opening.NO_READER
        if time.monotonic() >= self._until:
            return Opening.UNOPENED
        flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
        try:
            descriptor = os.open(path, flags | getattr(os, "O_BINARY", 0))
        except OSError:
            return Opening.UNOPENED
        try:
            untrusted = _check(descriptor) if database else self._ask(descriptor, kind)
        except ReadFailed:
            return Opening.UNOPENED
        except (ChannelBroken, OSError):  # no process can be started: no file can be opened
            self._until = 0.0
            return Opening.UNOPENED
        finally:
            os.close(descriptor)
        return next((each for each in Opening if each == untrusted), Opening.UNOPENED)

    def close(self) -> None:
        """End the process."""
        if self._cell:
            self._cell.close()

    def _ask(self, descriptor: int, kind: str) -> object:
        cell, self._cell = self._cell or Cell(READER, self._limits), None
        try:
            cell.wait_until_ready()
            answer: object = cell.ask({"kind": kind}, descriptor)
        except (ChannelBroken, OSError):
            cell.close()
            raise
        self._cell = cell  # one that failed has closed itself, and is not asked again
        return answer


def _check(descriptor: int) -> object:
    """Check a whole database in a process for it alone. Raise ReadFailed if that fell."""
    size = os.fstat(descriptor).st_size
    if size > LARGEST_DATABASE:
        return Opening.NO_READER
    limits = Limits(time=CHECKED_WITHIN, memory=2 * size + BESIDES, life=CHECKED_WITHIN)
    answer: object = read_once(DATABASE_READER, descriptor, limits=limits)
    return answer
