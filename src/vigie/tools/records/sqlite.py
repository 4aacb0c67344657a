"""The records of a SQLite database, read without leaving a file beside it."""

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from vigie.tools.databases import connection_defect
from vigie.tools.records import RecordsFailed, Row, Table, Value

# Full-text and spatial indexes keep their own tables, which they rebuild as they like.
_VIRTUAL = "create virtual table"


class SqliteRecords:
    """The database at `path`. `writing`: rows may be put; else the file is only read."""

    def __init__(self, path: Path, *, writing: bool = False) -> None:
        self.name = str(path)
        log = path.with_name(path.name + "-wal")
        # Without a log to read, nothing beside the file may be made: the application is not root.
        still = not writing and not (log.exists() and log.stat().st_size)
        mode = "rw" if writing else "ro&immutable=1" if still else "ro"
        try:
            self._base = sqlite3.connect(
                f"{path.as_uri()}?mode={mode}", uri=True, timeout=30, isolation_level=None,
                check_same_thread=False,
            )  # fmt: skip
            self._base.text_factory = bytes  # what is stored, and not what it would read as
            self._base.execute("PRAGMA cache_size = -8000")
            if writing:
                self._base.execute("PRAGMA foreign_keys = ON")
                self._base.execute("BEGIN IMMEDIATE")
            else:
                self._base.execute("PRAGMA trusted_schema = OFF")
        except sqlite3.Error as trouble:
            raise RecordsFailed(f"{path}: {trouble}") from trouble

    def defect(self) -> str:
        """Return what integrity_check finds; empty if the database is sound."""
        self._base.text_factory = str
        try:
            return connection_defect(self._base)
        except sqlite3.Error as trouble:
            return str(trouble) or "unreadable"
        finally:
            self._base.text_factory = bytes

    def tables(self) -> tuple[Table, ...]:
        """Return the tables that hold what people entered: no index's own, no view."""
        try:
            listed = self._base.execute(
                "SELECT name, sql FROM sqlite_master WHERE type = 'table' ORDER BY name"
            ).fetchall()
            named = {_text(name): _text(sql or b"") for name, sql in listed}
            virtual = [n for n, sql in named.items() if sql.lower().startswith(_VIRTUAL)]
            ours = [
                name
                for name in named
                if not name.startswith("sqlite_")
                and name not in virtual
                and not any(name.startswith(f"{one}_") for one in virtual)
            ]
            return tuple(self._table(name) for name in ours)
        except sqlite3.Error as trouble:
            raise RecordsFailed(f"{self.name}: {trouble}") from trouble

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield every row."""
        columns = ", ".join(map(_quoted, table.columns))
        order = f" ORDER BY {', '.join(map(_quoted, table.key))}" if table.key else ""
        statement = f"SELECT {columns} FROM {_quoted(table.name)}{order}"  # noqa: S608  (quoted)
        try:
            yield from self._base.execute(statement)
        except sqlite3.Error as trouble:
            raise RecordsFailed(f"{self.name}, {table.name}: {trouble}") from trouble

    def put(self, table: Table, key: Row, changes: Sequence[tuple[str, Value]]) -> bool:
        """Insert a row or change it, inside a savepoint of its own."""
        values = [_stored(value) for _, value in changes]
        names = [_quoted(name) for name, _ in changes]
        where = " AND ".join(f"{_quoted(name)} IS ?" for name in table.key)
        known = [_stored(value) for value in key]
        try:
            self._base.execute("SAVEPOINT one")
            try:
                there = table.key and self._base.execute(
                    f"SELECT 1 FROM {_quoted(table.name)} WHERE {where}", known  # noqa: S608  (quoted)
                ).fetchone()  # fmt: skip
                if there:
                    sets = ", ".join(f"{name} = ?" for name in names)
                    self._base.execute(
                        f"UPDATE {_quoted(table.name)} SET {sets} WHERE {where}", values + known  # noqa: S608  (quoted)
                    )  # fmt: skip
                else:
                    marks = ", ".join("?" * len(names))
                    self._base.execute(
                        f"INSERT INTO {_quoted(table.name)} ({', '.join(names)}) VALUES ({marks})",  # noqa: S608  (quoted)
                        values,
                    )
                self._base.execute("RELEASE one")
            except sqlite3.Error:
                self._base.execute("ROLLBACK TO one")
                self._base.execute("RELEASE one")
                raise
        except sqlite3.Error as trouble:
            raise RecordsFailed(f"{table.name}: {trouble}") from trouble
        return not there

    def commit(self) -> None:
        """Keep what was put."""
        try:
            self._base.execute("COMMIT")
        except sqlite3.Error as trouble:
            raise RecordsFailed(f"{self.name}: {trouble}") from trouble

    def close(self) -> None:
        """Let go."""
        self._base.close()

    def _table(self, name: str) -> Table:
        # 0: id, 1: name, 5: place in the key, 6: hidden (2 and 3: computed from others)
        rows = self._base.execute(f"PRAGMA table_xinfo({_quoted(name)})").fetchall()
        columns = tuple(_text(row[1]) for row in rows if row[6] == 0)
        key = tuple(_text(row[1]) for row in sorted(rows, key=lambda row: row[5]) if row[5])
        return Table(name=name, columns=columns, key=key)


def _stored(value: Value) -> Value:
    """Return a value as it is to be stored: what is text in UTF-8 goes back as text."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _text(value: bytes | str) -> str:
    return value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
