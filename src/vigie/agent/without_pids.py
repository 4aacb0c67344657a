"""The ransomware watch where nobody can be named: told afterwards, answered by a closed folder."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.ransomware_watch import Protection
from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorWentBlind
from vigie.domain.response import Deed
from vigie.responders import Responder
from vigie.responders.block import Block
from vigie.responders.devices import DEVICE
from vigie.sensors import Sensor, SensorBlind, Sink
from vigie.sensors.disk.keeping import Inspect
from vigie.sensors.disk.watching import FolderWatch
from vigie.tools.barrier import Barrier
from vigie.tools.cover import Cover, of_this_system
from vigie.tools.undo import UndoBook

# The system cannot ask before an open, or does not let us: what is left is to be told afterwards.
_REFUSED = frozenset({"not_supported", "no_permission"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LateProtection:
    """A sensor that is told afterwards, and the deeds that need no process number.

    Nothing is kept, so nothing is restored: what was harmed comes back from a backup.
    """

    sensor: Sensor
    responders: tuple[Responder, ...]
    block: Block

    def resume(self, undo: UndoBook) -> int:
        """Close again what was closed when we ended; return how many folders that is."""
        entries = [
            entry
            for entry in undo.pending()
            if entry.deed is Deed.BLOCK and not entry.target.startswith(DEVICE)
        ]
        for entry in entries:
            self.block.resume(entry.target)
        return len(entries)

    def close(self) -> None:
        """Close nothing: this protection holds nothing open."""


def late_protection(
    folders: Sequence[Path],
    *,
    machine: str,
    inspect: Inspect,
    ready: Callable[[int], None] = lambda _: None,
) -> LateProtection:
    """Return what watches `folders` without naming anybody."""
    block = Block(of_this_system())
    sensor = FolderWatch(tuple(folders), inspect, machine=machine, ready=ready)
    return LateProtection(sensor=sensor, responders=(block,), block=block)


class Doors:
    """Folders closed at the gate, and under a cover once there is no gate."""

    def __init__(self, barrier: Barrier, cover: Cover) -> None:
        self._barrier, self._cover = barrier, cover
        self._without_gate = False

    @property
    def blocked(self) -> tuple[str, ...]:
        """Return the folders that are closed."""
        return self._barrier.blocked

    def block(self, folder: str) -> None:
        """Close a folder. Raise OSError if it cannot be."""
        if self._without_gate:
            self._cover.block(folder)
        self._barrier.block(folder)

    def unblock(self, folder: str) -> None:
        """Open a folder again, also one that an earlier life covered."""
        self._barrier.unblock(folder)
        self._cover.unblock(folder)

    def lose_the_gate(self) -> None:
        """Cover from now on, and cover what is closed already."""
        self._without_gate = True
        for folder in self.blocked:
            self._cover.block(folder)


class GateOrWatch:
    """The gate where the system has one, else a watch that is told afterwards.

    That it is only the second best is evidence: nobody may take it for the first.
    """

    def __init__(self, gate: Sensor, watch: Sensor, doors: Doors, machine: str) -> None:
        self._gate, self._watch, self._doors, self._machine = gate, watch, doors, machine

    @property
    def name(self) -> str:
        """Return the gate's name."""
        return self._gate.name

    @property
    def blinds(self) -> tuple[Danger, ...]:
        """Return the dangers that depend on this sensor."""
        return self._gate.blinds

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Watch until `stop`; see `vigie.sensors.Sensor`."""
        try:
            self._gate.observe(sink, stop)
        except SensorBlind as blind:
            if blind.reason not in _REFUSED:
                raise
            sink(
                SensorWentBlind(
                    at=datetime.now(UTC),
                    machine=self._machine,
                    sensor=self.name,
                    blinds=self.blinds,
                    reason=blind.reason,
                    detail=blind.detail,
                )
            )
            self._doors.lose_the_gate()
            self._watch.observe(sink, stop)


def with_fallback(
    best: Protection, folders: Sequence[Path], *, machine: str, inspect: Inspect
) -> Protection:
    """Return the same protection, which goes on without a gate where the system refuses one."""
    doors = Doors(best.barrier, of_this_system())
    watch = FolderWatch(tuple(folders), inspect, machine=machine)
    others = tuple(r for r in best.responders if r.deed is not Deed.BLOCK)
    return replace(
        best,
        sensor=GateOrWatch(best.sensor, watch, doors, machine),
        responders=(*others, Block(doors)),
    )
