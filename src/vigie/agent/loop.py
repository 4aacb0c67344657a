"""The loop: the agent of one machine, put together and kept going until it is told to stop."""

import logging
import signal
import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie import __version__
from vigie.agent.console_side import ConsoleSide
from vigie.agent.deadman import DeadMan
from vigie.agent.duties import Duties, Routine
from vigie.agent.enrolment import Enrolment
from vigie.agent.orders import Fulfil, Taken, WishFailed
from vigie.agent.outbox import Outbox
from vigie.agent.pauses import Pauses
from vigie.agent.settings import Settings
from vigie.agent.single import Single
from vigie.agent.spine import Spine
from vigie.agent.spool import Spool
from vigie.agent.spool_file import SpoolTrouble
from vigie.agent.supervision import Supervisor
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.response import Deed, Outcome
from vigie.domain.verdict import Report, Verdict
from vigie.guards import built, guards
from vigie.responders import Responder
from vigie.sensors import Sensor
from vigie.tools.journal import JOURNAL
from vigie.tools.known_bad import KnownBad
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Decide, Patrol
from vigie.wire.envelope import ENROLLING, WINDOW
from vigie.wire.orders import Pause, UndoDeeds, Wish
from vigie.wire.reports import BadFileWord, HeartbeatWord, report_word

log = logging.getLogger(__name__)

