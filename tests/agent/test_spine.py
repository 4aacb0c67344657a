"""The spine: urgent deeds before the sensor goes on, reports kept, everything undone at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.agent.spine import Spine
from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.domain.verdict import Report, Verdict
from vigie.policy.orders import decide
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Patrol

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)


def judge(seen: Sequence[Evidence]) -> Iterator[Finding]:
    yield Finding(
        gravity=Gravity.ALARM,
        fact="files_scrambled",
        clues={"subject": seen[-1].machine, "family": "f", "folder": "/srv"},
    )


@dataclass
class Ledger:
    """A responder that writes down what it is asked, and fails when told to."""

    deed: Deed
    fails: bool = False
    done: list[str] = field(default_factory=list)

    def carry_out(
        self, response: Response, *, report: str, at: datetime, undo: UndoBook
    ) -> Outcome:
        undo.register(report=report, deed=self.deed, target=response.target, note="was open")
        if self.fails:
            raise OSError("no")
        self.done.append(response.target)
        return Outcome(deed=self.deed, result=Result.DONE, at=at)

    def take_back(self, target: str, note: str, *, at: datetime) -> Outcome:
        if self.fails:
            raise OSError("no")
        assert note == "was open"
        self.done.remove(target)
        return Outcome(deed=self.deed, result=Result.UNDONE, at=at)


@dataclass
class Day:
    spine: Spine
    ledgers: dict[Deed, Ledger]
    undo: UndoBook
    kept: list[tuple[Verdict, Report]]


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    ledgers = {deed: Ledger(deed) for deed in (Deed.FREEZE, Deed.BLOCK, Deed.RESTORE)}
    kept: list[tuple[Verdict, Report]] = []
    undo = UndoBook(tmp_path / "undo.sqlite")
    guard = Guard(watches=Evidence, judge=judge)
    spine = Spine(
        Patrol({Danger.RANSOMWARE: guard}, decide),
        dict(ledgers),
        undo,
        lambda verdict, report: kept.append((verdict, report)),
        clock=lambda: NOW,
    )
    yield Day(spine, ledgers, undo, kept)
    spine.close()
    undo.close()


def evidence(machine: str = "m") -> Evidence:
    return Evidence(at=NOW, machine=machine)


def test_urgent_deeds_are_done_before_the_sensor_goes_on(day: Day) -> None:
    day.spine.see(evidence())
    assert day.ledgers[Deed.FREEZE].done == ["f"]
    assert day.ledgers[Deed.BLOCK].done == ["/srv"]


def test_a_report_is_kept_with_every_outcome(day: Day) -> None:
    day.spine.see(evidence())
    day.spine.settle()
    (_, report), *more = day.kept
    assert not more
    results = {outcome.deed: outcome.result for outcome in report.outcomes}
    assert results[Deed.FREEZE] is results[Deed.RESTORE] is Result.DONE
    assert results[Deed.ISOLATE] is Result.FAILED


def test_a_responder_that_fails_is_an_outcome_and_never_an_outage(day: Day) -> None:
    day.ledgers[Deed.FREEZE].fails = True
    day.spine.see(evidence("a"))
    day.spine.see(evidence("b"))
    day.spine.settle()
    results = [report.outcomes[0].result for _, report in day.kept]
    assert results == [Result.FAILED, Result.FAILED]
    assert day.ledgers[Deed.BLOCK].done == ["/srv", "/srv"]


def test_everything_is_taken_back_at_once_and_only_once(day: Day) -> None:
    day.spine.see(evidence())
    day.spine.settle()
    (_, report), *_ = day.kept
    assert [o.result for o in day.spine.take_back(report.id)] == [Result.UNDONE] * 3
    assert day.ledgers[Deed.FREEZE].done == []
    assert day.spine.take_back(report.id) == ()


def test_what_could_not_be_taken_back_stays_in_the_book(day: Day) -> None:
    day.spine.see(evidence())
    day.spine.settle()
    day.ledgers[Deed.BLOCK].fails = True
    day.spine.take_back()
    assert [undo.deed for undo in day.undo.pending()] == [Deed.BLOCK]
