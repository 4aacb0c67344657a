"""Whether the rows of the intake are still those that the journal sealed."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from vigie.console.intake import rows
from vigie.console.journal import chain
from vigie.console.practices.models import Practice


def first_break(practice: Practice) -> chain.Break | None:
    """Return the first journal entry whose rows were changed, added or taken away, or None."""
    sealed: dict[int, str] = {}
    for entry in chain.entries(practice):
        record: dict[str, Any] = json.loads(entry.body)
        if record.get("event") == "batch":
            sealed[entry.number] = record["seal"]
    told: dict[int, list[tuple[str, dict[str, Any]]]] = {}
    for kind, row in kept(practice):
        told.setdefault(row["entry"], []).append((kind, row))
    for number in sorted(sealed.keys() | told.keys()):
        if rows.seal(told.get(number, [])) != sealed.get(number):
            return chain.Break(practice, number)
    return None


def kept(practice: Practice, **which: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the rows of a practice with their kind, as their seals cover them."""
    for model in rows.KINDS:
        names = rows.columns(model)
        found = model.objects.filter(practice=practice, **which).order_by("entry", "item")
        for row in found.values(*names).iterator():
            yield model.__name__, {name: _utc(value) for name, value in row.items()}


def _utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
