from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.response import Deed, Response, Result
from vigie.responders.mask import Copy, Mask
from vigie.tools.undo import UndoBook

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def masked(tmp_path: Path, copy: Copy | None) -> tuple[Mask, UndoBook, Result, str]:
    undo = UndoBook(tmp_path / "undo.db")
    mask = Mask(lambda handle: copy if handle == "h" else None)
    response = Response(deed=Deed.MASK, target="h")
    outcome = mask.carry_out(response, report="r", at=AT, undo=undo)
    return mask, undo, outcome.result, outcome.reason


def test_the_copy_is_written_where_it_belongs(tmp_path: Path) -> None:
    place = tmp_path / "ready" / "a.jpg"
    _, _, result, _ = masked(tmp_path, Copy(place=place, content=b"copy"))
    assert result is Result.DONE
    assert place.read_bytes() == b"copy"
    assert [path.name for path in place.parent.iterdir()] == ["a.jpg"]


def test_taking_back_removes_the_copy_that_was_made(tmp_path: Path) -> None:
    place = tmp_path / "a.jpg"
    mask, undo, _, _ = masked(tmp_path, Copy(place=place, content=b"copy"))
    (entry,) = undo.pending("r")
    assert mask.take_back(entry.target, entry.note, at=AT).result is Result.UNDONE
    assert not place.exists()
    assert mask.take_back(entry.target, entry.note, at=AT).result is Result.NOT_NEEDED


def test_taking_back_leaves_a_copy_that_somebody_changed(tmp_path: Path) -> None:
    place = tmp_path / "a.jpg"
    mask, undo, _, _ = masked(tmp_path, Copy(place=place, content=b"copy"))
    place.write_bytes(b"retouched")
    (entry,) = undo.pending("r")
    assert mask.take_back(entry.target, entry.note, at=AT).result is Result.NOT_NEEDED
    assert place.read_bytes() == b"retouched"


def test_without_a_copy_nothing_is_written_and_that_is_said(tmp_path: Path) -> None:
    _, undo, result, reason = masked(tmp_path, None)
    assert (result, reason) == (Result.FAILED, "nothing_kept")
    assert undo.pending("r") == ()


def test_a_place_that_cannot_be_written_is_a_failure_not_a_crash(tmp_path: Path) -> None:
    (tmp_path / "ready").write_text("a file, not a folder")
    copy = Copy(place=tmp_path / "ready" / "a.jpg", content=b"copy")
    _, _, result, reason = masked(tmp_path, copy)
    assert (result, reason) == (Result.FAILED, "no_space")