HEARTBEAT = timedelta(minutes=1)
TICK = timedelta(seconds=5)  # the system's watchdog waits for sixty
DUTY_TICK = timedelta(seconds=30)  # a duty may begin that much late: nobody waits for it
PATIENCE = timedelta(seconds=3)  # for someone who looks whether an agent runs
MOST_BLIND = 32  # names in one heartbeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What an agent is made of, chosen in the composition root.

    `fulfil` says by wish what can be done; UndoDeeds and Pause are the loop's own. `at_start` runs
    once, before the first sensor; `each_tick` and `each_minute` are called with the time, `at_end`
    when everything else has ended; `alive` tells the system's watchdog (`READY=1`, …). `over` may
    change what policy decides: a calibration does.
    """

    sensors: Sequence[Sensor] = ()
    responders: Mapping[Deed, Responder] = field(default_factory=dict)
    routines: Sequence[Routine] = ()
    fulfil: Mapping[type[Wish], Fulfil] = field(default_factory=dict)
    at_start: Sequence[Callable[[], object]] = ()
    at_end: Sequence[Callable[[], object]] = ()
    each_tick: Sequence[Callable[[datetime], object]] = ()
    each_minute: Sequence[Callable[[datetime], object]] = ()
    alive: Callable[[str], None] = lambda _: None
    over: Callable[[Decide], Decide] = lambda decide: decide


def _now() -> datetime:
    return datetime.now(UTC)


class Agent:
    """The agent of one machine, whose home is `home`: open it, then `run` it with its parts.

    The parts may hold its `see`, `outbox`, `undo` and `under_way`. Raise AlreadyRunning when
    another agent has the same home.
    """

    def __init__(
        self, settings: Settings, home: Path, clock: Callable[[], datetime] = _now
    ) -> None:
        self.settings = settings
        self.folder = home / "agent"
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._single = Single(self.folder / "agent.lock", PATIENCE)
        self._clock = clock
        self.enrolment = Enrolment(self.folder)
        most = settings.spool_bytes
        self.spool = Spool(self.folder / "spool.db", most_bytes=most, clock=clock)
        self.known_bad = KnownBad(self.folder / "known_bad.db")
        self.console = ConsoleSide(
            self.folder,
            self.enrolment,
            self.spool,
            journal=home / JOURNAL,
            clock=clock,
            learnt=self.known_bad.learn,
        )
        self.outbox = Outbox(self.spool, self.console.hurry)
        self.undo = UndoBook(self.folder / "undo.db")
        self.under_way: dict[str, Verdict] = {}
        self.pauses = Pauses()
        membership = self.enrolment.membership()
        # The wire never carries it: the signed request names the machine.
        self.machine = membership.machine if membership else ENROLLING
        self._stop = threading.Event()
        self._blind: dict[str, tuple[Danger, ...]] = {}
        self._spine: Spine | None = None
        self._supervisor: Supervisor | None = None
        self._deadman: DeadMan | None = None

    def see(self, evidence: Evidence) -> None:
        """Hand one piece of evidence to the spine, while the agent runs."""
        self.conclude(evidence)

    def conclude(self, evidence: Evidence) -> tuple[Verdict, ...]:
        """Hand one piece of evidence to the spine; return what was concluded."""
        return self._spine.see(evidence) if self._spine else ()

    def stop(self) -> None:
        """Ask `run` to end."""
        self._stop.set()

    def run(self, parts: Parts) -> None:
        """Watch until `stop` or SIGTERM; then end every part in order, and close every file."""
        if threading.current_thread() is threading.main_thread():
            for ending in (signal.SIGTERM, signal.SIGINT):
                signal.signal(ending, lambda *_: self.stop())
        patrol = Patrol(guards(), parts.over(self.pauses.decide))
        self._spine = Spine(
            patrol,
            parts.responders,
            self.undo,
            self._keep,
            self._clock,
            self.under_way,
            lambda _, report: self.outbox.draft(report_word(report)),
        )
        self._supervisor = Supervisor(
            parts.sensors, self.see, machine=self.machine, clock=self._clock
        )
        duties = Duties(
            self.folder / "duties.db",
            parts.routines,
            hours=self.settings.practice.hours,
            failed=lambda routine, why: self.go_blind(routine.name, routine.blinds, "died", why),
            worked=lambda routine: self.see_again(routine.name),
            clock=self._clock,
        )
        worker = threading.Thread(
            target=self._do_duties, args=(duties,), name="duties", daemon=True
        )
        try:
            self._take_up()
            for call in parts.at_start:
                call()
            self._supervisor.start()
            worker.start()
            if self.settings.console.dead_man:
                self._deadman = DeadMan(self.settings.console.dead_man, self._healthy)
                self._deadman.start()
            self._go_on(parts)
        finally:
            self._end(parts, worker, duties)

    def take_back(self, report: str, *, leaving: Collection[Deed] = ()) -> tuple[Outcome, ...]:
        """Undo everything done about one report, but for the deeds in `leaving`.

        Raise WishFailed while the agent is ending.
        """
        if self._spine is None:
            raise WishFailed("the agent is ending")
        return self._spine.take_back(report, leaving=leaving)

    def go_blind(
        self, name: str, blinds: tuple[Danger, ...], reason: str, detail: str = ""
    ) -> None:
        """Report that a part of the agent fails; say it again only after `see_again`."""
        if name in self._blind:
            return
        self._blind[name] = blinds
        log.warning("%s: %s %s", name, reason, detail)
        self.see(
            SensorWentBlind(
                at=self._clock(),
                machine=self.machine,
                sensor=name,
                blinds=blinds,
                reason=reason,
                detail=detail,
            )
        )

    def see_again(self, name: str) -> None:
        """Report that a part that failed works again."""
        blinds = self._blind.pop(name, None)
        if blinds is not None:
            at = self._clock()
            self.see(SensorSawAgain(at=at, machine=self.machine, sensor=name, blinds=blinds))

    def call_bad(self, digest: str, danger: Danger) -> None:
        """Have a file that was judged bad refused here, and at every other practice."""
        if self.known_bad.add(digest):
            self.outbox.keep(
                BadFileWord(id=uuid.uuid4().hex, at=self._clock(), danger=danger, digest=digest)
            )

    def _go_on(self, parts: Parts) -> None:
        """Tick until stopped. Intervals are monotonic: a clock that jumps stalls nothing."""
        own: dict[type[Wish], Fulfil] = {UndoDeeds: self._take_back, Pause: self.pauses.begin}
        fulfil = {**own, **parts.fulfil}
        parts.alive("READY=1")
        beat = time.monotonic() - HEARTBEAT.total_seconds()
        while not self._stop.is_set():
            if self._healthy():
                parts.alive("WATCHDOG=1")
            self.console.join(fulfil, self.outbox)
            self._look_at_ourselves()
            self._call_each(parts.each_tick)
            if time.monotonic() - beat >= HEARTBEAT.total_seconds():
                beat = time.monotonic()
                self._beat()
                self._call_each(parts.each_minute)
            self._stop.wait(TICK.total_seconds())

    def _call_each(self, calls: Sequence[Callable[[datetime], object]]) -> None:
        for call in calls:
            try:
                call(self._clock())
            except (sqlite3.DatabaseError, OSError) as trouble:  # a full disk, most likely
                log.warning("not done this time: %s", trouble)

    def _take_up(self) -> None:
        """Send what a kill left unfinished, and what the console did not take before."""
        try:
            self.spool.adopt_drafts()
            self.spool.retry_aside()
        except SpoolTrouble as trouble:
            log.warning("the spool cannot be written: %s", trouble)

    def _end(self, parts: Parts, worker: threading.Thread, duties: Duties) -> None:
        parts.alive("STOPPING=1")
        self._stop.set()
        if self._deadman:
            self._deadman.stop()
        if self._supervisor:
            self._supervisor.stop()
        if self._spine:
            self._spine.close()
            self._spine = None
        self.console.stop()
        # A backup may take an hour: its claim stays in the file, and it is due again.
        if worker.is_alive():
            worker.join(TICK.total_seconds())
        if not worker.is_alive():
            duties.close()
        for close in parts.at_end:
            close()
        self.spool.close()
        self.undo.close()
        self.known_bad.close()
        self._single.release()

    def _healthy(self) -> bool:
        """Return whether every thread that must run does."""
        spine = self._spine is not None and self._spine.alive
        sensors = self._supervisor is not None and self._supervisor.healthy
        return spine and sensors and self.console.healthy

    def _take_back(self, taken: Taken) -> tuple[Outcome, ...]:
        if not isinstance(taken.wish, UndoDeeds):
            raise WishFailed("not an undo")
        return self.take_back(taken.wish.report)

    def _do_duties(self, duties: Duties) -> None:
        while not self._stop.is_set():
            try:
                did = duties.step()
            except sqlite3.DatabaseError as trouble:  # no room to claim a duty: none begins
                log.warning("duties wait: %s", trouble)
                did = False
            if not did:
                self._stop.wait(DUTY_TICK.total_seconds())

    def _keep(self, verdict: Verdict, report: Report) -> None:
        del verdict  # it dies here: only the report travels
        self.outbox.keep(report_word(report))

    def _look_at_ourselves(self) -> None:
        """Report what of the agent itself does not work, and when it works again."""
        self.outbox.settle()
        everything = built()
        self._judge("spool", "no_space", everything, fails=self.outbox.troubled)
        self._judge("spool_file", "damaged", everything, fails=self.spool.damaged)
        self.spool.damaged = False  # said once: what was saved from it is in the new file
        off = abs(self.console.skew) > WINDOW
        self._judge("clock", "clock_wrong", everything, fails=off)
        rewritten = self.console.rewritten
        self._judge("console_journal", "rewritten", everything, fails=rewritten)

    def _judge(self, name: str, reason: str, blinds: tuple[Danger, ...], *, fails: bool) -> None:
        if fails:
            self.go_blind(name, blinds, reason)
        else:
            self.see_again(name)

    def _beat(self) -> None:
        """Keep one heartbeat: it says what waits and who is blind."""
        try:
            waiting, aside = self.spool.waiting(), self.spool.set_aside()
        except SpoolTrouble:
            waiting, aside = 0, 0
        self._judge("console_words", "not_taken", built(), fails=aside > 0)
        sensors = self._supervisor.blind() if self._supervisor else ()
        blind = tuple(sorted({*sensors, *self._blind}))[:MOST_BLIND]
        self.outbox.keep(
            HeartbeatWord(
                id=uuid.uuid4().hex,
                at=self._clock(),
                version=__version__,
                waiting=waiting,
                blind=blind,
            )
        )
