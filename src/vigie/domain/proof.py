"""Proof: what was tried, on which machine, on a date, with what result; chained and expiring."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from vigie.domain.danger import Danger

GENESIS = "0" * 64


class Standing(StrEnum):
    """The state of one promise. Only a proof that held and has not expired is `PROVEN`."""

    PROVEN = "proven"
    TO_WATCH = "to_watch"
    TO_DO = "to_do"
    BLIND = "blind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """One trial of one promise. `trial` is a slug; `numbers` are integers, e.g. files compared."""

    id: str
    danger: Danger
    trial: str
    held: bool
    machine: str
    at: datetime
    expires: datetime
    numbers: Mapping[str, int] = field(default_factory=dict)


def standing(latest: Proof | None, *, now: datetime, concerns: int = 0) -> Standing:
    """Given the latest proof of a promise, return its state.

    No proof, or an expired one, is blind: unknown is never green. `concerns` counts open
    matters about the same danger.
    """
    if latest is None or latest.expires <= now:
        return Standing.BLIND
    if not latest.held:
        return Standing.TO_DO
    return Standing.TO_WATCH if concerns else Standing.PROVEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row of a journal: `digest` covers `body` and the digest of the row before."""

    number: int
    previous: str
    body: str
    digest: str


def canonical(record: Mapping[str, object]) -> str:
    """Return the one JSON text of a record: sorted keys, no spaces, no floats, real UTF-8."""
    return json.dumps(
        record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest(number: int, previous: str, body: str) -> str:
    """Return the SHA-256 (hexadecimal) that binds a body to its place in the chain."""
    return hashlib.sha256(f"{number}\n{previous}\n{body}".encode()).hexdigest()


def append(last: Entry | None, body: str) -> Entry:
    """Given the last row (None for an empty journal), return the row that follows it."""
    number, previous = (last.number + 1, last.digest) if last else (1, GENESIS)
    return Entry(number=number, previous=previous, body=body, digest=digest(number, previous, body))


def first_break(entries: Iterable[Entry]) -> int | None:
    """Given rows in order, return the number of the first that is missing or changed, or None."""
    number, previous = 1, GENESIS
    for entry in entries:
        sound = entry.number == number and entry.previous == previous
        if not sound or entry.digest != digest(number, previous, entry.body):
            return number
        number, previous = number + 1, entry.digest
    return None
