# ruff: noqa: SLF001  (`_meta` is Django's documented way to a model's columns)
"""Writing many rows in one statement, each once; and the seal that binds them to the journal."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

import msgspec
from django.db import connection

from vigie.console.intake.models import Backup, BadFile, Gap, Item, Proof, Report

KINDS: tuple[type[Item], ...] = (Report, Proof, Backup, Gap, BadFile)
Row = Mapping[str, Any]

_encode = msgspec.json.Encoder(order="deterministic").encode


def insert(model: type[Item], rows: Sequence[Row]) -> frozenset[str]:
    """Insert rows (columns by name), leaving out those the machine sent before.

    Return the item ids that are new. One statement whatever the number of rows: the whole
    batch travels as one JSON parameter, which costs a third of fifty rows of parameters.
    """
    if not rows:
        return frozenset()
    statement = _postgresql(model) if connection.vendor == "postgresql" else _sqlite(model)
    adapted = rows if connection.vendor == "postgresql" else _adapted(rows)
    with connection.cursor() as cursor:
        cursor.execute(statement, [_encode(adapted).decode()])
        return frozenset(row[0] for row in cursor.fetchall())


def seal(rows: Iterable[tuple[str, Row]]) -> str:
    """Return the SHA-256 over rows (kind and columns), whatever their order.

    `entry` is left out: the journal row that holds this seal names it.
    """
    return hashlib.sha256(b"\n".join(sorted(line(*row) for row in rows))).hexdigest()


def line(kind: str, row: Row) -> bytes:
    """Return the exact bytes of a row under its seal: one line of JSON."""
    return _encode([kind, {name: row[name] for name in row if name != "entry"}])


def columns(model: type[Item]) -> tuple[str, ...]:
    """Return the columns of a kind of row, without the database's own number."""
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


def _postgresql(model: type[Item]) -> str:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(f'"{field.attname}"' for field in fields)
    shapes = ", ".join(f'"{field.attname}" {field.db_type(connection)}' for field in fields)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({names}) '  # noqa: S608  (our own names)
        f"SELECT {names} FROM jsonb_to_recordset(%s::jsonb) AS told({shapes}) "
        "ON CONFLICT DO NOTHING RETURNING item"
    )


def _sqlite(model: type[Item]) -> str:
    names = columns(model)
    listed = ", ".join(f'"{name}"' for name in names)
    read = ", ".join(f"json_extract(value, '$.{name}')" for name in names)
    return (
        f'INSERT INTO "{model._meta.db_table}" ({listed}) '  # noqa: S608  (our own names)
        f"SELECT {read} FROM json_each(%s) WHERE true "
        "ON CONFLICT DO NOTHING RETURNING item"
    )


def _adapted(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with moments written as Django writes them into SQLite."""
    adapt = cache(connection.ops.adapt_datetimefield_value)
    return [
        {name: adapt(it) if isinstance(it, datetime) else it for name, it in row.items()}
        for row in rows
    ]
