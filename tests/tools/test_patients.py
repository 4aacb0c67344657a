"""The book's file: for its owner alone, whole or not at all."""

from pathlib import Path

from vigie.tools.patients import keep, kept


def test_a_book_is_for_its_owner_alone_and_comes_back_whole(tmp_path: Path) -> None:
    file = tmp_path / "state" / "patients.book"
    keep(b"content", file)
    assert file.stat().st_mode & 0o777 == 0o600
    assert kept(file) == b"content"
    assert kept(tmp_path / "absent") == b""
    assert [inside.name for inside in file.parent.iterdir()] == ["patients.book"]
