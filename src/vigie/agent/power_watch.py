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
from vigie.agent.update_parts import FOLDER as UPDATES
from vigie.domain.danger import Danger
from vigie.domain.evidence.power import StoppedUncleanly
from vigie.responders.shut_down import ShutDown
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room
from vigie.routines.integrity.duty import IntegrityDuty
from vigie.routines.integrity.room import RoomHeld
from vigie.sensors.power import Ups
from vigie.tools import own_battery
from vigie.tools.journal import JOURNAL, Journal
from vigie.tools.kept_file import keep
from vigie.tools.nut import Nut, NutFailed, Said
from vigie.tools.power import MachinePower
from vigie.tools.power.linux import LinuxPower
from vigie.tools.power.macos import MacPower
from vigie.tools.power.windows import WindowsPower
from vigie.tools.stops import Stops
from vigie.tools.stops.linux import LinuxStops
from vigie.tools.stops.macos import MacStops
from vigie.tools.stops.windows import WindowsStops

log = logging.getLogger(__name__)

OWED = "owed.txt"  # in the agent's own folder: when the power cut was whose verification is owed
AGAIN = timedelta(minutes=2)  # between two tries
GRACE = timedelta(seconds=5)  # at the agent's end


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


def read_any() -> Said:
    """Return what the first UPS of this machine's NUT says, or the machine's own battery."""
    try:
        return Nut().read()
    except NutFailed:
        return own_battery.read()


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
    read = Nut.at(keys.ups).read if keys.ups else read_any
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
        busy=[partial(_held, home / name / "lock") for name in ("backups", "integrity", UPDATES)],
        rests=rests,
        off=keys.after_closing is Rest.SHUT_DOWN,
        notice=timedelta(minutes=keys.notice_minutes),
        wake=timedelta(minutes=keys.wake_minutes),
    )
    life = LifeSign(agent.folder)
    after = AfterStop(agent, life, stops or stops_of_this_system(), duty)
    return PowerWatch(
        sensor=Ups(read, machine=agent.machine, expected=keys.ups is not None),
        responder=ShutDown(power),
        duty=duty,
        evening=evening,
        life=life,
        after_stop=after.begin,
        close=partial(_end, life, journal, after),
    )


class AfterStop:
    """Looks at the machine's last stop, and verifies every document when it was no shutdown.

    A verification that a second power cut, or a kill, leaves undone is owed until it is done.
    """

    def __init__(
        self, agent: Agent, life: LifeSign, stops: Stops, duty: IntegrityDuty | None
    ) -> None:
        self._agent = agent
        self._life = life
        self._stops = stops
        self._duty = duty
        self._owed = agent.folder / OWED
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self) -> None:
        """Say that the stop was unclean, and verify in a thread of its own: nobody waits for it."""
        cut = self._life.unclean(self._stops)
        self._life.give(datetime.now(UTC))
        if cut is not None:
            keep(self._owed, cut.isoformat().encode())
            machine = self._agent.machine
            self._agent.see(StoppedUncleanly(at=datetime.now(UTC), machine=machine, last_alive=cut))
        owed = self._read()
        if owed is not None and self._duty is not None:
            self._thread = threading.Thread(
                target=self._verify, args=(owed, self._duty), name="after a power cut", daemon=True
            )
            self._thread.start()

    def close(self) -> None:
        """Begin no further try, and give the one under way a moment."""
        self._over.set()
        if self._thread:
            self._thread.join(GRACE.total_seconds())

    def _read(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self._owed.read_text("ascii"))
        except (OSError, ValueError):
            return None

    def _verify(self, cut: datetime, duty: IntegrityDuty) -> None:
        while not self._over.is_set():
            try:
                duty.look(cut)
            except RoomHeld:
                log.info("a verification is under way: the one after the power cut waits")
            except Exception as failure:  # a duty that dies is blindness, reported; tried again
                log.exception("the verification after a power cut died")
                self._agent.go_blind("after_stop", (Danger.POWER_LOSS,), "died", repr(failure))
            else:
                self._owed.unlink(missing_ok=True)
                self._agent.see_again("after_stop")
                return
            self._over.wait(AGAIN.total_seconds())


def _end(life: LifeSign, journal: Journal, after: AfterStop) -> None:
    after.close()
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
    """Return whether a backup, a proof, a verification or an update is under way."""
    if not lock.exists():
        return False
    with closing(sqlite3.connect(lock, timeout=0, isolation_level=None)) as base:
        try:
            base.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError:
            return True
        base.execute("ROLLBACK")
    return False
