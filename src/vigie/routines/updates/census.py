"""The census: what every row of a database says, as fingerprints, in a file on disk.

A row is its key and one cell of eight bytes for each column: the value itself where it is short,
else its hash. Rows are read and written one after the other, so a million of them need no memory.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Self

import msgspec
from msgspec import Struct

from vigie.tools.records import Records, Row, Table, Value, canonical

CELL = 8  # bytes
_SHORT = 7  # bytes that fit into a cell beside their length
NOTHING = b"\xff" * CELL
_HASHED = b"\xfe"
_LENGTHS = [bytes((size,)) for size in range(CELL)]
_PADDING = [b"\0" * (_SHORT - size) for size in range(CELL)]
_PREFIX = 12  # bytes of a long key that are kept, so that keys stay in the database's own order
_AT_ONCE = 2_000  # rows a write
_NUMBER, _LONGEST_NUMBER = 2**63, 18

_SCHEMA = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -16000;
CREATE TABLE IF NOT EXISTS tables (number INTEGER PRIMARY KEY, name TEXT, shape BLOB, rows INTEGER);
"""


class Shape(Struct, frozen=True, kw_only=True):
    """One table of a census. `number` is its own, `rows` how many it had."""

    number: int
    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    rows: int

    @property
    def table(self) -> Table:
        """Return the table as the records know it."""
        return Table(name=self.name, columns=self.columns, key=self.key)


class Counted(Struct, frozen=True, kw_only=True):
    """What a whole census counted."""

    tables: int
    rows: int


def cell(value: Value) -> bytes:
    """Return the eight bytes that stand for a value."""
    said = value if type(value) is bytes else canonical(value)
    if said is None:
        return NOTHING
    size = len(said)
    if size <= _SHORT:
        return _LENGTHS[size] + said + _PADDING[size]
    return _HASHED + blake2b(said, digest_size=_SHORT).digest()


def key_of(values: Row) -> bytes:
    """Return the key of a row: in order where keys are numbers or short, else as a hash."""
    return b"".join(map(_key_part, values))


def _key_part(value: Value) -> bytes:
    said = canonical(value)
    if said is None:
        return b"n"
    digits = said[1:] if said[:1] == b"-" else said
    # 007 is no number: as a text, it is another key than 7.
    if digits.isdigit() and len(said) <= _LONGEST_NUMBER and (digits[:1] != b"0" or said == b"0"):
        return b"i" + (int(said) + _NUMBER).to_bytes(9, "big")
    if len(said) <= _PREFIX:
        return b"s" + said.ljust(_PREFIX, b"\0") + bytes((len(said),))
    return b"t" + said[:_PREFIX] + blake2b(said, digest_size=12).digest()


class Census:
    """The census in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._base = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._base.executescript(_SCHEMA)

    @classmethod
    def take(cls, records: Records, path: Path) -> Self:
        """Count every row of a database into a new file. Raise RecordsFailed, OSError."""
        path.unlink(missing_ok=True)
        census = cls(path)
        for number, table in enumerate(records.tables()):
            census._count(number, table, records.rows(table))
        census._base.execute("PRAGMA synchronous = FULL")
        return census

    def shapes(self) -> tuple[Shape, ...]:
        """Return its tables, by name."""
        rows = self._base.execute("SELECT shape FROM tables ORDER BY number").fetchall()
        return tuple(msgspec.msgpack.decode(row[0], type=Shape) for row in rows)

    @property
    def counted(self) -> Counted:
        """Return how much there is."""
        shapes = self.shapes()
        return Counted(tables=len(shapes), rows=sum(shape.rows for shape in shapes))

    def expecting(self, shape: Shape) -> "Expecting":
        """Return what finds the rows of a table by their keys, quickest in the order of keys."""
        return Expecting(self._base, shape.number)

    def copies(self, shape: Shape) -> Iterator[tuple[bytes, int]]:
        """Yield the rows of a table without a key: their hash, and how many times each is there."""
        yield from self._base.execute(f"SELECT key, copies FROM t{shape.number}")  # noqa: S608  (a number)

    def first_sight(self, key: bytes) -> bool:
        """Return whether a key is seen for the first time since `forget`."""
        return self._base.execute("INSERT OR IGNORE INTO seen VALUES (?)", (key,)).rowcount > 0

    def forget(self) -> None:
        """Begin to look at another table."""
        self._base.executescript(
            "DROP TABLE IF EXISTS temp.seen;"
            "CREATE TEMP TABLE seen (key BLOB PRIMARY KEY) WITHOUT ROWID;"
        )

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _count(self, number: int, table: Table, rows: Iterable[Row]) -> None:
        self._base.execute(
            f"CREATE TABLE t{number} (key BLOB PRIMARY KEY, cells BLOB,"
            " copies INTEGER NOT NULL DEFAULT 1) WITHOUT ROWID"
        )
        statement = (
            f"INSERT INTO t{number} (key, cells) VALUES (?, ?)"  # noqa: S608  (a number)
            " ON CONFLICT (key) DO UPDATE SET copies = copies + 1"
        )
        counted = 0
        self._base.execute("BEGIN")
        for some in _some(_fingerprints(table, rows)):
            self._base.executemany(statement, some)
            counted += len(some)
        self._base.execute("COMMIT")
        shape = Shape(
            number=number, name=table.name, columns=table.columns, key=table.key, rows=counted
        )
        self._base.execute(
            "INSERT INTO tables VALUES (?, ?, ?, ?)",
            (number, table.name, msgspec.msgpack.encode(shape), counted),
        )


class Expecting:
    """Finds rows by key. Who asks in the order of keys is answered from one long reading."""

    def __init__(self, base: sqlite3.Connection, number: int) -> None:
        self._base = base
        self._one = f"SELECT cells FROM t{number} WHERE key = ?"  # noqa: S608  (a number)
        all_rows = f"SELECT key, cells FROM t{number} ORDER BY key"  # noqa: S608  (a number)
        self._rows = iter(base.execute(all_rows))
        self._next: tuple[bytes, bytes] | None = next(self._rows, None)

    def cells(self, key: bytes) -> bytes | None:
        """Return the cells of the row with that key, or None."""
        while self._next and self._next[0] < key:
            self._next = next(self._rows, None)
        if self._next and self._next[0] == key:
            cells = self._next[1]
            self._next = next(self._rows, None)
            return cells
        row = self._base.execute(self._one, (key,)).fetchone()
        return row[0] if row else None


def _fingerprints(table: Table, rows: Iterable[Row]) -> Iterator[tuple[bytes, bytes]]:
    places = [table.columns.index(name) for name in table.key]
    for row in rows:
        cells = b"".join(map(cell, row))
        if places:
            yield key_of(tuple(row[place] for place in places)), cells
        else:
            yield whole(cells), b""


def whole(cells: bytes) -> bytes:
    """Return the hash that stands for a row without a key."""
    return blake2b(cells, digest_size=16).digest()


def _some(rows: Iterator[tuple[bytes, bytes]]) -> Iterator[Sequence[tuple[bytes, bytes]]]:
    while some := list(islice(rows, _AT_ONCE)):
        yield some
