"""What runs in the cell: an export's bytes to appointments and telephone numbers."""

import os
from datetime import date, datetime, tzinfo
from typing import Any

from vigie.readers.agenda import calendars, tables

_PIECE = 1 << 22
MOST = 20_000  # lines of one export
LONGEST = 200  # characters of one cell


def read(descriptor: int, *, name: str, zone: str, first: str, last: str) -> dict[str, Any]:
    """Return `{"appointments": [[start, end, who, number]], "telephones": [[name, number]]}`.

    Moments are ISO texts in `zone`; appointments outside the days `first` to `last` (ISO, both
    included) are left out. `kind` is `none` for a file that is neither.
    """
    pieces: list[bytes] = []
    while piece := os.pread(descriptor, _PIECE, sum(map(len, pieces))):
        pieces.append(piece)
    untrusted = b"".join(pieces)
    place = calendars.ZONES.get(zone, calendars.ZONES["Europe/Paris"])
    days = date.fromisoformat(first), date.fromisoformat(last)
    try:
        if b"BEGIN:VCALENDAR" in untrusted[:4096].upper():
            return _calendar(untrusted, place, days)
        return _table(untrusted, name.rpartition(".")[2].lower(), place, days)
    except ValueError:
        return {"kind": "none", "appointments": [], "telephones": []}


def _calendar(untrusted: bytes, zone: tzinfo, days: tuple[date, date]) -> dict[str, Any]:
    rows = [
        [start.isoformat(), end.isoformat() if end else "", title[:LONGEST], ""]
        for start, end, title in calendars.appointments(untrusted, zone, *days)
    ]
    return {"kind": "calendar", "appointments": rows[:MOST], "telephones": []}


def _table(untrusted: bytes, ending: str, zone: tzinfo, days: tuple[date, date]) -> dict[str, Any]:
    appointments, telephones = [], []
    for start, end, name, number in tables.entries(untrusted, ending, zone):
        who, call = name[:LONGEST], number[:LONGEST]
        if start is not None and days[0] <= start.date() <= days[1]:
            appointments.append([start.isoformat(), _iso(end), who, call])
        if call:
            telephones.append([who, call])
    return {"kind": "table", "appointments": appointments[:MOST], "telephones": telephones[:MOST]}


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
