"""Sensors: one per place of the world. Each observes, and hands evidence on."""

import threading
from collections.abc import Callable
from typing import Protocol

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence

Sink = Callable[[Evidence], object]


class Sensor(Protocol):
    """One place of the world. The agent runs each sensor in a thread of its own.

    `blinds` names the dangers nobody watches while this sensor is blind.
    """

    @property
    def name(self) -> str:
        """Return the sensor's name, a slug: its module."""

    @property
    def blinds(self) -> tuple[Danger, ...]:
        """Return the dangers that depend on this sensor."""

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Hand evidence to `sink` until `stop` is set; return soon after.

        The sink may be called from several threads and returns once the evidence was judged and
        every urgent deed carried out. Raise `SensorBlind` when there is nothing to see with; any
        other exception means the sensor died. Both are reported, and the sensor is restarted.
        """


class SensorBlind(Exception):
    """The sensor cannot see. `reason` is a slug of the shared vocabulary, `detail` stays local."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail or reason)
        self.reason = reason
        self.detail = detail
