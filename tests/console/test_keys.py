import stat
from pathlib import Path

import pytest

from vigie.console import keys


@pytest.fixture(autouse=True)
def _no_key_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIE_SECRET_KEY", raising=False)
    monkeypatch.delenv("VIGIE_SECRET_KEY_FILE", raising=False)


def test_the_first_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    keys.make(tmp_path)
    first = keys.load(tmp_path)
    keys.make(tmp_path)
    assert keys.load(tmp_path) == first
    assert stat.S_IMODE((tmp_path / keys.FILE).stat().st_mode) == 0o600


def test_a_rotation_keeps_the_keys_before_for_reading(tmp_path: Path) -> None:
    keys.make(tmp_path)
    (first,) = keys.load(tmp_path)
    keys.rotate(tmp_path)
    assert keys.load(tmp_path)[1:] == [first]
    for _ in range(5):
        keys.rotate(tmp_path)
    assert len(keys.load(tmp_path)) == keys.KEPT
    assert first not in keys.load(tmp_path)


def test_production_gives_its_keys_by_environment_or_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("from a file\n")
    monkeypatch.setenv("VIGIE_SECRET_KEY_FILE", str(secret))
    assert keys.given("VIGIE_SECRET_KEY") == "from a file"
    monkeypatch.setenv("VIGIE_SECRET_KEY", "new old")
    assert keys.load(None) == ["new", "old"]


def test_without_any_key_nothing_is_written(tmp_path: Path) -> None:
    assert keys.load(tmp_path) != keys.load(tmp_path)
    assert list(tmp_path.iterdir()) == []
