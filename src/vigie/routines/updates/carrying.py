"""A late failure: what was written since the update goes into the former version, or on a sheet.

The failed version's databases and documents are put aside first, and stay there. Then each row
that is new or was changed since the update finds its old columns. What the former version has no
place for, and what it refuses, is printed for people to type again: nothing is dropped in silence.
"""

import logging
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.routines.updates import bases
from vigie.routines.updates.bases import AFTER, Base
from vigie.routines.updates.census import CELL, Census, Shape, cell, key_of, whole
from vigie.routines.updates.image import Image
from vigie.routines.updates.register import Run
from vigie.routines.updates.sheet import Sheet, write_sheet
from vigie.tools.databases import companions
from vigie.tools.records import Records, RecordsFailed, Row, Table, Value, canonical
from vigie.tools.records.postgresql import PostgresqlRecords
from vigie.tools.records.postgresql_copies import Copies
from vigie.tools.records.sqlite import SqliteRecords

if TYPE_CHECKING:
    from vigie.routines.updates.conducting import Conductor

log = logging.getLogger(__name__)

MORNING = "morning"
# A morning's work on old rows; more than that is a version that damages them.
MOST_CHANGED, MOST_SHARE = 200, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One row written since: `key` as the former version knows it (empty: it is new without)."""

    table: Table
    key: Row
    values: tuple[tuple[str, Value], ...]
    new: bool
    # What the former version has no column for.
    homeless: tuple[tuple[str, Value], ...] = ()


@dataclass(slots=True)
class Carried:
    """What became of one database: rows carried, and those for people to type again, with why."""

    carried: int = 0
    reenter: list[tuple[Written, str]] = field(default_factory=list)
    notes: list[tuple[str, str, int]] = field(default_factory=list)  # table, slug, rows


def put_aside(conductor: "Conductor", run: Run) -> None:
    """Keep the failed version's databases and documents as they are now, once."""
    folder = conductor.register.place(run)
    aside = folder / MORNING
    if (aside / "whole").exists():
        return
    shutil.rmtree(aside, ignore_errors=True)
    (aside / "files").mkdir(mode=0o700, parents=True)
    for base in bases.bases(conductor.of(run.unit)):
        if base.kind == "sqlite":
            place = Path(base.place)
            for file in (place, *companions(place)):
                if file.exists():
                    shutil.copy2(file, aside / file.name.replace(place.name, f"{base.number}.db"))
        elif base.kind == "postgresql" and run.bundled:
            with suppress(RecordsFailed):  # its server may be what failed
                Copies(base.place, run.id).dump(aside / f"{base.number}.dump")
    _documents_aside(conductor, run, aside / "files")
    (aside / "whole").touch()


def _documents_aside(conductor: "Conductor", run: Run, aside: Path) -> None:
    """Keep the files of the data folders that are new or were changed since the update."""
    folder = conductor.register.place(run)
    counted = {
        str(file)
        for base in bases.bases(conductor.of(run.unit))
        if base.kind == "sqlite"
        for file in (Path(base.place), *companions(Path(base.place)))
    }
    with closing(Image(folder / "after.image", without=conductor.without(run))) as after:
        data = [root.path for root in after.roots() if root.data]
        for now in after.living():
            ours = any(root in {now.path, *now.path.parents} for root in data)
            was = after.entry(now.path)
            since = was is None or not was.untouched(now)
            if ours and since and now.kind == "file" and str(now.path) not in counted:
                place = aside / now.path.relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(now.path, place)


def carry(conductor: "Conductor", run: Run) -> Run:
    """Carry everything that was put aside into what has come back; return the run with counts."""
    folder = conductor.register.place(run)
    sheet = Sheet(unit=run.unit, since=run.ended or run.begun, language=conductor.language)
    carried = _carry_documents(folder / MORNING / "files", sheet)
    for base in bases.bases(conductor.of(run.unit)):
        if base.kind == "documents":
            continue
        try:
            found = _carry_base(base, run, folder)
        except RecordsFailed as trouble:
            log.warning("%s cannot be carried: %s", base.place, trouble)
            sheet.unread.append((base.place, str(trouble)))
            continue
        carried += found.carried
        sheet.add(base.place, found)
    path = ""
    if sheet.needed:
        path = str(conductor.register.folder / "sheets" / f"{run.id}.pdf")
        write_sheet(sheet, Path(path))
    return conductor.register.note(run, carried=carried, reenter=sheet.rows, sheet=path)


def _carry_documents(aside: Path, sheet: Sheet) -> int:
    """Put new documents in their places; one that was changed stands beside its former self."""
    carried = 0
    for file in sorted(path for path in aside.rglob("*") if path.is_file()):
        place = Path("/") / file.relative_to(aside)
        if place.exists() and place.read_bytes() == file.read_bytes():
            continue
        if place.exists():
            place = place.with_name(f"{place.stem}.apres{place.suffix}")
            sheet.beside.append(str(place))
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
        status = file.stat()
        shutil.chown(place, status.st_uid, status.st_gid)
        carried += 1
    return carried


def _carry_base(base: Base, run: Run, folder: Path) -> Carried:
    """Carry one database. Raise RecordsFailed if the failed version cannot be read any more."""
    found = Carried()
    with closing(_morning(base, run, folder)) as now:
        with closing(Census(base.file(folder, AFTER))) as after:
            rows = list(_written(base, folder, after, now, found))
        if base.application.closed:
            found.reenter += [(row, "closed") for row in rows]
            return found
        with closing(base.open(writing=True)) as former:
            _put_all(former, rows, found)
            former.commit()
    return found


