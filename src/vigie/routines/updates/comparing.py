"""Compare a database with its census: what was lost, what was changed, what is new.

Columns may be added and renamed, tables renamed: a column that is gone must live on, row for row,
in one that is new. A column that kept its name must have kept its values.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from vigie.knowledge import bookkeeping
from vigie.routines.updates.census import CELL, NOTHING, Census, Shape, cell, key_of, whole
from vigie.tools.records import Records, Row, Table, canonical

Ignored = Callable[[str], bool]


@dataclass(slots=True)
class Difference:
    """What became of one table. `columns` says where each old column lives on."""

    table: str
    now: str = ""
    rows: int = 0
    lost: int = 0
    changed: int = 0
    new: int = 0
    columns: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()

    @property
    def harmed(self) -> int:
        """Return how many rows lost something."""
        return self.lost + self.changed


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of a whole database."""

    tables: tuple[Difference, ...]

    @property
    def rows(self) -> int:
        """Return how many rows of before were compared."""
        return sum(one.rows for one in self.tables)

    @property
    def lost(self) -> int:
        """Return how many rows are gone."""
        return sum(one.lost for one in self.tables)

    @property
    def changed(self) -> int:
        """Return how many rows no longer say what they said."""
        return sum(one.changed for one in self.tables)

    @property
    def worst(self) -> str:
        """Return the table that lost most, as people may see it at the machine."""
        worst = max(self.tables, key=lambda one: one.harmed, default=None)
        if worst is None or not worst.harmed:
            return ""
        gone = f" ({', '.join(worst.gone)})" if worst.gone else ""
        return f"{worst.table}{gone}"


def compare(before: Census, after: Records, ignored: Ignored = lambda _: False) -> Compared:
    """Given the census of before and the database of now, return what became of every table.

    `ignored` names tables that the practice lets change; an application's own bookkeeping is left
    out as well. Raise RecordsFailed.
    """
    tables = {table.name: table for table in after.tables()}
    shapes = [
        shape
        for shape in before.shapes()
        if not ignored(shape.name) and not bookkeeping.keeps_itself(shape.name)
    ]
    known = {shape.name for shape in before.shapes()}
    strangers = [table for name, table in tables.items() if name not in known]
    found = []
    for shape in shapes:
        table = tables.get(shape.name) or successor(shape, strangers)
        if table is None:
            found.append(Difference(table=shape.name, rows=shape.rows, lost=shape.rows))
            # A table without a row had nothing to lose.
            continue
        found.append(_compared(before, shape, table, after))
    return Compared(tuple(found))


def successor(shape: Shape, strangers: Sequence[Table]) -> Table | None:
    """Return the one new table that has every column of a table that is gone, or None."""
    like = [table for table in strangers if set(shape.columns) <= set(table.columns)]
    return like[0] if len(like) == 1 else None


def _compared(before: Census, shape: Shape, table: Table, after: Records) -> Difference:
    outcome = Difference(table=shape.name, now=table.name, rows=shape.rows)
    if not shape.rows:
        outcome.new = sum(1 for _ in after.rows(table))
    elif not shape.key:
        _compare_heaps(before, shape, table, after.rows(table), outcome)
    else:
        _compare_rows(before, shape, table, after.rows(table), outcome)
    return outcome


def _compare_rows(
    before: Census, shape: Shape, table: Table, rows: Iterator[Row], outcome: Difference
) -> None:
    reading, matched = Reading(shape, table), 0
    settings = bookkeeping.holds_settings(shape.name, len(shape.columns))
    before.forget()
    expecting = before.expecting(shape)
    for row in rows:
        key = reading.key(row)
        old = expecting.cells(key)
        if old is None or not (reading.unique or before.first_sight(key)):
            outcome.new += 1
            continue
        matched += 1
        if not reading.same(old, row) and not (settings and _says_version(row)):
            outcome.changed += 1
    outcome.lost = max(0, shape.rows - matched)
    outcome.columns, outcome.gone = reading.settled()
    if outcome.gone and not outcome.changed:  # two columns cannot live on in one
        outcome.changed = matched


