"""The sensor: watched folders on Linux, each document guarded before it is written."""

import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.disk import canaries
from vigie.sensors.disk.gate import Gate
from vigie.sensors.disk.judging import Judging
from vigie.sensors.disk.keeper import Keeper
from vigie.sensors.disk.keeping import Inspect, Keeping
from vigie.sensors.disk.noticing import Noticing, tops
from vigie.sensors.disk.register import Register
from vigie.tools.barrier import Barrier
from vigie.tools.lifeline import Lifeline
from vigie.tools.processes import Families
from vigie.tools.vault import Vault

NAME = "disk"
BLINDS = (Danger.RANSOMWARE,)
DESCRIPTORS = 1_000_000  # one for each document kept by a link
SPARE_DESCRIPTORS = 1_000  # for questions that wait, the vault, and the rest of the agent
WELL = 5.0  # seconds without trouble until we call ourselves sighted: a full vault fills again
SWITCH = 0.0001  # seconds a Python thread may keep the others waiting: the gate is one of them

Place = tuple[int, int]  # a folder by its device and its number


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """What the sensor works with, made by the composition root.

    `inspect` tells what the bytes behind a descriptor are, given the file's name.
    """

    vault: Vault
    inspect: Inspect
    families: Families
    barrier: Barrier


class DocumentGate:
    """Guard the documents in some folders; satisfies `vigie.sensors.Sensor`."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        tools: Tools,
        *,
        machine: str,
        ready: Callable[[int], None] = lambda _: None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._folders, self._tools = folders, tools
        self._machine, self._ready, self._clock = machine, ready, clock
        self._keeper: Keeper | None = None
        self._blind = False
        self._well_since = 0.0
        self._places: list[Place | None] = []

    @property
    def name(self) -> str:
        """Return the sensor's name."""
        return NAME

    @property
    def blinds(self) -> tuple[Danger, ...]:
        """Return the dangers that depend on this sensor."""
        return BLINDS

    def damaged(self, family: str) -> list[tuple[str, str]]:
        """Return what to restore after a family: each document, and where it is now."""
        return self._keeper.call(lambda: self._keeper_damaged(family)) if self._keeper else []

    def _keeper_damaged(self, family: str) -> list[tuple[str, str]]:
        return self._keeper.damaged(family) if self._keeper else []

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Guard until `stop`; see `vigie.sensors.Sensor`."""
        missing = [str(folder) for folder in self._folders if not self._there(folder)]
        if missing:
            raise SensorBlind("no_folder", ", ".join(missing))
        self._places = [_place(folder) for folder in self._folders]
        lifeline = Lifeline()
        try:
            gate = Gate(self._tools.families, self._tools.barrier, lifeline.beat)
        except OSError as refusal:
            lifeline.close()
            reason = "no_permission" if isinstance(refusal, PermissionError) else "not_supported"
            raise SensorBlind(reason, str(refusal)) from refusal
        sys.setswitchinterval(SWITCH)
        try:
            self._guard(gate, sink, stop)
        finally:
            self._keeper = None
            gate.close()
            lifeline.close()

    def _guard(self, gate: Gate, sink: Sink, stop: threading.Event) -> None:
        folders = tops(self._folders)
        register, tools = Register(folders), self._tools
        keeping = Keeping(gate, register, tools.vault, tools.inspect, _allow_descriptors())
        judging = Judging(gate, register, keeping, tools.inspect, sink, self._machine, self._clock)
        noticing = Noticing(gate, register, keeping, judging, tools.families)
        keeper = Keeper(gate, register, keeping, judging, noticing, tools.vault)
        for folder in folders:
            canaries.lay(Path(folder))
        gate.open()
        try:
            self._keeper = keeper  # what it finds at first may have to be put back at once
            keeper.survey(folders)
            self._ready(len(register.by_inode))
            keeper.keep_watch(stop, lambda: self._check_sight(gate, keeping, noticing, sink))
        finally:
            keeper.end()
            for document in list(register.by_inode.values()):
                register.let_go(document)
            for folder in folders:
                canaries.take_away(Path(folder))
            tools.vault.commit()

    def _check_sight(self, gate: Gate, keeping: Keeping, noticing: Noticing, sink: Sink) -> None:
        """Tell when something was not kept or not seen, and when all is well again."""
        if gate.fallen:  # who waits is let go when the gate is closed
            raise SensorBlind("died", "the porter has ended")
        if any(
            now not in (before, None)
            for before, now in zip(self._places, map(_place, self._folders), strict=True)
        ):
            # Another folder in the place of the one we watch: a disk came, or went. Begin anew.
            raise SensorBlind("no_folder", "another folder took its place")
        if noticing.overflowed:  # what was lost may be anything: look at every document again
            raise SensorBlind("timed_out", "the kernel lost events")
        trouble, keeping.trouble = keeping.trouble, ""
        if self._tools.vault.full:  # nobody writes just now, but what is written next is not kept
            trouble = "no_space"
        if not self._folders_there():
            trouble = "no_folder"
        if trouble:
            self._well_since = time.monotonic()
        if trouble and not self._blind:
            self._blind = True
            sink(
                SensorWentBlind(
                    at=self._clock(),
                    machine=self._machine,
                    sensor=NAME,
                    blinds=BLINDS,
                    reason=trouble,
                )
            )
        elif self._blind and not trouble and time.monotonic() - self._well_since > WELL:
            self._blind = False
            sink(
                SensorSawAgain(at=self._clock(), machine=self._machine, sensor=NAME, blinds=BLINDS)
            )

    def _folders_there(self) -> bool:
        return all(folder.is_dir() for folder in self._folders)

    def _there(self, folder: Path) -> bool:
        """Return whether there is a folder to watch.

        One that has lost every document while nobody watched is a disk that is not there: an empty
        mount point must not pass for a practice in good order.
        """
        if not folder.is_dir():
            return False
        if any(folder.iterdir()):
            return True
        stem = str(folder.resolve()) + os.sep
        known = self._tools.vault.living()
        return all(canaries.is_canary(path) or not path.startswith(stem) for path in known)


def _place(folder: Path) -> Place | None:
    """Return which folder this is, whatever its name; None where there is none."""
    try:
        state = folder.stat()
    except OSError:
        return None
    return state.st_dev, state.st_ino


def _allow_descriptors() -> int:
    """Raise the number of open files as far as we may; return how many documents may have one."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = min(DESCRIPTORS, int(Path("/proc/sys/fs/nr_open").read_text("ascii")))
    for limits in ((most, max(most, hard)), (hard, hard)):
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        except (ValueError, OSError):  # the service may not: what it has must do
            continue
        soft = limits[0]
        break
    return soft - SPARE_DESCRIPTORS
