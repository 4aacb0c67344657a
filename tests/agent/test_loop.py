"""The whole agent: real threads, a real console over TLS, kills and a clock that jumps."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from small_console import MACHINE, PRACTICE, Console

from vigie.agent import loop as loop_module
from vigie.agent.composition import parts
from vigie.agent.enrolment import Enrolment
from vigie.agent.loop import Agent, Parts
from vigie.agent.settings import parse
from vigie.agent.single import AlreadyRunning
from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.sensors import Sink
from vigie.tools import keys
from vigie.tools.undo import UndoBook
from vigie.wire import orders
from vigie.wire.orders import BackUpNow, Order, UndoDeeds, Wish
from vigie.wire.reports import HeartbeatWord, ReportWord, SignedOrder

CARETAKER = Ed25519PrivateKey.generate()
SETTINGS = parse('[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n')
NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
LIMIT = 90  # seconds a busy machine may need for anything here


@dataclass
class Frail:
    """A sensor that dies at its first life, and lives on in the second."""

    name: str = "disk"
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE,)
    lives: int = 0

    def observe(self, _: Sink, stop: threading.Event) -> None:
        self.lives += 1
        if self.lives == 1:
            raise RuntimeError("bug")
        stop.wait()


@dataclass
class Door:
    """A responder whose deed is a door."""

    deed: Deed = Deed.BLOCK
    shut: bool = True
    undone: list[str] = field(default_factory=list)

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        undo.register(report=report, deed=self.deed, target=response.target)
        self.shut = True
        return Outcome(deed=self.deed, result=Result.DONE, at=at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        del note
        self.shut = False
        self.undone.append(target)
        return Outcome(deed=self.deed, result=Result.UNDONE, at=at)


def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loop_module, "TICK", timedelta(milliseconds=100))


@pytest.fixture
def enrolled(console: Console, tmp_path: Path) -> Path:
    """Return the home of a machine that belongs to a practice."""
    console.caretakers = (keys.public_text(CARETAKER),)
    enrolment = Enrolment(tmp_path / "agent")
    code = "ABCD-EFGH-JKLM-NPQR"
    enrolment.apply(code, console.address, authority=console.authority)
    return tmp_path


@contextmanager
def running(agent: Agent, chosen: Parts | None = None) -> Iterator[Agent]:
    thread = threading.Thread(target=agent.run, args=(chosen or Parts(),))
    thread.start()
    try:
        yield agent
    finally:
        agent.stop()
        thread.join(LIMIT)
        assert not thread.is_alive()


def facts(console: Console) -> list[str]:
    reports = [item for item in console.kept if isinstance(item, ReportWord)]
    return [fact.fact for report in reports for fact in report.facts]


def order(sequence: int, wish: Wish) -> SignedOrder:
    body = orders.encode(
        Order(
            practice=PRACTICE,
            machine=MACHINE,
            sequence=sequence,
            expires=datetime.now(UTC) + timedelta(hours=1),
            wish=wish,
        )
    )
    public = keys.public_text(CARETAKER)
    return SignedOrder(body=body.decode(), key=public, signature=keys.sign(CARETAKER, body))


def test_a_blind_sensor_reaches_the_console_and_so_do_signs_of_life(
    console: Console, enrolled: Path
) -> None:
    states: list[str] = []
    with running(Agent(SETTINGS, enrolled), Parts(sensors=[Frail()], alive=states.append)) as agent:
        until(lambda: any(isinstance(item, HeartbeatWord) for item in console.kept))
        until(lambda: agent.console.hurry() or "sensor_blind" in facts(console))
    assert states[0] == "READY=1"
    assert "WATCHDOG=1" in states
    assert states[-1] == "STOPPING=1"


def test_one_order_undoes_everything_done_under_a_report(console: Console, enrolled: Path) -> None:
    door = Door()
    agent = Agent(SETTINGS, enrolled)
    report = "5" * 32
    door.carry_out(
        Response(deed=Deed.BLOCK, target="/srv"),
        report=report,
        at=datetime.now(UTC),
        undo=agent.undo,
    )
    console.orders = [order(1, UndoDeeds(report=report))]
    with running(agent, Parts(responders={Deed.BLOCK: door})):
        until(lambda: door.undone)
        until(lambda: "order_done" in facts(console))
        assert agent.undo.pending() == ()
    done = [i for i in console.kept if isinstance(i, ReportWord) and i.outcomes]
    assert [(o.deed, o.result) for o in done[0].outcomes] == [(Deed.BLOCK, Result.UNDONE)]


def test_a_wish_that_is_not_wired_is_answered_as_a_refused_order(
    console: Console, enrolled: Path
) -> None:
    console.orders = [order(1, BackUpNow())]
    with running(Agent(SETTINGS, enrolled)):
        until(lambda: "order_refused" in facts(console))
    assert "order_taken" not in facts(console)


def test_an_enrolment_that_comes_while_the_agent_runs_is_taken_up(
    console: Console, tmp_path: Path
) -> None:
    with running(Agent(SETTINGS, tmp_path)) as agent:
        console.caretakers = (keys.public_text(CARETAKER),)
        code = "ABCD-EFGH-JKLM-NPQR"
        agent.enrolment.apply(code, console.address, authority=console.authority)
        until(lambda: console.sizes)


def test_an_agent_that_cannot_begin_leaves_nothing_locked(tmp_path: Path) -> None:
    def fail() -> None:
        raise RuntimeError("no vault")

    with pytest.raises(RuntimeError, match="no vault"):
        Agent(SETTINGS, tmp_path).run(Parts(at_start=[fail], sensors=[Frail(lives=1)]))
    with running(Agent(SETTINGS, tmp_path)):
        pass


def test_two_agents_do_not_share_a_home(tmp_path: Path) -> None:
    with running(Agent(SETTINGS, tmp_path)), pytest.raises(AlreadyRunning):
        Agent(SETTINGS, tmp_path)
    with running(Agent(SETTINGS, tmp_path)):
        pass


def test_a_damaged_spool_is_reported_and_stops_no_watch(
    console: Console, enrolled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "built", lambda: (Danger.RANSOMWARE,))
    (enrolled / "agent" / "spool.db").write_bytes(b"not a database at all" * 500)
    with running(Agent(SETTINGS, enrolled)) as agent:
        until(lambda: agent.console.hurry() or "sensor_blind" in facts(console))
    assert list((enrolled / "agent").glob("spool.db.damaged-*"))


def run_until_killed(home: Path, mouth: int) -> None:
    """Run an agent in this process whose slow deed, at its first evidence, is the end of it."""

    @dataclass
    class Last(Door):
        deed: Deed = Deed.TELL

        def carry_out(
            self, response: Response, *, report: str, at: datetime, undo: UndoBook
        ) -> Outcome:
            del response, at, undo
            os.write(mouth, report.encode())
            os.kill(os.getpid(), signal.SIGKILL)
            raise AssertionError(report)

    @dataclass
    class Alarmed(Frail):
        def observe(self, sink: Sink, stop: threading.Event) -> None:
            sink(
                SensorWentBlind(
                    at=NOW, machine=MACHINE, sensor="x", blinds=self.blinds, reason="died"
                )
            )
            stop.wait()

    agent = Agent(SETTINGS, home)
    agent.pauses.decide = lambda _danger, _findings: (Response(deed=Deed.TELL),)  # type: ignore[method-assign]
    agent.run(Parts(sensors=[Alarmed()], responders={Deed.TELL: Last()}))


def test_a_kill_in_the_middle_of_a_deed_leaves_no_deed_untold(
    console: Console, enrolled: Path
) -> None:
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            run_until_killed(enrolled, mouth)
        finally:
            os._exit(1)
    os.close(mouth)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status)
    with os.fdopen(ear) as said:
        report = said.read()
    with running(Agent(SETTINGS, enrolled)) as agent:
        until(lambda: agent.console.hurry() or [item for item in console.kept if item.id == report])


@pytest.mark.parametrize("jump", [timedelta(days=1), timedelta(days=-1)])
def test_a_clock_that_jumps_a_day_neither_stalls_nor_floods(
    enrolled: Path, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "HEARTBEAT", timedelta(seconds=1))
    off = [timedelta(0)]
    minutes: list[datetime] = []
    agent = Agent(SETTINGS, enrolled, clock=lambda: datetime.now(UTC) + off[0])
    with running(agent, Parts(each_minute=[minutes.append])):
        until(lambda: len(minutes) >= 2)
        off[0] = jump
        before, begun = len(minutes), time.monotonic()
        until(lambda: len(minutes) >= before + 3)
        beats = len(minutes) - before
        assert beats <= time.monotonic() - begun + 2
        until(lambda: agent.console.hurry() or "clock" in agent._blind)


def test_the_standard_parts_hold_the_three_deeds_of_every_machine(tmp_path: Path) -> None:
    agent = Agent(SETTINGS, tmp_path)
    chosen = parts(agent, responders=[Door()])
    assert set(chosen.responders) == {Deed.ISOLATE, Deed.TELL, Deed.ASK, Deed.BLOCK}
    with running(agent, chosen):
        pass


def test_at_rest_the_agent_hardly_uses_the_machine(
    enrolled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop_module, "TICK", timedelta(seconds=5))
    process = psutil.Process()
    quiet = Frail(lives=1)
    with running(Agent(SETTINGS, enrolled), Parts(sensors=[quiet])):
        until(lambda: quiet.lives == 2)
        time.sleep(2)
        begun, used = time.monotonic(), process.cpu_times()
        time.sleep(8)
        now = process.cpu_times()
        spent = now.user + now.system - used.user - used.system
        assert spent / (time.monotonic() - begun) < 0.05
