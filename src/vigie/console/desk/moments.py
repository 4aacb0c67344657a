"""Dates and hours as people read them: "lundi 23 novembre", "8 h 12"."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

_DAY = {"fr": "l j F", "de": "l, j. F", "en": "l j F"}
_SHORT = {"fr": "j F", "de": "j. F", "en": "j F"}


def day(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """Return the day, with its weekday, and its year when that is not this year."""
    return _written(moment, zone, now, _DAY)


def date(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """Return the day without its weekday."""
    return _written(moment, zone, now, _SHORT)


def hour(moment: datetime, zone: str) -> str:
    """Return the time of day, such as 8 h 12."""
    local = moment.astimezone(ZoneInfo(zone))
    wording = {
        "fr": f"{local.hour}\u00a0h\u00a0{local.minute:02}",
        "de": f"{local.hour}:{local.minute:02}\u00a0Uhr",
    }
    return wording.get(_language(), f"{local.hour}:{local.minute:02}")


def moment(at: datetime, zone: str, now: datetime) -> str:
    """Return the hour of a moment today, else its day and hour."""
    local, today = at.astimezone(ZoneInfo(zone)).date(), now.astimezone(ZoneInfo(zone)).date()
    if local == today:
        return _("today at %(hour)s") % {"hour": hour(at, zone)}
    if local == today - timedelta(days=1):
        return _("yesterday at %(hour)s") % {"hour": hour(at, zone)}
    return _("%(day)s at %(hour)s") % {"day": date(at, zone, now), "hour": hour(at, zone)}


def age(span: timedelta) -> str:
    """Return a length of time in days, hours or minutes."""
    if span >= timedelta(days=1):
        return ngettext("%(n)d day", "%(n)d days", span.days) % {"n": span.days}
    hours = int(span / timedelta(hours=1))
    if hours:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    minutes = max(1, int(span / timedelta(minutes=1)))
    return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}


def _written(at: datetime, zone: str, now: datetime | None, shapes: dict[str, str]) -> str:
    local = at.astimezone(ZoneInfo(zone))
    shape = shapes[_language()]
    if now is not None and local.year != now.astimezone(ZoneInfo(zone)).year:
        shape += " Y"
    # A day number never stands alone at the end of a line.
    return re.sub(r"(?<=\d) |(?<=\d\.) ", "\u00a0", date_format(local, shape))


def _language() -> str:
    language = (get_language() or "fr")[:2]
    return language if language in _DAY else "fr"
