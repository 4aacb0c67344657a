"""The records of a PostgreSQL database, through psycopg; every value as the text it prints as."""

from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from vigie.tools.records import RecordsFailed, Row, Table, Value

_CONNECT_WITHIN = 10  # seconds
_AT_ONCE = 5_000  # rows a round trip

_TABLES = """
SELECT n.nspname, c.relname,
       array_agg(a.attname::text ORDER BY a.attnum),
       (SELECT array_agg(k.attname::text ORDER BY array_position(i.indkey::int[], k.attnum::int))
          FROM pg_index i
          JOIN pg_attribute k ON k.attrelid = i.indrelid AND k.attnum = ANY(i.indkey)
         WHERE i.indrelid = c.oid AND i.indisprimary)
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                     AND a.attgenerated = ''
 WHERE c.relkind = 'r' AND c.relpersistence <> 't'
   AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg\\_toast%'
   AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e')
 GROUP BY n.nspname, c.relname, c.oid
 ORDER BY 1, 2
"""


class PostgresqlRecords:
    """The database that `conninfo` (libpq's) names. `database`: another one at the same place."""

    def __init__(self, conninfo: str, *, writing: bool = False, database: str = "") -> None:
        try:
            more = {"dbname": database} if database else {}
            self._link = psycopg.connect(
                conninfo,
                connect_timeout=_CONNECT_WITHIN,
                options="-c timezone=UTC -c datestyle=ISO -c intervalstyle=postgres"
                " -c extra_float_digits=1 -c bytea_output=hex",
                **more,  # type: ignore[arg-type]  # dbname is libpq's own
            )
            self._link.read_only = not writing
        except psycopg.Error as trouble:
            raise RecordsFailed(str(trouble).strip()) from trouble
        self.name = self._link.info.dbname

    def defect(self) -> str:
        """Return nothing: what is damaged shows when it is read."""
        return ""

    def tables(self) -> tuple[Table, ...]:
        """Return the tables of every schema that is not the system's or an extension's."""
        try:
            found = self._link.execute(_TABLES).fetchall()
        except psycopg.Error as trouble:
            raise RecordsFailed(f"{self.name}: {trouble}") from trouble
        return tuple(
            Table(
                name=table if schema == "public" else f"{schema}.{table}",
                columns=tuple(columns),
                key=tuple(key or ()),
            )
            for schema, table, columns, key in found
        )

    def rows(self, table: Table) -> Iterator[Row]:
        """Yield every row as texts, through a cursor of the server's: a few thousand at a time."""
        order: sql.Composable = sql.SQL("")
        if table.key:
            keys = sql.SQL(", ").join(map(sql.Identifier, table.key))
            order = sql.SQL(" ORDER BY {}").format(keys)
        kinds = self._kinds(table)
        columns = sql.SQL(", ").join(_printed(name, kinds.get(name, "")) for name in table.columns)
        query = sql.SQL("SELECT {} FROM {}{}").format(columns, _identifier(table), order)
        try:
            with self._link.cursor(name="vigie_census") as cursor:
                cursor.itersize = _AT_ONCE
                yield from cursor.execute(query)
        except psycopg.Error as trouble:
            raise RecordsFailed(f"{self.name}, {table.name}: {trouble}") from trouble

    def put(self, table: Table, key: Row, changes: Sequence[tuple[str, Value]]) -> bool:
        """Insert a row or change it, inside a savepoint of its own."""
        names = [sql.Identifier(name) for name, _ in changes]
        values = [_text(value) for _, value in changes]
        kinds = self._kinds(table)
        marks = [sql.SQL("{}::" + kinds[name]).format(sql.Placeholder()) for name, _ in changes]
        there = None
        try:
            with self._link.transaction():
                where = sql.SQL(" AND ").join(
                    sql.SQL("{}::text IS NOT DISTINCT FROM {}").format(
                        sql.Identifier(name), sql.Placeholder()
                    )
                    for name in table.key
                )
                known = [_text(value) for value in key]
                if table.key:
                    asked = sql.SQL("SELECT 1 FROM {} WHERE {}").format(_identifier(table), where)
                    there = self._link.execute(asked, known).fetchone()
                if there:
                    sets = sql.SQL(", ").join(
                        sql.SQL("{} = {}").format(name, mark)
                        for name, mark in zip(names, marks, strict=True)
                    )
                    update = sql.SQL("UPDATE {} SET {} WHERE {}")
                    self._link.execute(
                        update.format(_identifier(table), sets, where), values + known
                    )
                else:
                    insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
                    self._link.execute(
                        insert.format(
                            _identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(marks)
                        ),
                        values,
                    )
        except psycopg.Error as trouble:
            raise RecordsFailed(f"{table.name}: {trouble}") from trouble
        return not there

    def commit(self) -> None:
        """Keep what was put, and let counters go on after the highest number there is."""
        try:
            for table in self.tables():
                for column in table.columns:
                    self._advance(table, column)
            self._link.commit()
        except psycopg.Error as trouble:
            raise RecordsFailed(f"{self.name}: {trouble}") from trouble

    def close(self) -> None:
        """Let go."""
        self._link.close()

    def _kinds(self, table: Table) -> dict[str, str]:
        """Return each column's type, as SQL writes it."""
        found = self._link.execute(
            "SELECT attname::text, format_type(atttypid, atttypmod) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
            [_identifier(table).as_string(self._link)],
        ).fetchall()
        return dict(found)

    def _advance(self, table: Table, column: str) -> None:
        name = _identifier(table).as_string(self._link)
        (counter,) = self._link.execute(
            "SELECT pg_get_serial_sequence(%s, %s)", [name, column]
        ).fetchone() or (None,)
        if counter:
            self._link.execute(
                sql.SQL(
                    "SELECT setval(%s, greatest((SELECT max({}) FROM {}), nextval(%s)))"
                ).format(sql.Identifier(column), _identifier(table)),
                [counter, counter],
            )


def _printed(name: str, kind: str) -> sql.Composable:
    """Return the expression that prints a column; 5.00 and 5.0 are one amount."""
    if kind.startswith("numeric"):
        return sql.SQL("trim_scale({})::text").format(sql.Identifier(name))
    if kind == "boolean":
        return sql.SQL("{}::int::text").format(sql.Identifier(name))
    return sql.SQL("{}::text").format(sql.Identifier(name))


def _identifier(table: Table) -> sql.Identifier:
    schema, dot, name = table.name.rpartition(".")
    return sql.Identifier(schema, name) if dot else sql.Identifier("public", table.name)


def _text(value: Value) -> str | None:
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    return None if value is None else str(value)
