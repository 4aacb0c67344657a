"""Moments as people tell them: "lundi 23 novembre", "hier à 8 h 12", "6 jours"."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigie.console.desk import formats


def day(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """Return the day, with its weekday, and its year when that is not this year."""
    local = moment.astimezone(ZoneInfo(zone))
    return formats.day(local.date(), zone, year=_another_year(local, zone, now))


def date(moment: datetime, zone: str, now: datetime | None = None) -> str:
    """Return the day without its weekday."""
    local = moment.astimezone(ZoneInfo(zone))
    return formats.day_of_month(local.date(), zone, year=_another_year(local, zone, now))


def hour(moment: datetime, zone: str) -> str:
    """Return the time of day, such as 8 h 12."""
    return formats.hour(moment, zone)


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


def _another_year(local: datetime, zone: str, now: datetime | None) -> bool:
    return now is not None and local.year != now.astimezone(ZoneInfo(zone)).year
