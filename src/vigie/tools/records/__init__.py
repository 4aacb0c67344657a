"""Records: what a database holds, read table by table and row by row, and rows put into one.

One module per kind of database behind one Protocol. Values come as the database has them; two
values that print alike are alike (`canonical`): a column that turns from number to text has lost
nothing.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

Value = None | bool | int | float | str | bytes
Row = tuple[Value, ...]

_LARGEST = 2**63


class RecordsFailed(Exception):
    """A database could not be read or written; the text is for the caretaker at the machine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table: its columns in order, and the columns of its primary key (none: it has no key).

    `name` carries its schema where the database has several.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()


class Records(Protocol):
    """One database. Every method may raise RecordsFailed."""

    @property
    def name(self) -> str:
        """Return how people find it: a path, or a database's name."""

    def defect(self) -> str:
        """Return what the database finds wrong with itself; empty if it is sound."""

    def tables(self) -> tuple[Table, ...]:
        """Return its tables, by name."""

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield every row, in the order of the columns; by primary key where there is one."""

    def put(self, table: Table, key: Row, changes: Sequence[tuple[str, Value]]) -> bool:
        """Insert a row, or change these columns of the row with that key; say whether it was new.

        A row that the database refuses raises RecordsFailed, and leaves everything else as it was.
        """

    def commit(self) -> None:
        """Keep what was put."""

    def close(self) -> None:
        """Let go; what was put and not committed is gone."""


def canonical(value: Value) -> bytes | None:
    """Return the bytes that say a value, whatever its type; None for no value at all."""
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "surrogatepass")
    if value is None:
        return None
    if isinstance(value, bool):
        return b"1" if value else b"0"
    if isinstance(value, float) and value.is_integer() and abs(value) < _LARGEST:
        value = int(value)
    return repr(value).encode()
