"""`vigie watch`: the whole way through the house in the foreground, without spool or console."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from vigie.agent.composition import firewall
from vigie.agent.ransomware_watch import Protection, protection
from vigie.agent.spine import Spine
from vigie.agent.supervision import Supervisor
from vigie.agent.without_pids import Doors, LateProtection, late_protection
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.domain.verdict import Report, Verdict
from vigie.guards import guards
from vigie.policy.orders import Choices, decide
from vigie.readers.sandbox.reader import Reader
from vigie.responders.block import Block
from vigie.responders.freeze import Freeze, still_stopped
from vigie.responders.isolate import Isolate
from vigie.sensors.disk import canaries
from vigie.tools.barrier import Barrier
from vigie.tools.cover import of_this_system
from vigie.tools.processes import Families
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Patrol

if TYPE_CHECKING:
    from vigie.responders import Responder

HERE = "here"  # the machine's name in what the foreground watch says: it never travels


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
    restore_when_asked: bool = False
    without_pids: bool = False

    @property
    def choices(self) -> Choices:
        """Return the deeds left out."""
        declined: set[Deed] = set() if self.isolate else {Deed.ISOLATE}
        if self.report_only:
            declined |= {Deed.FREEZE, Deed.BLOCK, Deed.ISOLATE, Deed.RESTORE}
        return Choices(declined={Danger.RANSOMWARE: frozenset(declined)})

    def decide(self, danger: Danger, findings: Sequence[Finding]) -> tuple[Response, ...]:
        """Return the deeds: policy's, and what the answer to a question adds to them."""
        responses = decide(danger, findings, self.choices)
        deeds = {response.deed for response in responses}
        if Deed.ASK not in deeds or not self.restore_when_asked or self.report_only:
            return responses
        families = dict.fromkeys(finding.clues.get("family", "") for finding in findings)
        answers = (Response(deed=Deed.RESTORE, target=family) for family in families)
        return (*responses, *answers) if Deed.RESTORE not in deeds else responses


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a foreground watch left things: how many deeds it took back, who stays stopped."""

    taken_back: int
    frozen: tuple[int, ...]


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
        self._folders = tuple(folders)
        self._undo = UndoBook(state / "undo.db")
        self._reader = Reader()
        inspect = self._reader.inspect
        self._protection: Protection | LateProtection = (
            late_protection(folders, machine=HERE, inspect=inspect, ready=ready)
            if wanted.without_pids
            else protection(folders, state, vault=vault, machine=HERE, inspect=inspect, ready=ready)
        )
        own: tuple[Responder, ...] = (
            *self._protection.responders,
            _Said(Deed.TELL),
            _Said(Deed.ASK),
            Isolate(firewall(state), tuple),
        )
        patrol = Patrol(guards(), wanted.decide)
        self._asked: list[str] = []
        self._said = said
        self.held = self._protection.resume(self._undo)
        self._spine = Spine(patrol, {r.deed: r for r in own}, self._undo, self._keep)
        self._supervisor = Supervisor([self._protection.sensor], self._spine.see, machine=HERE)

    def start(self) -> None:
        """Begin to watch; `ready` is called when every document is protected."""
        self._supervisor.start()

    def close(self) -> Ended:
        """End the watch and take back what it did, but what an alarm froze stays frozen.

        A view that is closed is no reason to let an attacker go on. What was only asked about
        goes on: nobody is left to answer.
        """
        self._spine.settle()
        outcomes = self._open_folders()  # before the sensor ends: it has canaries to take away
        self._supervisor.stop()
        self._spine.settle()
        outcomes += self._open_folders()
        for folder in self._folders:  # one that was closed again meanwhile still holds its own
            canaries.take_away(folder)
        frozen: set[int] = set()
        for entry in self._undo.pending():
            stopped = still_stopped(entry.note) if entry.deed is Deed.FREEZE else ()
            frozen.update(stopped)
            if entry.deed is Deed.FREEZE and not stopped:
                self._undo.strike(entry)
        self._spine.close()
        self._protection.close()
        self._reader.close()
        self._undo.close()
        return Ended(taken_back=len(outcomes), frozen=tuple(sorted(frozen)))

    def _open_folders(self) -> list[Outcome]:
        outcomes = [out for report in self._asked for out in self._spine.take_back(report)]
        return [*outcomes, *self._spine.take_back(leaving={Deed.FREEZE})]

    def _keep(self, verdict: Verdict, report: Report) -> None:
        if any(response.deed is Deed.ASK for response in verdict.responses):
            self._asked.append(report.id)
        self._said(verdict, report)


def let_go(state: Path) -> int:
    """Take back what a watch that has ended left behind in `state`; return how much it was."""
    state.mkdir(mode=0o700, parents=True, exist_ok=True)
    families, barrier = Families(), Barrier()
    undo = UndoBook(state / "undo.db")
    own: tuple[Responder, ...] = (
        Freeze(families, barrier, state / "frozen"),
        Block(Doors(barrier, of_this_system())),
        Isolate(firewall(state), tuple),
    )
    spine = Spine(Patrol({}, decide), {r.deed: r for r in own}, undo, lambda *_: None)
    outcomes = spine.take_back()
    spine.close()
    undo.close()
    families.close()
    return sum(outcome.result is Result.UNDONE for outcome in outcomes)
