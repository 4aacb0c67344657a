"""Whether the rows of the intake are still those that the journal sealed."""

import json
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
    for model in rows.KINDS:
        names = rows.columns(model)
        for row in model.objects.filter(practice=practice).values(*names).iterator():
            kept = {name: _utc(value) for name, value in row.items()}
            told.setdefault(row["entry"], []).append((model.__name__, kept))
    for number in sorted(sealed.keys() | told.keys()):
        if rows.seal(told.get(number, [])) != sealed.get(number):
            return chain.Break(practice, number)
    return None


def _utc(value: object) -> object:
    return value.astimezone(UTC) if isinstance(value, datetime) else value
