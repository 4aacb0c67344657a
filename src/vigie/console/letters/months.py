"""A month of one practice, in its own time."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_WRITTEN = re.compile(r"(\d{4})-(\d{2})")
_LAST = 12


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One month of the calendar; what belongs to it depends on the practice's time zone."""

    year: int
    number: int

    def __post_init__(self) -> None:
        """Refuse a month that no calendar has."""
        date(self.year, self.number, 1)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Given 2026-11, return the month. Raise ValueError for anything else."""
        if (found := _WRITTEN.fullmatch(text)) is None:
            raise ValueError(f"a month is written 2026-11, not {text!r}")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, moment: datetime, zone: str) -> "Month":
        """Return the month in which a moment lies."""
        local = moment.astimezone(ZoneInfo(zone))
        return cls(local.year, local.month)

    @property
    def previous(self) -> "Month":
        """Return the month before."""
        before = self.first - timedelta(days=1)
        return Month(before.year, before.month)

    @property
    def following(self) -> "Month":
        """Return the month after."""
        return Month(self.year + self.number // _LAST, self.number % _LAST + 1)

    @property
    def first(self) -> date:
        """Return its first day: how the archive keeps it."""
        return date(self.year, self.number, 1)

    @property
    def days(self) -> int:
        """Return how many days it has."""
        return monthrange(self.year, self.number)[1]

    def begins(self, zone: str) -> datetime:
        """Return its first moment."""
        return datetime(self.year, self.number, 1, tzinfo=ZoneInfo(zone))

    def ends(self, zone: str) -> datetime:
        """Return the first moment after it."""
        return self.following.begins(zone)

    def day(self, moment: datetime, zone: str) -> int:
        """Return the day of this month a moment lies in, 0 for a moment outside."""
        local = moment.astimezone(ZoneInfo(zone))
        return local.day if (local.year, local.month) == (self.year, self.number) else 0

    def __str__(self) -> str:
        """Return it as 2026-11."""
        return f"{self.year:04}-{self.number:02}"
