"""CSV and workbooks: a line of titles says which column is which; a row may be both kinds."""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, tzinfo

from vigie.readers.notes.rows import rows_of

_TITLES = {
    "day": r"date|jour|tag|datum|date (du )?(rdv|rendez-?vous)|date debut|start date",
    "time": r"heure|heure (de )?debut|debut|zeit|uhrzeit|von|beginn|time|start( time)?",
    "until": r"heure (de )?fin|fin|bis|ende|end( time)?",
    "name": r"nom|nom (du )?patient|patient(e)?|nom de (famille|naissance|usage)|"
    r"name|nachname|last ?name",
    "first": r"prenom|prenom (du )?patient|vorname|first ?name",
    "number": r"(n° ?|numero )?(de )?(tel(ephone)?|portable|mobile|gsm)( .*)?|phone( number)?|"
    r"(telefon|handy|natel)(nummer)?|tel\.?( .*)?",
}
_LOOKED_AT = 12  # rows among which the titles must be
_DAY = re.compile(r"(\d{4})-(\d\d)-(\d\d)|(\d\d?)[./](\d\d?)[./](\d{2,4})")
_TIME = re.compile(r"(\d\d?)\s?[:hH.]\s?(\d\d)?")
_CENTURY = 100
Columns = Mapping[str, Sequence[int]]
Row = tuple[datetime | None, datetime | None, str, str]


def entries(untrusted: bytes, ending: str, zone: tzinfo) -> Iterator[Row]:
    """Yield start, end, name and number of each row; what a row does not have is empty.

    Raise ValueError where no line of titles is found.
    """
    columns: Columns = {}
    for number, row in enumerate(rows_of(untrusted, ending)):
        if columns:
            yield from _entry(row, columns, zone)
            continue
        columns = _columns(row)
        if number > _LOOKED_AT and not columns:
            break
    if not columns:
        raise ValueError("no titles")


def _columns(row: Sequence[str]) -> Columns:
    """Return which columns hold what, or nothing where this is no line of titles."""
    found: dict[str, list[int]] = {}
    for place, title in enumerate(row):
        plain = _plain(title)
        for kind, pattern in _TITLES.items():
            if re.fullmatch(pattern, plain):
                found.setdefault(kind, []).append(place)
                break
    useful = "name" in found and ("number" in found or "day" in found)
    return found if useful else {}


def _entry(row: Sequence[str], columns: Columns, zone: tzinfo) -> Iterator[Row]:
    def cell(kind: str) -> str:
        parts = (row[place] for place in columns.get(kind, ()) if place < len(row))
        return next((" ".join(part.split()) for part in parts if part.strip()), "")

    name = " ".join(part for part in (cell("name"), cell("first")) if part)
    if not name:
        return
    day = cell("day")
    starts = _moment(day, cell("time") or day, zone)
    yield starts, _moment(day, cell("until"), zone), name, cell("number")


def _moment(day: str, hour: str, zone: tzinfo) -> datetime | None:
    if (found := _DAY.search(day)) is None:
        return None
    if found[1]:
        year, month, date = int(found[1]), int(found[2]), int(found[3])
    else:
        date, month, year = int(found[4]), int(found[5]), int(found[6])
        year += 2000 if year < _CENTURY else 0
    rest = hour.replace(found[0], " ")
    clock = _TIME.search(rest)
    if clock is None:
        return None
    try:
        return datetime(year, month, date, int(clock[1]), int(clock[2] or 0), tzinfo=zone)
    except ValueError:
        return None


def _plain(title: str) -> str:
    letters = unicodedata.normalize("NFKD", title.casefold())
    bare = "".join(sign for sign in letters if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[_\s]+", " ", bare).split()).strip(" :*")
