"""When an answer is promised: within two hours, or that long after the practice opens again."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.practice import ConsultationHours
from vigie.watch.calendar import consulting, next_consultation

WITHIN = timedelta(hours=2)
_HOUR = timedelta(hours=1)


def promised(hours: ConsultationHours, now: datetime) -> datetime:
    """Return by when somebody who asks at `now` is answered: a full hour, in the practice's time.

    Where no consultation hours are known, every hour is one in which people wait.
    """
    local = now.astimezone(ZoneInfo(hours.timezone))
    begins = local if consulting(hours, now) else next_consultation(hours, now) or local
    late = begins + WITHIN
    full = late.replace(minute=0, second=0, microsecond=0)
    return full if full == late else full + _HOUR
