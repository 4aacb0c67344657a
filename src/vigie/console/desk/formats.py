"""Dates, hours and numbers as people write them where the practice is: in France, in Switzerland.

Django's own `de-ch` writes 12 345,6 where a Swiss reads 12’345.6, and no French of Django's says
"1er décembre": so the shapes are ours, in one table. The region follows from the time zone that
every moment is shown in; the language is the page's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language

FIRST = {"fr": "1er"}  # in French the first of a month is the only ordinal day
NB, NARROW = "\u00a0", "\u202f"
SWISS = frozenset({"Europe/Zurich", "Europe/Busingen", "Europe/Vaduz"})


@dataclass(frozen=True, slots=True)
class Shape:
    """How one language is written in one region. Dates are Django's letters."""

    day: str  # with its weekday
    date: str
    numbers: str  # in figures alone
    hour: str  # of {hour} and {minute}
    thousands: str
    point: str


_FR = Shape("l j F", "j F", "d/m/Y", f"{{hour}}{NB}h{NB}{{minute:02}}", NARROW, ",")
_DE = Shape("l, j. F", "j. F", "d.m.Y", f"{{hour}}:{{minute:02}}{NB}Uhr", ".", ",")
_EN = Shape("l j F", "j F", "d/m/Y", "{hour}:{minute:02}", ",", ".")
SHAPES: Mapping[str, Shape] = {
    "fr": _FR,
    "de": _DE,
    "en": _EN,
    # SR 172.041 writes 23.11.2026; amounts and counts take ’ in German, a thin space in French.
    "fr-ch": Shape(_FR.day, _FR.date, "d.m.Y", _FR.hour, NARROW, ","),
    "de-ch": Shape(_DE.day, _DE.date, "d.m.Y", f"{{hour}}.{{minute:02}}{NB}Uhr", "’", "."),
    "en-ch": Shape(_EN.day, _EN.date, "d.m.Y", _EN.hour, "’", "."),
}


def day(local: date, zone: str, *, year: bool = False) -> str:
    """Return a day with its weekday: "lundi 23 novembre"."""
    return _written(local, shape(zone).day, year=year)


def day_of_month(local: date, zone: str, *, year: bool = False) -> str:
    """Return a day without its weekday: "1er décembre"."""
    return _written(local, shape(zone).date, year=year)


def in_numbers(local: date, zone: str) -> str:
    """Return a day in figures: 23/11/2026, or 23.11.2026."""
    return date_format(local, shape(zone).numbers)


def hour(at: datetime, zone: str) -> str:
    """Return a time of day: "8 h 12", "8:12 Uhr", in Switzerland "8.12 Uhr"."""
    local = at.astimezone(ZoneInfo(zone))
    return shape(zone).hour.format(hour=local.hour, minute=local.minute)


def number(of: float, zone: str, *, digits: int = 0) -> str:
    """Return a number with its thousands apart: 12 345, 12.345, or 12’345."""
    own = shape(zone)
    whole, _, rest = f"{of:,.{digits}f}".partition(".")
    # Four figures stay together in French and German; five are read in groups.
    grouped = whole if len(whole.strip("-")) <= len("9,999") and own.point == "," else None
    spaced = (grouped or whole).replace(",", "" if grouped else own.thousands)
    return f"{spaced}{own.point}{rest}" if rest else spaced


def shape(zone: str) -> Shape:
    """Return how the page's language is written in the region of a time zone."""
    spoken = (get_language() or "fr")[:2]
    spoken = spoken if spoken in SHAPES else "fr"
    return SHAPES[f"{spoken}-ch" if zone in SWISS else spoken]


def _written(local: date, wanted: str, *, year: bool) -> str:
    written = date_format(local, f"{wanted} Y" if year else wanted)
    if local.day == 1 and (first := FIRST.get((get_language() or "fr")[:2])):
        written = re.sub(r"\b1(?= )", first, written, count=1)
    # A day number never stands alone at the end of a line.
    return re.sub(r"(?<=\d) |(?<=\d\.) |(?<=\d[a-z]{2}) ", NB, written)
