"""What a value of agent.toml may be: each reader returns it, or says in French what it expected."""

import re
import zoneinfo
from collections.abc import Callable, Mapping
from datetime import date, time
from enum import StrEnum
from pathlib import Path
from typing import Any

from vigie.agent.link import BadAddress, checked_address
from vigie.domain.practice import Span

Read = Callable[[Any], Any]

_DAYS = "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"
_SPAN = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})")


def key(read: Read, says: str) -> Mapping[str, Any]:
    """Return a field's metadata: how its value is read, and its one description."""
    return {"read": read, "says": says}


def text(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    """Return a text that is not empty. Raise TypeError, whose text says what was expected."""
    if not isinstance(value, str) or not value.strip():
        raise TypeError("un texte entre guillemets")
    return value.strip()


def texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (TOML holds anything)
    """Return texts that are not empty. Raise TypeError, whose text says what was expected."""
    if not isinstance(value, list):
        raise TypeError("une liste de textes")
    return tuple(text(item) for item in value)


def count(value: Any) -> int:  # noqa: ANN401  (TOML holds anything)
    """Return a whole number of at least 1. Raise TypeError, whose text says what was expected."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise TypeError("un nombre entier d’au moins 1")
    return value


def days(value: Any) -> int:  # noqa: ANN401  (TOML holds anything)
    """Return a whole number of at least 0. Raise TypeError, whose text says what was expected."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise TypeError("un nombre entier de jours, 0 ou plus")
    return value


def yes(value: Any) -> bool:  # noqa: ANN401  (TOML holds anything)
    """Return true or false. Raise TypeError, whose text says what was expected."""
    if not isinstance(value, bool):
        raise TypeError("true ou false")
    return value


def paths(value: Any) -> tuple[Path, ...]:  # noqa: ANN401  (TOML holds anything)
    """Return absolute paths. Raise TypeError, whose text says what was expected."""
    wish = "une liste de chemins absolus"
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise TypeError(wish)
    paths = tuple(Path(item) for item in value)
    if not all(path.is_absolute() for path in paths):
        raise TypeError(wish)
    return paths


def path(value: Any) -> Path:  # noqa: ANN401  (TOML holds anything)
    """Return one absolute path. Raise TypeError, whose text says what was expected."""
    return paths([value])[0]


def address(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    """Return the console's address. Raise TypeError, whose text says what was expected."""
    try:
        return checked_address(text(value))
    except BadAddress as trouble:
        raise TypeError("une adresse de la forme https://nom:port") from trouble


def ping(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    """Return an https address. Raise TypeError, whose text says what was expected."""
    said = text(value)
    if not said.startswith("https://"):
        raise TypeError("une adresse qui commence par https://")
    return said


def table(value: Any) -> Mapping[str, Any]:  # noqa: ANN401  (TOML holds anything)
    """Return a table. Raise TypeError, whose text says what was expected."""
    if not isinstance(value, dict):
        raise TypeError("une table")
    return value


def tables(value: Any) -> list[Any]:  # noqa: ANN401  (TOML holds anything)
    """Return a list, of tables if it is right. Raise TypeError."""
    if not isinstance(value, list):
        raise TypeError("une liste de tables, écrites entre doubles crochets")
    return value


def choice(kind: type[StrEnum]) -> Callable[[Any], StrEnum]:
    """Return a reader of one of the values of `kind`."""

    def read(value: Any) -> StrEnum:  # noqa: ANN401  (TOML holds anything)
        if value not in set(kind):
            raise TypeError(f"l’une des valeurs {', '.join(kind)}")
        return kind(value)

    return read


def timezone(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    """Return the name of a time zone. Raise TypeError, whose text says what was expected."""
    name = text(value)
    if name not in zoneinfo.available_timezones():
        raise TypeError("un fuseau horaire comme Europe/Paris")
    return name


def closed(value: Any) -> frozenset[date]:  # noqa: ANN401  (TOML holds anything)
    """Return a set of days. Raise TypeError, whose text says what was expected."""
    if not isinstance(value, list) or not all(type(day) is date for day in value):
        raise TypeError("une liste de dates comme 2026-12-25")
    return frozenset(value)


def hours(value: Any) -> Mapping[int, tuple[Span, ...]]:  # noqa: ANN401  (TOML holds anything)
    """Return hours by weekday (0 is Monday). Raise TypeError, whose text says what was expected."""
    wish = 'des heures comme monday = ["08:00-12:00", "14:00-19:00"]'
    if not isinstance(value, dict) or not set(value) <= set(_DAYS):
        raise TypeError(wish)
    week: dict[int, tuple[Span, ...]] = {}
    for day, spans in value.items():
        matches = [
            _SPAN.fullmatch(str(span)) for span in (spans if isinstance(spans, list) else ())
        ]
        if not isinstance(spans, list) or not all(matches):
            raise TypeError(wish)
        try:
            numbers = [[int(part) for part in match.groups()] for match in matches if match]
            week[_DAYS.index(day)] = tuple(Span(time(a, b), time(c, d)) for a, b, c, d in numbers)
        except ValueError as trouble:
            raise TypeError(wish) from trouble
    return week
