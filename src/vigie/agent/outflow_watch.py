"""How much leaves this machine, told once an hour: numbers for the day on which somebody asks.

The counters are read every five minutes; what they add up to leaves as one word an hour. While the
machine sleeps or the agent is not there, nothing is guessed: what left meanwhile is told as one
longer span.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from vigie.agent.loop import Agent
from vigie.sensors import SensorBlind
from vigie.sensors.outflow import counters
from vigie.tools.boot import this_start
from vigie.tools.kept_file import keep
from vigie.wire.reports import OutflowWord

FILE = "outflow.json"  # in the agent's own folder
NAME = "outflow"
EVERY = timedelta(minutes=5)
ABSENT = timedelta(minutes=15)  # longer between two readings: nobody was looking


@dataclass(slots=True)
class _Sum:
    """What has left since `since`; `at` and `cards` are the last reading, `start` the boot."""

    start: str
    at: datetime
    cards: Mapping[str, int]
    since: datetime
    sent: int = 0


@dataclass(slots=True, kw_only=True)
class OutflowMeter:
    """Adds up what leaves. `memory` is a file; `say` keeps a word for the console."""

    memory: Path
    machine: str
    say: Callable[[OutflowWord], object]
    read: Callable[[], Mapping[str, int]] = counters.sent
    start: Callable[[], bytes] = this_start
    _sum: _Sum | None = field(default=None, init=False)

    def look(self, now: datetime) -> None:
        """Read the counters if it is time. Raise SensorBlind where there are none."""
        known = self._sum or _remembered(self.memory)
        if known is not None and timedelta(0) <= now - known.at < EVERY:
            self._sum = known
            return
        cards, start = self.read(), self.start().hex()
        if known is None:
            known = _Sum(start, now, cards, now)
        else:
            self._add(known, cards, start, now)
        self._sum = known
        keep(self.memory, _written(known))

    def _add(self, known: _Sum, cards: Mapping[str, int], start: str, now: datetime) -> None:
        # A machine that started anew counts from zero: all it holds left since.
        before = known.cards if start == known.start else {}
        left = counters.between(before, cards)
        if now < known.at:  # the clock was set back: the span cannot be told, its bytes are kept
            known.since = now
        elif now - known.at > ABSENT:
            self._tell(known.since, known.at, known.sent, now)
            self._tell(known.at, now, left, now)
            known.since, known.sent, left = now, 0, 0
        known.sent += left
        known.start, known.at, known.cards = start, now, cards
        if _hour(now) > _hour(known.since):
            self._tell(known.since, now, known.sent, now)
            known.since, known.sent = now, 0

    def _tell(self, since: datetime, until: datetime, sent: int, now: datetime) -> None:
        if since >= until:
            return
        # Told again after a kill, it is the same word: the console keeps it once.
        name = hashlib.sha256(f"{self.machine} {since.isoformat()}".encode()).hexdigest()[:32]
        self.say(OutflowWord(id=name, at=now, since=since, until=until, sent=min(sent, 2**53)))


def outflow_watch(agent: Agent) -> Callable[[datetime], None]:
    """Return what the agent does each minute about what leaves this machine."""
    meter = OutflowMeter(memory=agent.folder / FILE, machine=agent.machine, say=agent.outbox.keep)

    def look(now: datetime) -> None:
        try:
            meter.look(now)
        except SensorBlind as blind:
            agent.go_blind(NAME, (), blind.reason, blind.detail)
        else:
            agent.see_again(NAME)

    return look


def _hour(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def _remembered(memory: Path) -> _Sum | None:
    try:
        row: Mapping[str, Any] = json.loads(memory.read_text("utf-8"))
        return _Sum(
            start=str(row["start"]),
            at=datetime.fromisoformat(row["at"]),
            cards={str(name): int(count) for name, count in row["cards"].items()},
            since=datetime.fromisoformat(row["since"]),
            sent=int(row["sent"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _written(known: _Sum) -> bytes:
    row = {
        "start": known.start,
        "at": known.at.isoformat(),
        "cards": dict(known.cards),
        "since": known.since.isoformat(),
        "sent": known.sent,
    }
    return json.dumps(row).encode()
