"""The ransomware watch, put together: folders, vault, gate, guard and deeds."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from vigie.agent.composition import firewall
from vigie.agent.spine import Spine
from vigie.agent.supervision import Supervisor
from vigie.domain.danger import Danger
from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.domain.verdict import Report, Verdict
from vigie.guards import guards
from vigie.policy.orders import Choices, decide
from vigie.readers.sandbox.reader import Reader
from vigie.responders import Responder
from vigie.responders.block import Block
from vigie.responders.freeze import Freeze
from vigie.responders.isolate import Isolate
from vigie.responders.restore import Restore
from vigie.sensors.disk.guarded import DocumentGate, Tools
from vigie.sensors.disk.keeping import Inspect
from vigie.tools.barrier import Barrier
from vigie.tools.processes import Families
from vigie.tools.undo import UndoBook
from vigie.tools.vault import Limits, Vault
from vigie.watch.patrol import Patrol

HERE = "here"  # the machine's name in what the foreground watch says: it never travels


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The sensor, its deeds, and `resume`, to be called once before the sensor starts."""

    sensor: DocumentGate
    responders: tuple[Responder, ...]
    resume: Callable[[UndoBook], int]
    vault: Vault
    families: Families

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
            block.resume(entry.target)
        held += entry.deed in (Deed.FREEZE, Deed.BLOCK)
    return held


@dataclass(frozen=True, slots=True)
class _Said:
    """TELL or ASK in the foreground: whoever started the watch reads the verdict itself."""

    deed: Deed

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        """Return that it is said."""
        del response, report, undo
        return Outcome(deed=self.deed, result=Result.DONE, at=at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        """Return that there is nothing to take back."""
        del target, note
        return Outcome(deed=self.deed, result=Result.NOT_NEEDED, at=at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the foreground watch is to do besides watching."""

    isolate: bool = False
    report_only: bool = False

    @property
    def choices(self) -> Choices:
        """Return the deeds left out."""
        declined: set[Deed] = set() if self.isolate else {Deed.ISOLATE}
        if self.report_only:
            declined |= {Deed.FREEZE, Deed.BLOCK, Deed.ISOLATE, Deed.RESTORE}
        return Choices(declined={Danger.RANSOMWARE: frozenset(declined)})


class ForegroundWatch:
    """The whole way through the house for `vigie watch`, without spool or console."""

    def __init__(  # noqa: PLR0913  (what the command line can say)
        self,
        folders: Sequence[Path],
        state: Path,
        *,
        vault: Path,
        wanted: Wanted,
        ready: Callable[[int], None],
        said: Callable[[Verdict, Report], None],
    ) -> None:
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._undo = UndoBook(state / "undo.db")
        self._reader = Reader()
        self._protection = protection(
            folders,
            state,
            vault=vault,
            machine=HERE,
            inspect=self._reader.inspect,
            ready=ready,
        )
        own: tuple[Responder, ...] = (
            *self._protection.responders,
            _Said(Deed.TELL),
            _Said(Deed.ASK),
            Isolate(firewall(state), tuple),
        )
        patrol = Patrol(guards(), partial(decide, choices=wanted.choices))
        self.held = self._protection.resume(self._undo)
        self._spine = Spine(patrol, {r.deed: r for r in own}, self._undo, said)
        self._supervisor = Supervisor([self._protection.sensor], self._spine.see, machine=HERE)

    def start(self) -> None:
        """Begin to watch; `ready` is called when every document is protected."""
        self._supervisor.start()

    def close(self) -> tuple[Outcome, ...]:
        """End the watch and take everything back that it did: what was frozen goes on."""
        self._spine.settle()
        self._supervisor.stop()
        self._spine.settle()
        outcomes = self._spine.take_back()
        self._spine.close()
        self._protection.close()
        self._reader.close()
        self._undo.close()
        return outcomes
