from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.response import Deed, Response, Result
from vigie.responders.hold import Hold
from vigie.responders.release import Release
from vigie.tools.held import NoRoom
from vigie.tools.smtp import NoAnswer
from vigie.tools.undo import UndoBook

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Drawer:
    """A shelf for one thing, that may refuse; it notes what the undo book said when it acted."""

    def __init__(self, undo: UndoBook, trouble: Exception | None = None) -> None:
        self.undo, self.trouble = undo, trouble
        self.inside = False
        self.booked: list[Deed] = []

    def _change(self, target: str, *, inside: bool) -> bool | None:
        if target != "mine":
            return None
        self.booked = [entry.deed for entry in self.undo.pending()]
        if self.trouble:
            raise self.trouble
        changed, self.inside = self.inside is not inside, inside
        return changed

    def put_aside(self, target: str) -> bool | None:
        return self._change(target, inside=True)

    def give_back(self, target: str) -> bool | None:
        return self._change(target, inside=False)


@pytest.fixture
def undo(tmp_path: Path) -> Iterator[UndoBook]:
    book = UndoBook(tmp_path / "undo.db")
    yield book
    book.close()


def hold(target: str = "mine") -> Response:
    return Response(deed=Deed.HOLD, target=target)


def test_the_undo_is_on_disk_before_a_thing_is_put_aside(undo: UndoBook) -> None:
    drawer = Drawer(undo)
    deed = Hold([drawer])
    assert deed.carry_out(hold(), report="r", at=NOW, undo=undo).result is Result.DONE
    assert drawer.booked == [Deed.HOLD]
    assert deed.carry_out(hold(), report="r", at=NOW, undo=undo).result is Result.NOT_NEEDED
    assert deed.take_back("mine", "", at=NOW).result is Result.UNDONE
    assert not drawer.inside


def test_what_is_on_no_shelf_cannot_be_held(undo: UndoBook) -> None:
    outcome = Hold([Drawer(undo)]).carry_out(hold("other"), report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.reason) == (Result.FAILED, "nothing_kept")


@pytest.mark.parametrize(
    ("trouble", "reason"), [(NoRoom("full"), "no_space"), (NoAnswer("gone"), "timed_out")]
)
def test_a_shelf_in_trouble_is_a_failed_outcome(
    undo: UndoBook, trouble: Exception, reason: str
) -> None:
    outcome = Hold([Drawer(undo, trouble)]).carry_out(hold(), report="r", at=NOW, undo=undo)
    assert (outcome.result, outcome.reason) == (Result.FAILED, reason)


def test_a_release_gives_back_and_its_undo_puts_aside_again(undo: UndoBook) -> None:
    drawer = Drawer(undo)
    drawer.inside = True
    release = Release([drawer])
    response = Response(deed=Deed.RELEASE, target="mine")
    assert release.carry_out(response, report="r", at=NOW, undo=undo).result is Result.DONE
    assert drawer.booked == [Deed.RELEASE]
    assert not drawer.inside
    assert release.take_back("mine", "", at=NOW).result is Result.UNDONE
    assert drawer.inside
