"""When updates run: in the evening, outside consultations, and not before somebody's wish."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.practice import ConsultationHours
from vigie.routines.updates.register import Register
from vigie.watch.calendar import consulting, next_consultation, next_quiet

ALL = "all"
# What a whole update and its way back may take: it is not begun with less before a patient comes.
NEEDED = timedelta(minutes=90)


def calling(hour: time, hours: ConsultationHours, now: datetime) -> datetime:
    """Return the next evening's hour after `now`, outside consultations."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    evening = datetime.combine(local.date(), hour, local.tzinfo)
    later = evening if evening > now else evening + timedelta(days=1)
    return next_quiet(hours, later)


def may_begin(hours: ConsultationHours, now: datetime) -> bool:
    """Return whether an update could begin and end now without meeting a patient."""
    until = next_consultation(hours, now)
    return not consulting(hours, now) and (until is None or until - now >= NEEDED)


def allow(register: Register, update: int, now: datetime) -> None:
    """Remember that an update, known by its number, may be installed."""
    register.hold(allowed={**register.held().allowed, str(update): now})


def first_seen(register: Register, update: int, now: datetime) -> datetime:
    """Return when an update was first offered here, and remember it."""
    seen = register.held().seen
    if str(update) not in seen:
        register.hold(seen={**seen, str(update): now})
        return now
    return seen[str(update)]


def put_off(register: Register, until: datetime) -> datetime:
    """Let all updates wait until then, unless they wait longer already; return until when."""
    register.hold(put_off={**register.held().put_off, ALL: until})
    return until


def put_off_until(register: Register, now: datetime) -> datetime | None:
    """Return until when updates wait, or None if they do not."""
    until = register.held().put_off.get(ALL)
    return until if until and until > now else None