class Reading:
    """Reads the rows of now with the eyes of before: the same key, and the same columns.

    An old column is looked for under its own name; where that is gone, in every column that is
    new. `same` says of each row whether all that it said is still there, and drops the columns
    that do not hold it. `unique`: no two rows of now can have the same key.
    """

    def __init__(self, shape: Shape, table: Table) -> None:
        new = [name for name in table.columns if name not in shape.columns]
        self._places = {name: place for place, name in enumerate(table.columns)}
        key = shape.key if set(shape.key) <= set(table.columns) else table.key
        if len(key) != len(shape.key):
            key = ()
        self.unique = set(key) == set(table.key)
        self._key = [self._places[name] for name in key]
        self._old = shape.columns
        self._candidates = [[old] if old in self._places else list(new) for old in shape.columns]
        self._had: set[int] = set()  # columns that ever held something
        self._straight = shape.columns == table.columns

    def key(self, row: Row) -> bytes:
        """Return a row's key as the census has it; no key of before if there is none."""
        return key_of(tuple(row[place] for place in self._key)) if self._key else b""

    def same(self, old: bytes, row: Row) -> bool:
        """Return whether a row still says all that it said. Columns that cannot be it go."""
        if self._straight and old == b"".join(map(cell, row)):
            return True
        now: dict[str, bytes] = {}
        kept = True
        for number, candidates in enumerate(self._candidates):
            said = old[number * CELL : (number + 1) * CELL]
            fits = [name for name in candidates if self._cell(name, row, now) == said]
            if said != NOTHING:
                self._had.add(number)
            if fits:
                self._candidates[number] = fits
            elif said != NOTHING or self._old[number] in self._places:
                kept = False
        return kept

    def settled(self) -> tuple[Mapping[str, str], tuple[str, ...]]:
        """Return where each old column lives on, and those that held something and are gone.

        Two old columns cannot live on in one new column.
        """
        columns: dict[str, str] = {}
        taken: set[str] = set()
        gone = []
        # Whoever has the fewest places to be chooses first.
        for number in sorted(range(len(self._old)), key=lambda n: len(self._candidates[n])):
            old = self._old[number]
            place = next((name for name in self._candidates[number] if name not in taken), "")
            if place:
                columns[old] = place
                taken.add(place)
            elif number in self._had:
                gone.append(old)
        return columns, tuple(gone)

    def _cell(self, name: str, row: Row, now: dict[str, bytes]) -> bytes:
        if name not in now:
            now[name] = cell(row[self._places[name]])
        return now[name]


def _says_version(row: Row) -> bool:
    names = (canonical(value) or b"" for value in row[:2])  # a number of its own may come first
    return any(bookkeeping.says_version(name.decode("utf-8", "replace")) for name in names)


def _compare_heaps(
    before: Census, shape: Shape, table: Table, rows: Iterator[Row], outcome: Difference
) -> None:
    """Compare tables without a key: every row of before must be there as often as it was."""
    places = _heap_places(shape, table)
    if places is None:
        outcome.lost = shape.rows
        outcome.gone = tuple(name for name in shape.columns if name not in table.columns)
        return
    left = Counter(dict(before.copies(shape)))
    for row in rows:
        key = whole(b"".join(cell(row[place]) for place in places))
        if left[key] > 0:
            left[key] -= 1
        else:
            outcome.new += 1
    missing = sum(left.values())
    # A row that changed is one that went and one that came.
    outcome.changed = min(missing, outcome.new)
    outcome.lost = missing - outcome.changed
    outcome.new -= outcome.changed
    outcome.columns = {
        old: table.columns[place] for old, place in zip(shape.columns, places, strict=True)
    }


def _heap_places(shape: Shape, table: Table) -> list[int] | None:
    """Return where the columns of before are now: by name, else by their place; None if gone."""
    if set(shape.columns) <= set(table.columns):
        return [table.columns.index(name) for name in shape.columns]
    if len(table.columns) < len(shape.columns):
        return None
    places = []
    for place, old in enumerate(shape.columns):
        if old in table.columns:
            places.append(table.columns.index(old))
        elif table.columns[place] not in shape.columns:
            places.append(place)
        else:
            return None
    return places
