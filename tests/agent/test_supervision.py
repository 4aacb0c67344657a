import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from vigie.agent.backoff import Backoff
from vigie.agent.supervision import MOST_ABANDONED, Supervisor
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.sensors import Sensor, SensorBlind, Sink

SOON = timedelta(milliseconds=50)
LIMIT = 60  # seconds a busy machine may need for anything here


@dataclass
class Actor:
    """A sensor whose lives are played one after the other; the last one goes on."""

    lives: list[Callable[[Sink, threading.Event], None]]
    name: str = "disk"
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE,)
    begun: int = 0

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        life = self.lives[min(self.begun, len(self.lives) - 1)]
        self.begun += 1
        life(sink, stop)


@dataclass
class Breathing(Actor):
    """A sensor that offers its pulse."""

    last: float = field(default_factory=time.monotonic)
    lasting: bool = False

    def pulse(self) -> float:
        return time.monotonic() if self.lasting else self.last


def lives_on(_: Sink, stop: threading.Event) -> None:
    stop.wait()


def dies(_: Sink, _stop: threading.Event) -> None:
    raise RuntimeError("bug")


def ends(_: Sink, _stop: threading.Event) -> None:
    return


def cannot_see(_: Sink, _stop: threading.Event) -> None:
    raise SensorBlind("no_folder", "/srv is gone")


@contextmanager
def watched(
    *sensors: Sensor, settled: timedelta = SOON, pulse: timedelta = timedelta(hours=1)
) -> Iterator[tuple[Supervisor, list[Evidence]]]:
    seen: list[Evidence] = []
    supervisor = Supervisor(
        sensors,
        seen.append,
        machine="m" * 16,
        backoff=lambda: Backoff(first=timedelta(milliseconds=1), cap=timedelta(milliseconds=5)),
        settled=settled,
        pulse=pulse,
    )
    supervisor.start()
    try:
        yield supervisor, seen
    finally:
        supervisor.stop()


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.02)


def test_a_sensor_that_dies_is_reported_blind_restarted_and_reported_seeing_again() -> None:
    actor = Actor([dies, lives_on])
    with watched(actor) as (supervisor, seen):
        until(lambda: len(seen) >= 2)
        assert supervisor.blind() == ()
    assert isinstance(seen[0], SensorWentBlind)
    assert (seen[0].sensor, seen[0].blinds, seen[0].reason) == ("disk", actor.blinds, "died")
    assert "bug" in seen[0].detail
    assert isinstance(seen[1], SensorSawAgain)
    assert actor.begun == 2


def test_a_sensor_that_returns_early_is_blind_as_well() -> None:
    with watched(Actor([ends, lives_on])) as (_, seen):
        until(lambda: len(seen) >= 2)
    assert isinstance(seen[0], SensorWentBlind)
    assert seen[0].reason == "died"


def test_a_sensor_that_says_why_it_cannot_see_is_reported_in_its_words() -> None:
    with watched(Actor([cannot_see])) as (supervisor, seen):
        until(lambda: len(seen) >= 3)
        assert supervisor.blind() == ("disk",)
    assert {e.reason for e in seen if isinstance(e, SensorWentBlind)} == {"no_folder"}


def test_one_sensor_that_dies_disturbs_no_other() -> None:
    told = threading.Event()

    def tells(sink: Sink, stop: threading.Event) -> None:
        while not stop.wait(0.01):
            sink(Evidence(at=datetime.now(UTC), machine="m" * 16))
            told.set()

    with watched(Actor([dies]), Actor([tells], name="power")) as (supervisor, seen):
        until(lambda: told.is_set() and supervisor.blind() == ("disk",))
        assert supervisor.healthy
    assert any(type(e) is Evidence for e in seen)


def test_a_sensor_that_hangs_is_reported_and_begun_anew_and_no_longer_heard() -> None:
    release = threading.Event()
    late = threading.Event()

    def hangs(sink: Sink, _stop: threading.Event) -> None:
        release.wait(LIMIT)
        sink(Evidence(at=datetime.now(UTC), machine="late"))
        late.set()

    def breathes(_: Sink, stop: threading.Event) -> None:
        actor.lasting = True
        stop.wait()

    actor = Breathing([hangs, breathes])
    with watched(actor, pulse=timedelta(milliseconds=200)) as (supervisor, seen):
        until(lambda: any(isinstance(e, SensorSawAgain) for e in seen))
        release.set()
        assert late.wait(LIMIT)
        assert supervisor.healthy
    blind = [e for e in seen if isinstance(e, SensorWentBlind)]
    assert [e.reason for e in blind] == ["timed_out"]
    assert not [e for e in seen if e.machine == "late"]


def test_too_many_hung_threads_make_the_process_unhealthy() -> None:
    supervisor = Supervisor([], lambda _: None, machine="m" * 16)
    supervisor.start()
    assert supervisor.healthy
    supervisor._abandoned = MOST_ABANDONED + 1
    assert not supervisor.healthy
    supervisor.stop()


def test_stopping_ends_every_sensor_and_reports_nobody_blind() -> None:
    actors = [Actor([lives_on], name=name) for name in ("disk", "power", "usb")]
    with watched(*actors) as (_, seen):
        until(lambda: all(actor.begun for actor in actors))
    assert seen == []
    assert not {thread.name for thread in threading.enumerate()} & {"disk", "power", "usb"}


def test_a_sensor_that_says_itself_that_it_does_not_see_is_blind_in_every_heartbeat() -> None:
    told = threading.Event()
    go_on = threading.Event()

    def dim_for_a_while(sink: Sink, stop: threading.Event) -> None:
        of = {"at": datetime.now(UTC), "machine": "a", "sensor": "disk"}
        sink(SensorWentBlind(**of, blinds=(Danger.RANSOMWARE,), reason="no_space"))
        told.set()
        go_on.wait(LIMIT)
        sink(SensorSawAgain(**of, blinds=(Danger.RANSOMWARE,)))
        stop.wait()

    supervisor = Supervisor([Actor([dim_for_a_while])], lambda _: None, machine="a")
    supervisor.start()
    assert told.wait(LIMIT)
    assert supervisor.blind() == ("disk",)
    go_on.set()
    limit = time.monotonic() + LIMIT
    while supervisor.blind() and time.monotonic() < limit:
        time.sleep(0.01)
    assert supervisor.blind() == ()
    supervisor.stop()
