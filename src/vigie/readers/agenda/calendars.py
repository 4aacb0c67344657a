"""ICS: appointments within some days; what repeats is spread out, what was moved is moved."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import dateutil.parser
import dateutil.tz  # noqa: F401
from dateutil.rrule import rrulestr
from icalendar import Calendar

# Loaded now, and kept: the cell has no files to load them from.
ZONES = {
    name: ZoneInfo(name)
    for name in (
        "Europe/Paris",
        "Europe/Zurich",
        "Europe/Brussels",
        "Europe/Luxembourg",
        "Europe/Berlin",
        "Indian/Reunion",
        "America/Guadeloupe",
        "America/Martinique",
        "America/Cayenne",
        "Pacific/Noumea",
        "UTC",
    )
}
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, OverflowError)
MOST_REPEATED = 400  # of one event, within the days that are asked for
Row = tuple[datetime, datetime | None, str]


def appointments(untrusted: bytes, zone: tzinfo, first: date, last: date) -> Iterator[Row]:
    """Yield start, end and title of what lies between two days, both included, in `zone`.

    Raise ValueError for bytes that are no calendar, or one without its end: half an agenda is
    none. One broken event leaves the others.
    """
    if b"END:VCALENDAR" not in untrusted[-64:].upper():
        raise ValueError("the end is missing")
    window = (
        datetime.combine(first, time.min, zone),
        datetime.combine(last + timedelta(days=1), time.min, zone),
    )
    events: list[Any] = list(Calendar.from_ical(untrusted).walk("VEVENT"))
    moved: set[tuple[str, datetime]] = set()
    for event in events:
        with suppress(*_BROKEN):
            if "RECURRENCE-ID" in event:
                moment = _moment(event["RECURRENCE-ID"].dt, zone)
                moved.add((str(event.get("UID")), moment))
    for event in events:
        with suppress(*_BROKEN):
            yield from _spread(event, zone, window, moved)


def _spread(
    event: Any,  # noqa: ANN401  (icalendar's own event)
    zone: tzinfo,
    window: tuple[datetime, datetime],
    moved: set[tuple[str, datetime]],
) -> Iterator[Row]:
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    begins = _moment(event["DTSTART"].dt, zone)
    lasts = _moment(event["DTEND"].dt, zone) - begins if "DTEND" in event else None
    title = " ".join(str(event.get("SUMMARY", "")).split())
    rule = event.get("RRULE")
    if rule is None or "RECURRENCE-ID" in event:
        starts = [begins] if window[0] <= begins < window[1] else []
    else:
        starts = _repeated(event, rule, begins, window)
        uid = str(event.get("UID"))
        starts = [start for start in starts if (uid, start) not in moved]
    for start in starts:
        yield start, start + lasts if lasts else None, title


def _repeated(
    event: Any,  # noqa: ANN401  (icalendar's own event)
    rule: Any,  # noqa: ANN401
    begins: datetime,
    window: tuple[datetime, datetime],
) -> list[datetime]:
    # Wall clocks repeat, not moments: 9 h stays 9 h when summer ends. UNTIL is cut to its day.
    zone = begins.tzinfo
    naive = begins.replace(tzinfo=None)
    written = ";".join(
        part if not part.startswith("UNTIL=") else f"{part[:14]}T235959"
        for part in rule.to_ical().decode().split(";")
    )
    repeats = rrulestr(written, dtstart=naive)
    left_out = event.get("EXDATE", [])
    lists = left_out if isinstance(left_out, list) else [left_out]
    gone = {_moment(each.dt, zone) for some in lists for each in some.dts}
    found: list[datetime] = []
    start = repeats.after(window[0].replace(tzinfo=None), inc=True)
    while start is not None and start < window[1].replace(tzinfo=None):
        moment = start.replace(tzinfo=zone)
        if moment not in gone:
            found.append(moment)
        if len(found) == MOST_REPEATED:
            break
        start = repeats.after(start)
    return found


def _moment(value: date | datetime, zone: tzinfo | None) -> datetime:
    """Return a moment in the practice's time; a floating one is meant so, a day begins at 0:00."""
    if not isinstance(value, datetime):
        return datetime.combine(value, time.min, zone)
    return value.replace(tzinfo=zone) if value.tzinfo is None else value.astimezone(zone)
