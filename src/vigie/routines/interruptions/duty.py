"""The count of interruptions, for the agent's duties: one report for each day that is over."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import ConsultationHours
from vigie.tools.kept_file import keep
from vigie.watch.calendar import next_quiet

COUNTED_AT = time(12, 45)
MOST_DAYS = 31  # what is caught up after a long rest
FACT = "interruptions_counted"

Count = Callable[[datetime, datetime], int]
Say = Callable[[str, Danger, Finding], None]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class InterruptionsDuty:
    """Counts yesterday's interruptions, and those of days it missed.

    `count` counts between two moments, the later one left out. `say` takes the report's id, made
    of machine and day: a day told twice is one row. `mark` is the file with the last day told.
    """

    count: Count
    say: Say
    mark: Path
    machine: str
    consultations: ConsultationHours
    clock: Callable[[], datetime] = _now
    name: str = "interruptions"
    blinds: tuple[Danger, ...] = ()

    def due_after(self, moment: datetime) -> datetime:
        """Return the first lunch after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        then = datetime.combine(local.date(), COUNTED_AT, local.tzinfo)
        return next_quiet(self.consultations, then if then > moment else then + timedelta(days=1))

    def run(self) -> None:
        """Tell each day that is over and was not told."""
        zone = ZoneInfo(self.consultations.timezone)
        today = self.clock().astimezone(zone).date()
        day = max(self._told(today) + timedelta(days=1), today - timedelta(days=MOST_DAYS))
        while day < today:
            begins = datetime.combine(day, time.min, zone)
            ends = datetime.combine(day + timedelta(days=1), time.min, zone)
            shown = self.count(begins, ends - timedelta(microseconds=1))
            finding = Finding(gravity=Gravity.NOTE, fact=FACT, numbers={"shown": shown})
            identity = hashlib.sha256(f"{FACT} {self.machine} {day}".encode()).hexdigest()[:32]
            self.say(identity, Danger.RANSOMWARE, finding)
            keep(self.mark, day.isoformat().encode())
            day += timedelta(days=1)

    def _told(self, today: date) -> date:
        """Return the last day that was told; on the first run, the day before yesterday."""
        try:
            return date.fromisoformat(self.mark.read_text("ascii"))
        except (OSError, ValueError):
            return today - timedelta(days=2)
