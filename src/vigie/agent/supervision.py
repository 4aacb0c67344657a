"""Supervision: each sensor in a thread of its own, restarted when it ends, reported when blind."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol, runtime_checkable

from vigie.agent.backoff import Backoff
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.sensors import Sensor, SensorBlind, Sink

log = logging.getLogger(__name__)

SETTLED = timedelta(seconds=20)  # running that long after a restart, a sensor sees again
PULSE = timedelta(seconds=60)  # no sign of life for that long, and a sensor hangs
GRACE = timedelta(seconds=5)  # for a sensor asked to stop
MOST_ABANDONED = 3  # hung threads cannot be ended: beyond these, the process has to be
_TICK = 1.0  # seconds between two looks at the sensors


@runtime_checkable
class Pulsing(Protocol):
    """A sensor that can tell whether it still runs."""

    def pulse(self) -> float:
        """Return the monotonic time, in seconds, of its last sign of life."""


@dataclass(slots=True)
class _Run:
    """One life of one sensor. `over` is set when nobody listens to it any more."""

    thread: threading.Thread
    stop: threading.Event
    over: threading.Event
    since: float


@dataclass(slots=True)
class _Post:
    """One sensor, and how its lives went. `dim`: it runs, and says itself that it does not see."""

    sensor: Sensor
    backoff: Backoff
    run: _Run | None = None
    blind: bool = False
    dim: bool = False
    again_at: float = 0.0
    ending: tuple[str, str] | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class Supervisor:
    """Keep the sensors observing until `stop`; tell `sink` when one goes blind or sees again."""

    def __init__(  # noqa: PLR0913  (the limits are told apart by name)
        self,
        sensors: Sequence[Sensor],
        sink: Sink,
        *,
        machine: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        backoff: Callable[[], Backoff] = Backoff,
        settled: timedelta = SETTLED,
        pulse: timedelta = PULSE,
    ) -> None:
        self._posts = [_Post(sensor, backoff()) for sensor in sensors]
        self._sink = sink
        self._machine = machine
        self._clock = clock
        self._settled = settled.total_seconds()
        self._pulse = pulse.total_seconds()
        self._stop = threading.Event()
        self._abandoned = 0
        self._round = threading.Thread(target=self._go_round, name="supervision", daemon=True)

    def start(self) -> None:
        """Start every sensor."""
        self._round.start()

    def stop(self) -> None:
        """Ask every sensor to stop, and wait a moment for each."""
        self._stop.set()
        if self._round.is_alive():
            self._round.join()
        for post in self._posts:
            if post.run:
                post.run.stop.set()
        deadline = time.monotonic() + GRACE.total_seconds()
        for post in self._posts:
            if post.run:
                post.run.thread.join(max(0.0, deadline - time.monotonic()))
                post.run.over.set()

    def blind(self) -> tuple[str, ...]:
        """Return the names of the sensors that do not see at this moment."""
        return tuple(sorted(post.sensor.name for post in self._posts if post.blind or post.dim))

    @property
    def healthy(self) -> bool:
        """Return whether this process can still be trusted to watch."""
        alive = self._round.is_alive() or self._stop.is_set()
        return alive and self._abandoned <= MOST_ABANDONED

    def _go_round(self) -> None:
        while True:
            for post in self._posts:
                self._look_at(post, time.monotonic())
            if self._stop.wait(_TICK):
                return

    def _look_at(self, post: _Post, now: float) -> None:
        run = post.run
        if run is None:
            if now >= post.again_at:
                self._begin(post)
        elif not run.thread.is_alive():
            reason, detail = post.ending or ("died", "it ended by itself")
            self._mark_blind(post, reason, detail)
        elif self._hangs(post.sensor, run, now):
            run.stop.set()
            run.thread.join(GRACE.total_seconds())
            self._abandoned += run.thread.is_alive()
            self._mark_blind(post, "timed_out", "no sign of life")
        elif post.blind and now - run.since >= self._settled:
            post.blind = False
            post.backoff.reset()
            sensor = post.sensor
            self._tell(
                SensorSawAgain(
                    at=self._clock(),
                    machine=self._machine,
                    sensor=sensor.name,
                    blinds=sensor.blinds,
                )
            )

    def _hangs(self, sensor: Sensor, run: _Run, now: float) -> bool:
        if not isinstance(sensor, Pulsing):
            return False
        # A pulse of an earlier life says nothing about this one.
        return now - max(sensor.pulse(), run.since) > self._pulse

    def _begin(self, post: _Post) -> None:
        stop, over = threading.Event(), threading.Event()
        post.ending, post.dim = None, False
        thread = threading.Thread(
            target=self._live, args=(post, stop, over), name=post.sensor.name, daemon=True
        )
        post.run = _Run(thread, stop, over, time.monotonic())
        thread.start()

    def _live(self, post: _Post, stop: threading.Event, over: threading.Event) -> None:
        def sink(evidence: Evidence) -> None:
            if over.is_set():  # a hung life that wakes up again must not be heard twice
                return
            if isinstance(evidence, SensorWentBlind | SensorSawAgain):
                post.dim = isinstance(evidence, SensorWentBlind)
            self._sink(evidence)

        ending = ("died", "it ended by itself")
        try:
            post.sensor.observe(sink, stop)
        except SensorBlind as blind:
            ending = (blind.reason, blind.detail)
        except Exception as failure:  # a sensor that dies is blindness, reported and restarted
            log.exception("the sensor %s died", post.sensor.name)
            ending = ("died", repr(failure))
        if not over.is_set():
            post.ending = ending

    def _mark_blind(self, post: _Post, reason: str, detail: str) -> None:
        if post.run:
            post.run.over.set()
        post.run = None
        if not post.blind:
            post.backoff.reset()
        post.again_at = time.monotonic() + post.backoff.after_failure().total_seconds()
        post.blind = True
        sensor = post.sensor
        log.warning("the sensor %s does not see: %s %s", sensor.name, reason, detail)
        self._tell(
            SensorWentBlind(
                at=self._clock(),
                machine=self._machine,
                sensor=sensor.name,
                blinds=sensor.blinds,
                reason=reason,
                detail=detail,
            )
        )

    def _tell(self, evidence: SensorWentBlind | SensorSawAgain) -> None:
        self._sink(evidence)
