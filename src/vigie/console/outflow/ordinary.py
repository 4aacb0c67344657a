"""What a machine ordinarily sends at an hour of the day, beside what it sent around one moment.

The numbers say how much left, never what or to whom: backups over the network, telephony and an
upload look alike. They are shown, and nothing is concluded from them.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

HOUR = timedelta(hours=1)
AROUND = timedelta(hours=24)  # before the moment, and after it
LEARNED = timedelta(days=28)
FEWEST = 5  # days at the same hour, before a range is called ordinary
FAR = 2  # times the top of the ordinary range: one busy hour in twenty is above it anyway
_SATURDAY = 5


class Sent(Protocol):
    """A span and the bytes that left in it."""

    since: datetime
    until: datetime
    sent: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """One hour beside its like. `sent` is None where nothing was measured.

    `low` and `high` hold nine of ten earlier days at this hour (of the same sort, working day or
    weekend), or are None with fewer than five of them. `days` says how many there are.
    """

    at: datetime
    sent: int | None
    low: int | None
    high: int | None
    days: int

    @property
    def beyond(self) -> bool:
        """Return whether far more left than on nearly every earlier day."""
        return self.sent is not None and self.high is not None and self.sent > FAR * self.high


def around(moment: datetime, spans: Iterable[Sent], zone: str) -> Sequence[Hour]:
    """Return the hours around a moment, oldest first; what is learned comes from before them."""
    place = ZoneInfo(zone)
    middle = moment.replace(minute=0, second=0, microsecond=0)
    first = middle - AROUND
    sent = _by_hour(spans)
    like: Mapping[tuple[int, bool], list[int]] = defaultdict(list)
    for at, count in sent.items():
        if first - LEARNED <= at < first:
            like[_sort(at, place)].append(count)
    found = []
    for step in range(2 * (AROUND // HOUR) + 1):
        at = first + step * HOUR
        earlier = sorted(like[_sort(at, place)])
        known = len(earlier) >= FEWEST
        found.append(
            Hour(
                at=at,
                sent=sent.get(at),
                low=earlier[int(0.05 * (len(earlier) - 1))] if known else None,
                high=earlier[-1 - int(0.05 * (len(earlier) - 1))] if known else None,
                days=len(earlier),
            )
        )
    return tuple(found)


def _by_hour(spans: Iterable[Sent]) -> Mapping[datetime, int]:
    """Return the bytes of each hour. A span over several hours is shared out evenly among them."""
    shared: dict[datetime, float] = defaultdict(float)
    for span in spans:
        length = (span.until - span.since).total_seconds()
        at = span.since.replace(minute=0, second=0, microsecond=0)
        while at < span.until and length > 0:
            part = (min(at + HOUR, span.until) - max(at, span.since)).total_seconds()
            shared[at] += span.sent * part / length
            at += HOUR
    return {at: round(count) for at, count in shared.items()}


def _sort(at: datetime, place: ZoneInfo) -> tuple[int, bool]:
    local = at.astimezone(place)
    return local.hour, local.weekday() >= _SATURDAY
