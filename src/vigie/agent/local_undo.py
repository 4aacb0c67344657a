"""Undo at the machine itself: whoever owns the agent's folder needs no console and no order.

The request is a small file in the agent's own folder (mode 0700). The agent that runs finds it at
its next tick; where none runs, `alone` does the same with the same responders.
"""

import json
import logging
import re
import uuid
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vigie.agent.composition import firewall
from vigie.agent.taking_back import take_back
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.response import Outcome, Result
from vigie.domain.verdict import Report, SeenFact
from vigie.responders.ask import Ask
from vigie.responders.block import Block
from vigie.responders.freeze import Freeze
from vigie.responders.isolate import Isolate
from vigie.responders.tell import Tell, Voice
from vigie.tools import kept_file
from vigie.tools.barrier import Barrier
from vigie.tools.notices import Notices
from vigie.tools.processes import Families
from vigie.tools.undo import Undo, UndoBook
from vigie.wire.reports import ReportWord, report_word

if TYPE_CHECKING:
    from vigie.responders import Responder

log = logging.getLogger(__name__)

REQUEST = "undo.request"
MOST_BYTES = 100_000  # a request names a few reports
MOST_OUTCOMES = 32  # what one report may carry
_REPORT = re.compile(r"[0-9a-f]{32}")


def ask(folder: Path, reports: Sequence[str]) -> None:
    """Ask the agent whose folder this is to take back all that was done about these reports."""
    kept_file.keep(folder / REQUEST, json.dumps(list(reports)).encode())


def asked(folder: Path) -> bool:
    """Return whether a request still waits for its agent."""
    return (folder / REQUEST).exists()


def withdraw(folder: Path) -> None:
    """Take a request away that nobody answered."""
    (folder / REQUEST).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class LocalUndo:
    """The agent's side: look for a request, and fulfil it by `undo`, one report after the other."""

    folder: Path
    undo: Callable[[str], Sequence[Outcome]]
    tell: Callable[[ReportWord], None]

    def look(self, _: datetime) -> None:
        """Fulfil the request, if there is one; it goes when all is done, so a kill repeats it."""
        try:
            untrusted = (self.folder / REQUEST).read_bytes()
        except FileNotFoundError:
            return
        for report in _reports(untrusted):
            self.tell(_undone_here(self.undo(report)))
        withdraw(self.folder)


def _reports(untrusted: bytes) -> list[str]:
    """Return the reports a request names; none where it is not one."""
    try:
        named = json.loads(untrusted) if len(untrusted) <= MOST_BYTES else None
    except ValueError:
        named = None
    if not isinstance(named, list):
        log.warning("a request to undo could not be read")
        return []
    return [name for name in named if isinstance(name, str) and _REPORT.fullmatch(name)]


def alone(folder: Path, reports: Sequence[str], tell: Callable[[ReportWord], None]) -> None:
    """Take back all that was done about these reports while no agent runs with this folder."""
    families = Families()
    with closing(UndoBook(folder / "undo.db")) as book, closing(families):
        notices = Notices(folder / "notices.db")
        voice = Voice(notices, show=_shows_nothing, consulting=lambda _: False)
        barrier = Barrier()  # of nobody: the opens it would refuse are asked of the agent alone
        own: tuple[Responder, ...] = (
            Freeze(families, barrier, folder / "frozen"),
            Block(barrier),
            Isolate(firewall(folder), tuple),
            Tell(voice, lambda _: None),
            Ask(voice, lambda _: None),
        )
        responders = {responder.deed: responder for responder in own}
        now = datetime.now(UTC)
        for report in reports:
            outcomes = take_back(book, responders, report, at=now)
            tell(_undone_here(outcomes))


def _undone_here(outcomes: Sequence[Outcome]) -> ReportWord:
    """Return what the console is told: a caretaker wants to know of what nobody ordered."""
    numbers = {"deeds": sum(outcome.result is Result.UNDONE for outcome in outcomes)}
    seen = SeenFact(fact="undone_here", gravity=Gravity.NOTE, numbers=numbers)
    return report_word(
        Report(
            id=uuid.uuid4().hex,
            danger=Danger.RANSOMWARE,
            at=datetime.now(UTC),
            machine="",  # the wire never carries it
            facts=(seen,),
            outcomes=tuple(outcomes)[:MOST_OUTCOMES],
        )
    )


def _shows_nothing(text: str, *, grave: bool) -> bool:
    del text, grave
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What stands about one report: `programs` is who was frozen, as the evidence kept them."""

    report: str
    deeds: tuple[Undo, ...]
    programs: tuple[str, ...]
    since: datetime | None


def in_force(folder: Path) -> tuple[InForce, ...]:
    """Return what is frozen, blocked, isolated or said at this moment, the latest report first."""
    with closing(UndoBook(folder / "undo.db")) as book:
        pending = book.pending()
    by_report: dict[str, list[Undo]] = {}
    for entry in pending:
        by_report.setdefault(entry.report, []).append(entry)
    return tuple(
        InForce(report=report, deeds=tuple(deeds), **_evidence(folder, report))
        for report, deeds in by_report.items()
    )


def _evidence(folder: Path, report: str) -> dict[str, Any]:
    """Return the programs that were frozen about a report, and when, as far as that was kept."""
    try:
        record = json.loads((folder / "frozen" / f"{report}.json").read_text("utf-8"))
        programs = tuple(f"{one['name']} ({one['pid']})" for one in record["processes"])
        return {"programs": programs, "since": datetime.fromisoformat(record["at"])}
    except (OSError, ValueError, KeyError, TypeError):
        return {"programs": (), "since": None}
