"""Consultation hours: when nothing but irreversible harm may interrupt."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.practice import ConsultationHours

HORIZON = timedelta(days=31)  # a practice that never closes within a month never will


def consulting(hours: ConsultationHours, now: datetime) -> bool:
    """Return whether patients are being seen at `now` (any time zone)."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    if local.date() in hours.closed:
        return False
    return any(
        span.opens <= local.time().replace(tzinfo=None) < span.closes
        for span in hours.week.get(local.weekday(), ())
    )


def next_quiet(hours: ConsultationHours, now: datetime) -> datetime:
    """Return the first moment, now or later, outside consultations, in the practice's time.

    Raise ValueError if the hours leave no such moment within a month.
    """
    zone = ZoneInfo(hours.timezone)
    moment = now.astimezone(zone)
    while consulting(hours, moment):
        if moment - now > HORIZON:
            raise ValueError("these consultation hours never end")
        span = next(
            span
            for span in hours.week[moment.weekday()]
            if span.opens <= moment.time().replace(tzinfo=None) < span.closes
        )
        moment = datetime.combine(moment.date(), span.closes, tzinfo=zone)
    return moment


def next_consultation(hours: ConsultationHours, now: datetime) -> datetime | None:
    """Return when the next consultation begins after `now`; None if there is none for a month."""
    zone = ZoneInfo(hours.timezone)
    local = now.astimezone(zone)
    for days in range(HORIZON.days):
        day = local.date() + timedelta(days=days)
        if day in hours.closed:
            continue
        for span in sorted(hours.week.get(day.weekday(), ())):
            begins = datetime.combine(day, span.opens, tzinfo=zone)
            if begins > local:
                return begins
    return None
