"""The evening: when the practice is closed, whether a machine may rest, and when it must be up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from vigie.domain.practice import ConsultationHours

AFTER = timedelta(minutes=60)  # letters are still written when the last patient has left
BEFORE = timedelta(minutes=60)  # somebody always comes early
IDLE = timedelta(minutes=30)  # nobody has touched the machine for so long
NOTICE = timedelta(minutes=15)
PUT_OFF = timedelta(hours=2)  # what touching the machine after the notice means
GRACE = timedelta(minutes=1)  # the notice itself, and clocks that round
FARTHEST = 14  # days looked ahead for the next opening: a summer closure is longer, and is slept


class Step(StrEnum):
    """What the evening asks for now."""

    NOTHING = "nothing"
    ANNOUNCE = "announce"
    REST = "rest"
    PUT_OFF = "put_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of a machine at one moment.

    `idle` is None where the system cannot tell; `held` where somebody asks that it go on (an
    inhibitor, a backup, an update, a verification); `announced` is when the notice was given,
    `put_off` until when it was put off.
    """

    now: datetime
    idle: timedelta | None
    held: bool
    announced: datetime | None = None
    put_off: datetime | None = None


def step(hours: ConsultationHours, seen: Situation, notice: timedelta = NOTICE) -> Step:
    """Given the practice's hours and a situation, return what to do."""
    if seen.held or seen.idle is None or not closed(hours, seen.now):
        return Step.NOTHING
    if seen.put_off and seen.now < seen.put_off:
        return Step.NOTHING
    if seen.announced is None or seen.now - seen.announced > 2 * notice:
        return Step.ANNOUNCE if seen.idle >= IDLE else Step.NOTHING
    since = seen.now - seen.announced
    if seen.idle + GRACE < since:
        return Step.PUT_OFF
    return Step.REST if since >= notice else Step.NOTHING


def closed(hours: ConsultationHours, now: datetime) -> bool:
    """Return whether nobody is expected at the practice; never where no hours are known."""
    if not any(hours.week.values()):
        return False
    local = now.astimezone(ZoneInfo(hours.timezone))
    span = _open(hours, local)
    return span is None or not span[0] - BEFORE <= local < span[1] + AFTER


def over(hours: ConsultationHours, now: datetime) -> datetime | None:
    """Return when today's consultations ended, if they have."""
    span = _open(hours, now.astimezone(ZoneInfo(hours.timezone)))
    return span[1] if span and span[1] <= now else None


def opens(hours: ConsultationHours, now: datetime) -> datetime | None:
    """Return when the practice opens next, within two weeks."""
    local = now.astimezone(ZoneInfo(hours.timezone))
    for days in range(FARTHEST + 1):
        span = _open(hours, local + timedelta(days=days))
        if span and span[0] > local:
            return span[0]
    return None


def _open(hours: ConsultationHours, local: datetime) -> tuple[datetime, datetime] | None:
    """Return from when until when patients are seen on the day of `local`, pauses included."""
    spans = hours.week.get(local.weekday(), ())
    if not spans or local.date() in hours.closed:
        return None
    day, zone = local.date(), local.tzinfo
    first = min(span.opens for span in spans)
    last = max(span.closes for span in spans)
    return datetime.combine(day, first, zone), datetime.combine(day, last, zone)
