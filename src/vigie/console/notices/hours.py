"""When a person may be told: their quiet hours, in their own zone. Pure: the clock is given."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vigie.console.notices.models import Wish
from vigie.domain.finding import Gravity


def is_muted(wish: Wish | None, now: datetime) -> bool:
    """Return whether the person has asked to hear nothing at all for now."""
    return bool(wish and wish.muted_until and wish.muted_until > now)


def due(wish: Wish | None, gravity: Gravity, now: datetime) -> datetime:
    """Return when the person may be told of something: now, or when their quiet hours end."""
    if wish is None or wish.quiet_from is None or wish.quiet_until is None:
        return now
    if gravity is Gravity.ALARM and wish.grave_passes:
        return now
    local = now.astimezone(ZoneInfo(wish.timezone))
    begins, ends, clock = wish.quiet_from, wish.quiet_until, local.time()
    over_midnight = begins > ends
    within = clock >= begins or clock < ends if over_midnight else begins <= clock < ends
    if not within:
        return now
    tomorrow = over_midnight and clock >= begins
    day = local.date() + timedelta(days=1) if tomorrow else local.date()
    return datetime.combine(day, ends, local.tzinfo).astimezone(now.tzinfo)
