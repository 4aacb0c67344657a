"""The daily look at the machine, for the agent's duties."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.evidence.machine import MachineSeen
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.routines.surveillance.judging import RULES, Check, checks, right, summary, wrong
from vigie.sensors.machine import System
from vigie.tools.kept_file import keep
from vigie.watch.calendar import next_quiet

LOOKED_AT = time(12, 40)  # machines are on, and nobody consults
REMINDER = timedelta(days=30)
REMEMBERED = 60  # days of room for one file system

Say = Callable[[Danger, Sequence[Finding]], None]


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveillanceDuty:
    """Looks at the machine. `memory` is a file: the room of past days, and what was said.

    `locks` and `clock_seconds` ask parts of the agent that know; both may not know.
    """

    system: System
    memory: Path
    machine: str
    folders: Sequence[Path]
    consultations: ConsultationHours
    say: Say
    locks: Callable[[], bool | None] = lambda: None
    clock_seconds: Callable[[], int | None] = lambda: None
    clock: Callable[[], datetime] = _now
    name: str = "surveillance"
    blinds: tuple[Danger, ...] = field(
        default_factory=lambda: tuple(dict.fromkeys(rule.danger for rule in RULES.values()))
    )

    def due_after(self, moment: datetime) -> datetime:
        """Return the first lunch after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        then = datetime.combine(local.date(), LOOKED_AT, local.tzinfo)
        return next_quiet(self.consultations, then if then > moment else then + timedelta(days=1))

    def run(self) -> None:
        """Look, say what is new, remember."""
        seen = self.look()
        memory = _Memory.read(self.memory).after(seen)
        found = checks(seen, memory.rooms)
        for check in found:
            if (rule := RULES.get(check.name)) and (news := memory.news(check, seen.at)):
                self.say(rule.danger, (news,))
        self.say(Danger.RANSOMWARE, (summary(found),))
        keep(self.memory, memory.said())

    def look(self) -> MachineSeen:
        """Return how the machine stands, what the agent knows of it included."""
        seen = self.system.seen(self.clock(), self.machine, self.folders)
        return replace(seen, locks=self.locks(), clock_seconds=self.clock_seconds())


@dataclass(slots=True)
class _Memory:
    """The room of past days by place, and when each thing that is wrong was said, in seconds."""

    rooms: dict[str, list[tuple[float, int]]]
    wrong: dict[str, float]

    @classmethod
    def read(cls, path: Path) -> "_Memory":
        try:
            said: Mapping[str, Any] = json.loads(path.read_text("utf-8"))
            rooms = {
                str(place): [(float(moment), int(free)) for moment, free in points]
                for place, points in said["rooms"].items()
            }
            return cls(rooms, {str(name): float(at) for name, at in said["wrong"].items()})
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return cls({}, {})

    def after(self, seen: MachineSeen) -> "_Memory":
        """Return the memory with today's room added, and places that are gone forgotten."""
        rooms = {
            room.place: [*self.rooms.get(room.place, []), (seen.at.timestamp(), room.free)][
                -REMEMBERED:
            ]
            for room in seen.rooms
        }
        return _Memory(rooms, dict(self.wrong))

    def news(self, check: Check, at: datetime) -> Finding | None:
        """Return what is to be said of a check now, if anything; remember that it was."""
        last = self.wrong.get(check.name)
        if check.held is False:
            if last is not None and at.timestamp() - last < REMINDER.total_seconds():
                return None
            self.wrong[check.name] = at.timestamp()
            return wrong(check)
        if check.held and last is not None:
            del self.wrong[check.name]
            return right(check)
        return None

    def said(self) -> bytes:
        return json.dumps({"rooms": self.rooms, "wrong": self.wrong}).encode()
