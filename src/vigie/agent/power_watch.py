"""Power, put together: the UPS, the clean stop, the evening, and documents verified after a cut."""

import logging
import sqlite3
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from vigie.agent.evening import Evening
from vigie.agent.life_sign import LifeSign
from vigie.agent.loop import Agent
from vigie.agent.power_keys import Rest
from vigie.domain.danger import Danger
from vigie.domain.evidence.power import StoppedUncleanly
from vigie.responders.shut_down import ShutDown
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room
from vigie.routines.integrity.duty import IntegrityDuty
from vigie.sensors.power import Ups
from vigie.tools.journal import JOURNAL, Journal
from vigie.tools.nut import Nut
from vigie.tools.power import MachinePower
from vigie.tools.power.linux import LinuxPower
from vigie.tools.power.macos import MacPower
from vigie.tools.power.windows import WindowsPower
from vigie.tools.stops import Stops
from vigie.tools.stops.linux import LinuxStops
from vigie.tools.stops.macos import MacStops
from vigie.tools.stops.windows import WindowsStops

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerWatch:
    """What the agent needs of it."""

    sensor: Ups
    responder: ShutDown
    duty: IntegrityDuty | None
    evening: Evening
    life: LifeSign
    after_stop: Callable[[], object]
    close: Callable[[], None]

    def each_minute(self, now: datetime) -> None:
        """Give a sign of life, and look at the evening."""
        self.life.give(now)
        self.evening.look(now)


def power_of_this_system() -> MachinePower:
    """Return this system's way to stop, sleep and wake."""
    if sys.platform == "win32":
        return WindowsPower()
    return MacPower() if sys.platform == "darwin" else LinuxPower()


def stops_of_this_system() -> Stops:
    """Return this system's records of how it stopped."""
    if sys.platform == "win32":
        return WindowsStops()
    return MacStops() if sys.platform == "darwin" else LinuxStops()


def power_watch(
    agent: Agent,
    home: Path,
    plan: BackupPlan | None,
    *,
    power: MachinePower | None = None,
    stops: Stops | None = None,
) -> PowerWatch:
    """Return what watches this machine's power; `power` and `stops` stand in for the system's."""
    keys, hours = agent.settings.power, agent.settings.practice.hours
    power = power or power_of_this_system()
    ups = Nut.at(keys.ups) if keys.ups else Nut()
    journal = Journal(home / JOURNAL)
    duty = _duty(agent, home, plan, journal)
    rests = keys.after_closing is not Rest.LEAVE
    if keys.after_closing is Rest.AUTO:
        rests = power.somebodys_desk()
    evening = Evening(
        agent.folder,
        hours,
        power,
        agent.see,
        machine=agent.machine,
        saved=partial(_saved, home, plan),
        busy=[partial(_held, home / name / "lock") for name in ("backups", "integrity")],
        rests=rests,
        off=keys.after_closing is Rest.SHUT_DOWN,
        notice=timedelta(minutes=keys.notice_minutes),
        wake=timedelta(minutes=keys.wake_minutes),
    )
    life = LifeSign(agent.folder)
    after = AfterStop(agent, life, stops or stops_of_this_system(), duty)
    return PowerWatch(
        sensor=Ups(ups.read, machine=agent.machine, expected=keys.ups is not None),
        responder=ShutDown(power),
        duty=duty,
        evening=evening,
        life=life,
        after_stop=after.begin,
        close=partial(_end, life, journal, after),
    )


class AfterStop:
    """Looks at the machine's last stop, and verifies every document when it was no shutdown."""

    def __init__(
        self, agent: Agent, life: LifeSign, stops: Stops, duty: IntegrityDuty | None
    ) -> None:
        self._agent = agent
        self._life = life
        self._stops = stops
        self._duty = duty
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Say that the stop was unclean, and verify in a thread of its own: nobody waits for it."""
        cut = self._life.unclean(self._stops)
        self._life.give(datetime.now(UTC))
        if cut is None:
            return
        at = datetime.now(UTC)
        self._agent.see(StoppedUncleanly(at=at, machine=self._agent.machine, last_alive=cut))
        self._thread = threading.Thread(
            target=self._verify, args=(cut,), name="after a power cut", daemon=True
        )
        self._thread.start()

    def wait(self, seconds: float) -> None:
        """Wait for the verification to end."""
        if self._thread:
            self._thread.join(seconds)

    def _verify(self, cut: datetime) -> None:
        if self._duty is None:
            return
        try:
            self._duty.look(cut)
        except Exception as failure:  # a duty that dies is blindness, reported
            log.exception("the verification after a power cut died")
            self._agent.go_blind("after_stop", (Danger.POWER_LOSS,), "died", repr(failure))


def _end(life: LifeSign, journal: Journal, after: AfterStop) -> None:
    after.wait(0.0)
    life.give(datetime.now(UTC), ended=True)
    journal.close()


def _duty(
    agent: Agent, home: Path, plan: BackupPlan | None, journal: Journal
) -> IntegrityDuty | None:
    """Return the nightly verification of all that is watched and backed up; None of nothing."""
    keys = agent.settings.power
    named = (*agent.settings.watch.folders, *(plan.folders if plan else ()), *keys.folders)
    folders = [f for f in dict.fromkeys(named) if not any(o in f.parents for o in named)]
    if not folders:
        return None
    return IntegrityDuty(
        home=home,
        folders=folders,
        machine=agent.machine,
        consultations=agent.settings.practice.hours,
        journal=journal,
        see=agent.see,
        plan=plan,
        copies=keys.copies,
        most_bytes=keys.copies_megabytes * 1_000_000,
    )


def _saved(home: Path, plan: BackupPlan | None) -> datetime | None:
    """Return when the last good backup began, of the place that has waited longest."""
    if plan is None:
        return None
    room = Room(home / "backups")
    made = [room.place(place).made for place in plan.places if not place.offline]
    known = [moment for moment in made if moment]
    return min(known) if known and len(known) == len(made) else None


def _held(lock: Path) -> bool:
    """Return whether a backup, a proof or a verification is under way."""
    if not lock.exists():
        return False
    with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as base:
        try:
            base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
        base.execute("ROLLBACK")
    return False
