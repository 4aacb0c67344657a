"""The databases of one unit: counted before and after, and compared."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

import msgspec

from vigie.routines.updates.application import Application
from vigie.routines.updates.census import Census
from vigie.routines.updates.comparing import Compared, Difference, compare
from vigie.tools.records import Records, RecordsFailed
from vigie.tools.records.folder import FolderRecords
from vigie.tools.records.postgresql import PostgresqlRecords
from vigie.tools.records.sqlite import SqliteRecords

BEFORE, AFTER = "before", "after"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """One database (or folder of documents) of an application; `number` names its files."""

    application: Application
    kind: str  # sqlite, postgresql, documents
    place: str
    number: int

    def open(self, *, writing: bool = False) -> Records:
        """Open it. Raise RecordsFailed."""
        if self.kind == "postgresql":
            return PostgresqlRecords(self.place, writing=writing)
        if self.kind == "documents":
            return FolderRecords(Path(self.place))
        return SqliteRecords(Path(self.place), writing=writing)

    def file(self, folder: Path, moment: str) -> Path:
        """Return where its census of a moment is kept."""
        return folder / f"{self.number}.{moment}.census"

    def dump(self, folder: Path) -> Path:
        """Return where its dump is kept."""
        return folder / "dumps" / f"{self.number}.dump"

    def columns(self, folder: Path) -> Path:
        """Return where it is written which column became which."""
        return folder / f"{self.number}.columns"

    def free(self, table: str) -> bool:
        """Return whether the practice lets an update change a table."""
        return any(fnmatch(table, pattern) for pattern in self.application.free)


class Unsound(Exception):
    """A database is damaged, or cannot be read. The text is for the caretaker at the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What comparing all databases came to. `worst` names the table that lost most."""

    records: int = 0
    lost: int = 0
    changed: int = 0
    worst: str = ""

    @property
    def whole(self) -> bool:
        """Return whether every record says what it said."""
        return not (self.lost or self.changed)


def bases(applications: Sequence[Application]) -> tuple[Base, ...]:
    """Return every database of these applications."""
    found = [
        (application, kind, str(place))
        for application in applications
        for kind, places in (
            ("sqlite", application.sqlite),
            ("postgresql", application.postgresql),
            ("documents", application.documents),
        )
        for place in places
    ]
    return tuple(
        Base(application=application, kind=kind, place=place, number=number)
        for number, (application, kind, place) in enumerate(found)
    )


@contextmanager
def opened(base: Base) -> Iterator[Records]:
    """Open a database, check it, and close it. Raise Unsound."""
    try:
        with closing(base.open()) as records:
            if defect := records.defect():
                raise Unsound(f"{base.place}: {defect}")
            yield records
    except RecordsFailed as trouble:
        raise Unsound(str(trouble)) from trouble


def count(some: Sequence[Base], folder: Path, moment: str) -> int:
    """Take the census of these databases; return how many records there are. Raise Unsound."""
    total = 0
    for base in some:
        with opened(base) as records, closing(Census.take(records, base.file(folder, moment))) as c:
            total += c.counted.rows
    return total


def look(some: Sequence[Base], folder: Path) -> Tally:
    """Compare these databases with their census of before, and write down which column is which.

    Raise Unsound.
    """
    compared = []
    for base in some:
        with opened(base) as records, closing(Census(base.file(folder, BEFORE))) as before:
            compared.append(found := compare(before, records, base.free))
            base.columns(folder).write_bytes(msgspec.json.encode(found.tables))
    return _tally(compared)


def look_again(some: Sequence[Base], folder: Path) -> Tally:
    """Compare these databases with their census of before, strictly. Raise Unsound."""
    compared = []
    for base in some:
        with opened(base) as records, closing(Census(base.file(folder, BEFORE))) as before:
            compared.append(compare(before, records, base.free))
    return _tally(compared)


def _tally(compared: Sequence[Compared]) -> Tally:
    return Tally(
        records=sum(one.rows for one in compared),
        lost=sum(one.lost for one in compared),
        changed=sum(one.changed for one in compared),
        worst=next((one.worst for one in compared if one.worst), ""),
    )


def lives_on(base: Base, folder: Path) -> tuple[Difference, ...]:
    """Return which table and which column became which, as found right after the update."""
    file = base.columns(folder)
    return msgspec.json.decode(file.read_bytes(), type=tuple[Difference, ...])
