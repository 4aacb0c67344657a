import shutil
import subprocess
from pathlib import Path

import pytest

from vigie.tools.service import ServiceFailed, ask, put_back, write_with_undo


def test_what_the_file_held_before_comes_back(tmp_path: Path) -> None:
    file, former = tmp_path / "unit", tmp_path / "former"
    file.write_text("before")
    write_with_undo(file, b"ours", former)
    write_with_undo(file, b"ours, newer", former)
    assert file.read_text() == "ours, newer"
    put_back(file, former)
    put_back(file, former)
    assert file.read_text() == "before"
    assert not former.exists()


def test_a_file_that_was_not_there_is_not_there_afterwards(tmp_path: Path) -> None:
    file, former = tmp_path / "unit", tmp_path / "former"
    write_with_undo(file, b"ours", former)
    put_back(file, former)
    assert not file.exists()


def test_the_former_file_is_safe_before_ours_is_written(tmp_path: Path) -> None:
    file, former = tmp_path / "folder" / "unit", tmp_path / "former"
    with pytest.raises(FileNotFoundError):
        write_with_undo(file, b"ours", former)
    assert former.exists()


def test_a_supervisor_that_refuses_or_is_not_there_is_one_line() -> None:
    with pytest.raises(ServiceFailed, match="not-here"):
        ask(["not-here"])
    refusing = [shutil.which("sh") or "sh", "-c", "echo first >&2; echo last >&2; exit 3"]
    with pytest.raises(ServiceFailed, match="last"):
        ask(refusing)
    assert subprocess.run(["true"], check=True).returncode == 0
    ask(["true"])
