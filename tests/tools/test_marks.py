from pathlib import Path

import pytest

from vigie.tools import marks
from vigie.tools.marks import Left, Marks, Stage

NAME = "0123456789abcdef" * 2


def test_what_a_process_was_doing_is_told_to_the_next(tmp_path: Path) -> None:
    before = Marks(tmp_path / "marks")
    mark = before.begin(NAME)
    assert mark is not None
    mark.at(Stage.LAST_LINE)
    after = Marks(tmp_path / "marks")
    assert after.left() == (Left(id=NAME, stage=Stage.LAST_LINE, same_start=True),)
    after.clear(NAME)
    assert after.left() == ()


def test_after_a_new_start_of_the_machine_memory_is_not_trusted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Marks(tmp_path / "marks").begin(NAME)
    monkeypatch.setattr(marks, "this_start", lambda: b"another start!!!")
    assert Marks(tmp_path / "marks").left()[0].same_start is False


def test_marks_run_out_and_come_back(tmp_path: Path) -> None:
    kept = Marks(tmp_path / "marks")
    given = [kept.begin(NAME) for _ in range(marks.SLOTS)]
    assert kept.begin(NAME) is None
    first = given[0]
    assert first is not None
    first.free()
    assert kept.begin(NAME) is not None
