from pathlib import Path

import pytest

from vigie.tools import known_bad
from vigie.tools.known_bad import KnownBad

A, B, C = ("a" * 64, "b" * 64, "c" * 64)


def test_what_was_learnt_is_known_after_a_restart(tmp_path: Path) -> None:
    known = KnownBad(tmp_path / "bad.db")
    known.learn([A, B], 7)
    assert known.number == 7
    known.close()
    again = KnownBad(tmp_path / "bad.db")
    assert A in again
    assert C not in again
    assert again.number == 0  # all of it is told once more
    again.close()


def test_a_digest_is_new_once(tmp_path: Path) -> None:
    known = KnownBad(tmp_path / "bad.db")
    assert known.add(A)
    assert not known.add(A)
    known.close()


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known_bad, "MOST", 2)
    known = KnownBad(tmp_path / "bad.db")
    known.learn([A, B, C], 3)
    assert A not in known
    assert B in known
    assert C in known
    known.close()
