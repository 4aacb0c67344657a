"""The same password at two places is seen, and neither is kept."""

from pathlib import Path

from vigie.tools.reuse import Reuse

SECRET = "violon tracteur été"


def test_the_same_password_elsewhere_is_seen(tmp_path: Path) -> None:
    reuse = Reuse(tmp_path / "passwords")
    assert reuse.places(SECRET) == 0
    reuse.remember(SECRET, "banque")
    reuse.remember("autre chose", "messagerie")
    assert reuse.places(SECRET) == 1
    assert reuse.places(SECRET, besides=" Banque") == 0
    assert reuse.places("encore autre") == 0


def test_one_text_composed_otherwise_is_the_same(tmp_path: Path) -> None:
    reuse = Reuse(tmp_path)
    reuse.remember("\u00e9t\u00e9 indien", "banque")
    assert reuse.places("e\u0301te\u0301 indien") == 1


def test_a_changed_password_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    reuse = Reuse(tmp_path)
    reuse.remember(SECRET, "banque")
    reuse.remember("le nouveau", "banque")
    assert reuse.places(SECRET) == 0
    assert reuse.forget("banque")
    assert not reuse.forget("banque")


def test_nothing_of_the_password_nor_of_the_place_is_on_the_disk(tmp_path: Path) -> None:
    Reuse(tmp_path).remember(SECRET, "banque")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert not any(part.encode() in kept for part in (*SECRET.split(), "banque"))
    assert len(kept) < 200
    assert all(file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir())


def test_another_practice_marks_it_otherwise(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder in (one, other):
        Reuse(folder).remember(SECRET, "banque")
    assert (one / "reuse.json").read_text() != (other / "reuse.json").read_text()
