"""A plain list of contacts: CSV or JSON, for a practice without a store, and for trials.

CSV: a line of titles, then a line for each address. `address` (or `email`) must be there; `name`,
`sent`, `received`, `entrusted` (messages that held data of a patient), `salutations` and `group`
(several divided by `;`) and `staff` (1 for the practice's own people) may be. Without titles, the
first column is the address, the second the name.

JSON: a list of addresses or of objects with the same fields (salutations and groups as lists), or
an object `{"own": [...], "contacts": [...], "groups": [[...], ...]}`.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from vigie.domain.evidence.mail import Mailbox

_ADDRESS = ("address", "email", "mail", "e-mail", "adresse", "e_mail")
_NAME = ("name", "nom", "display_name")
_SENT = ("sent", "count", "messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One line of a list. `sent` is 1 where the list says nothing: it is a known contact."""

    box: Mailbox
    sent: int = 1
    received: int = 0
    entrusted: int = 0
    salutations: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    staff: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """All lines, and the groups of addresses that were written to together."""

    lines: tuple[Listed, ...]
    groups: tuple[tuple[str, ...], ...] = ()
    own: tuple[str, ...] = field(default=())


def read(text: str) -> List:
    """Return the list in a text. Raise ValueError for a text that holds none."""
    if text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{"):
        return _json(json.loads(text.lstrip("\ufeff")))
    return _csv(text.lstrip("\ufeff"))


def _csv(text: str) -> List:
    first = text.partition("\n")[0]
    comma = ";" if first.count(";") > first.count(",") else ","
    rows = list(csv.reader(text.splitlines(), delimiter=comma))
    titles = [title.strip().casefold() for title in rows[0]] if rows else []
    if not set(titles) & set(_ADDRESS):
        titles = ["address", "name"]
        rows.insert(0, titles)
    lines = [_line(dict(zip(titles, row, strict=False))) for row in rows[1:] if any(row)]
    return _list(lines)


def _json(told: Any) -> List:  # noqa: ANN401  (whatever the file holds)
    own: Sequence[Any] = ()
    groups: Sequence[Any] = ()
    if isinstance(told, dict) and isinstance(told.get("contacts"), list):
        own, groups = told.get("own", []), told.get("groups", [])
        told = told["contacts"]
    elif isinstance(told, dict):
        told = [{**(row if isinstance(row, dict) else {}), "address": a} for a, row in told.items()]
    rows = [{"address": r} if isinstance(r, str) else r for r in _rows(told)]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("no list of contacts")
    together = tuple(tuple(str(a).lower() for a in group) for group in groups)
    return _list([_line(row) for row in rows], together, tuple(str(a).lower() for a in own))


def _rows(told: object) -> list[Any]:
    return told if isinstance(told, list) else []


def _list(
    lines: Iterable[Listed],
    groups: tuple[tuple[str, ...], ...] = (),
    own: tuple[str, ...] = (),
) -> List:
    kept = tuple(line for line in lines if "@" in line.box.address)
    if not kept:
        raise ValueError("no address")
    named: dict[str, list[str]] = {}
    for line in kept:
        for group in line.groups:
            named.setdefault(group, []).append(line.box.address)
    return List(lines=kept, groups=(*groups, *map(tuple, named.values())), own=own)


def _line(row: Mapping[str, Any]) -> Listed:
    lowered = {str(key).strip().casefold(): value for key, value in row.items()}
    address = str(_first(lowered, _ADDRESS)).strip().lower()
    return Listed(
        box=Mailbox(address, str(_first(lowered, _NAME)).strip()),
        sent=_number(_first(lowered, _SENT), 1),
        received=_number(lowered.get("received", ""), 0),
        entrusted=_number(lowered.get("entrusted", ""), 0),
        salutations=tuple(_several(lowered.get("salutations", lowered.get("salutation", "")))),
        groups=tuple(_several(lowered.get("groups", lowered.get("group", "")))),
        staff=str(lowered.get("staff", "")).strip().casefold() in ("1", "true", "yes", "oui", "ja"),
    )


def _first(row: Mapping[str, Any], names: Iterable[str]) -> Any:  # noqa: ANN401  (a cell)
    return next((row[name] for name in names if row.get(name) not in (None, "")), "")


def _number(untold: object, otherwise: int) -> int:
    try:
        return max(0, int(str(untold)))
    except ValueError:
        return otherwise


def _several(cell: object) -> Iterator[str]:
    parts = cell if isinstance(cell, list) else str(cell).replace("|", ";").split(";")
    yield from (text for part in parts if (text := str(part).strip()))