def _morning(base: Base, run: Run, folder: Path) -> Records:
    """Open what the failed version had written."""
    if base.kind == "sqlite":
        return SqliteRecords(folder / MORNING / f"{base.number}.db")
    copies = Copies(base.place, run.id)
    if run.bundled:
        copies.load(folder / MORNING / f"{base.number}.dump")
    return PostgresqlRecords(base.place, database=copies.failed)


def _written(
    base: Base, folder: Path, after: Census, now: Records, found: Carried
) -> Iterator[Written]:
    """Yield what was written since the update, as the former version would have it."""
    tables = {table.name: table for table in now.tables()}
    shapes = {shape.name: shape for shape in after.shapes()}
    known = {d.now: d for d in bases.lives_on(base, folder)}
    with closing(Census(base.file(folder, bases.BEFORE))) as before:
        olds = {shape.name: shape for shape in before.shapes()}
    for name, table in tables.items():
        shape = shapes.get(name)
        if base.free(name):
            continue
        difference = known.get(name)
        old = olds.get(difference.table) if difference else olds.get(name)
        if old is None or shape is None:
            yield from _homeless(table, shape, after, now)
            continue
        mapping = dict(difference.columns) if difference and difference.columns else {}
        mapping = mapping or {column: column for column in old.columns if column in table.columns}
        yield from _of_table(old, mapping, _since(after, shape, table, now, found), table)


def _since(
    after: Census, shape: Shape, table: Table, now: Records, found: Carried
) -> list[tuple[Row, bytes | None]]:
    """Return the rows written since: each with its cells right after the update, None if new."""
    if not shape.key or shape.columns != table.columns:
        return _since_heap(after, shape, table, now)
    places = [table.columns.index(name) for name in table.key]
    expecting = after.expecting(shape)
    rows: list[tuple[Row, bytes | None]] = []
    changed = there = 0
    for row in now.rows(table):
        cells = expecting.cells(key_of(tuple(row[place] for place in places)))
        there += cells is not None
        if cells is None or cells != b"".join(map(cell, row)):
            changed += cells is not None
            rows.append((row, cells))
    if changed > max(MOST_CHANGED, MOST_SHARE * shape.rows):
        found.notes.append((table.name, "too_many_changed", changed))
        rows = [(row, cells) for row, cells in rows if cells is None]
    if shape.rows > there:
        found.notes.append((table.name, "removed_since", shape.rows - there))
    return rows


def _since_heap(
    after: Census, shape: Shape, table: Table, now: Records
) -> list[tuple[Row, bytes | None]]:
    """Return the rows of a table without a key that were not there right after the update."""
    left = dict(after.copies(shape))
    rows: list[tuple[Row, bytes | None]] = []
    for row in now.rows(table):
        key = whole(b"".join(map(cell, row)))
        if left.get(key, 0) > 0:
            left[key] -= 1
        else:
            rows.append((row, None))
    return rows


def _of_table(
    old: Shape, mapping: Mapping[str, str], rows: Sequence[tuple[Row, bytes | None]], table: Table
) -> Iterator[Written]:
    places = {name: place for place, name in enumerate(table.columns)}
    strange = [name for name in table.columns if name not in mapping.values()]
    # Only a key that is there in both versions says which row is meant.
    keyed = all(name in mapping for name in old.key)
    for row, cells in rows:

        def value(column: str, row: Row = row) -> Value:
            return row[places[mapping[column]]]

        def moved(name: str, row: Row = row, cells: bytes | None = cells) -> bool:
            place = places[name]
            return cells is None or cell(row[place]) != cells[place * CELL : (place + 1) * CELL]

        columns = [name for name in old.columns if name in mapping and moved(mapping[name])]
        homeless = tuple(
            (name, row[places[name]]) for name in strange
            if row[places[name]] is not None and moved(name)
        )  # fmt: skip
        yield Written(
            table=old.table,
            key=tuple(value(name) for name in old.key) if keyed else (),
            values=tuple((name, value(name)) for name in columns),
            new=cells is None,
            homeless=homeless,
        )


def _homeless(table: Table, shape: Shape | None, after: Census, now: Records) -> Iterator[Written]:
    """Yield the rows of a table that the former version does not have."""
    left = dict(after.copies(shape)) if shape else {}
    places = [table.columns.index(name) for name in table.key]
    for row in now.rows(table):
        cells = b"".join(map(cell, row))
        key = key_of(tuple(row[p] for p in places)) if places else whole(cells)
        if left.get(key, 0) > 0:
            left[key] -= 1
            continue
        yield Written(
            table=table,
            key=(),
            values=(),
            new=True,
            homeless=tuple(zip(table.columns, row, strict=True)),
        )


def _put_all(former: Records, rows: Sequence[Written], found: Carried) -> None:
    """Put rows again and again until none fits any more: one may need another to be there."""
    waiting: list[tuple[Written, str]] = [(row, "") for row in rows if row.values]
    found.reenter += [(row, "no_place") for row in rows if not row.values and row.homeless]
    while waiting:
        refused: list[tuple[Written, str]] = []
        for row, _ in waiting:
            try:
                former.put(row.table, row.key, row.values)
            except RecordsFailed as trouble:
                refused.append((row, str(trouble)))
                continue
            found.carried += 1
            if row.homeless and _differs(row):
                found.reenter.append((row, "no_place"))
        if len(refused) == len(waiting):
            found.reenter += refused
            return
        waiting = refused


def _differs(row: Written) -> bool:
    """Return whether what the former version has no column for says anything at all."""
    return any(canonical(value) not in {None, b"", b"0"} for _, value in row.homeless)
