"""The ransomware watch, put together: folders, vault, gate, guard and deeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from vigie.domain.response import Deed
from vigie.responders import Responder
from vigie.responders.block import Block
from vigie.responders.devices import DEVICE
from vigie.responders.freeze import Freeze
from vigie.responders.restore import Restore
from vigie.sensors import Sensor
from vigie.sensors.disk.guarded import DocumentGate, Tools
from vigie.sensors.disk.keeping import Inspect
from vigie.tools.barrier import Barrier
from vigie.tools.processes import Families
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Limits, Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The sensor, its deeds, and `resume`, to be called once before the sensor starts."""

    sensor: Sensor
    responders: tuple[Responder, ...]
    resume: Callable[[UndoBook], int]
    vault: Vault
    families: Families
    barrier: Barrier

    def close(self) -> None:
        """Close what was opened, once the sensor has stopped."""
        self.vault.close()
        self.families.close()


def protection(  # noqa: PLR0913  (what the caller chooses)
    folders: Sequence[Path],
    state: Path,
    *,
    vault: Path,
    machine: str,
    limits: Limits | None = None,
    inspect: Inspect,
    ready: Callable[[int], None] = lambda _: None,
) -> Protection:
    """Return what protects the documents in `folders`; `state` is the agent's own folder.

    `inspect` tells what the bytes behind a descriptor are, given the file's name.
    """
    kept, barrier, families = Vault(vault, limits), Barrier(), Families()
    tools = Tools(vault=kept, inspect=inspect, families=families, barrier=barrier)
    sensor = DocumentGate(tuple(folders), tools, machine=machine, ready=ready)
    freeze, block = Freeze(families, barrier, state / "frozen"), Block(barrier)
    return Protection(
        sensor=sensor,
        responders=(freeze, block, Restore(kept, sensor.damaged)),
        resume=partial(_resume, freeze, block),
        vault=kept,
        families=families,
        barrier=barrier,
    )


def _resume(freeze: Freeze, block: Block, undo: UndoBook) -> int:
    """Hold back again what was held back when we ended; return how much that is.

    A process that was killed or let go on by somebody else meanwhile is struck from the book.
    """
    held = 0
    for entry in undo.pending():
        if entry.deed is Deed.FREEZE and not freeze.resume(entry.target, entry.note):
            undo.strike(entry)
        elif entry.deed is Deed.BLOCK:
            if entry.target.startswith(DEVICE):  # the bus is looked at anew
                continue
            block.resume(entry.target)
        held += entry.deed in (Deed.FREEZE, Deed.BLOCK)
    return held
