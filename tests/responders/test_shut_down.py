from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.response import Deed, Response, Result
from vigie.responders.shut_down import ShutDown
from vigie.tools.power import PowerFailed
from vigie.tools.undo import UndoBook

NOW = datetime(2026, 11, 28, 3, 40, tzinfo=UTC)
WANTED = Response(deed=Deed.SHUT_DOWN)


class Power:
    def __init__(self, *, fails: Sequence[str] = ()) -> None:
        self.fails, self.done = fails, list[str]()

    def _do(self, what: str) -> None:
        if what in self.fails:
            raise PowerFailed("timed_out")
        self.done.append(what)

    def stop_databases(self) -> Sequence[str]:
        self._do("databases")
        return ["postgresql"]

    def shut_down(self, *, polite: bool) -> None:
        self._do("politely" if polite else "machine")


@pytest.fixture
def undo(tmp_path: Path) -> Iterator[UndoBook]:
    with closing(UndoBook(tmp_path / "undo.db")) as book:
        yield book


def carried_out(power: Power, undo: UndoBook) -> tuple[Result, dict[str, int], str]:
    responder = ShutDown(power)  # type: ignore[arg-type]
    outcome = responder.carry_out(WANTED, report="r", at=NOW, undo=undo)
    return outcome.result, dict(outcome.numbers), outcome.reason


def test_databases_are_stopped_before_the_machine_which_asks_nobody(undo: UndoBook) -> None:
    power = Power()
    assert carried_out(power, undo) == (Result.DONE, {"databases": 1}, "")
    assert power.done == ["databases", "machine"]


def test_a_database_that_does_not_stop_keeps_no_machine_on_an_empty_battery(
    undo: UndoBook,
) -> None:
    power = Power(fails=["databases"])
    assert carried_out(power, undo) == (Result.DONE, {"databases": 0}, "timed_out")
    assert power.done == ["machine"]


def test_a_machine_that_does_not_shut_down_is_a_failed_deed(undo: UndoBook) -> None:
    assert carried_out(Power(fails=["machine"]), undo)[0] is Result.FAILED
