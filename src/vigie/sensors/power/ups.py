"""The UPS: asked every two seconds, so that a power cut is told within five."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vigie.domain.danger import Danger
from vigie.domain.evidence.power import MainsBack, OnBattery, UpsMissing
from vigie.sensors import Sink
from vigie.tools.nut import NutFailed, Said

EVERY = timedelta(seconds=2)
MISSED = 5  # answers in a row before a UPS is said to be silent: its service may restart
REMINDED = timedelta(days=7)  # that there is none is said once a week, not each time we look


@dataclass(slots=True)
class _Cut:
    """A power cut under way."""

    name: str
    began: datetime


def _now() -> datetime:
    return datetime.now(UTC)


class Ups:
    """Watches one UPS. `expected`: the settings name it, so that its silence is a fault."""

    name = "ups"
    blinds = (Danger.POWER_LOSS,)

    def __init__(
        self,
        read: Callable[[], Said],
        *,
        machine: str,
        expected: bool = False,
        clock: Callable[[], datetime] = _now,
        every: timedelta = EVERY,
    ) -> None:
        self._read = read
        self._machine = machine
        self._expected = expected
        self._clock = clock
        self._every = every.total_seconds()
        self._cut: _Cut | None = None
        self._missed = 0
        self._reminded: datetime | None = None

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Ask until stopped."""
        while not stop.is_set():
            self.look(sink)
            stop.wait(self._every)

    def look(self, sink: Sink) -> None:
        """Ask once, and hand on what is new."""
        at = self._clock()
        try:
            said = self._read()
        except NutFailed:
            self._silent(sink, at)
            return
        self._missed, self._reminded = 0, None
        if said.on_battery or (said.low and self._cut):
            self._cut = self._cut or _Cut(at.isoformat(), at)
            sink(self._reading(self._cut, at, said))
        elif self._cut:
            seconds = round((at - self._cut.began).total_seconds())
            outage, self._cut = self._cut.name, None
            sink(MainsBack(at=at, machine=self._machine, outage=outage, seconds=seconds))

    def _reading(self, cut: _Cut, at: datetime, said: Said) -> OnBattery:
        return OnBattery(
            at=at,
            machine=self._machine,
            outage=cut.name,
            began=cut.began,
            runtime=said.runtime,
            charge=said.charge,
            low=said.low,
        )

    def _silent(self, sink: Sink, at: datetime) -> None:
        """Hand on a silence: in a power cut each one counts, else only a lasting one is told."""
        if self._cut:
            cut = self._cut
            sink(
                OnBattery(
                    at=at, machine=self._machine, outage=cut.name, began=cut.began, silent=True
                )
            )
            return
        self._missed += 1
        due = self._reminded is None or at - self._reminded >= REMINDED
        if self._missed >= MISSED and due:
            self._reminded = at
            sink(UpsMissing(at=at, machine=self._machine, silent=self._expected))
