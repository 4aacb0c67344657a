import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.tools.vault import Limits, Vault, VaultFull, Way


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    return tmp_path


def written(place: Path, name: str = "letter.docx", content: bytes = b"good") -> Path:
    file = place / "docs" / name
    file.write_bytes(content)
    return file


def hold(vault: Vault, file: Path, document: str = "d") -> Way:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        return vault.hold(descriptor, document, str(file))
    finally:
        os.close(descriptor)


def keep(vault: Vault, file: Path, document: str = "d") -> None:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        vault.keep(descriptor, document, str(file))
    finally:
        os.close(descriptor)


def test_a_deleted_document_comes_back_with_its_mode_and_its_time(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    file.chmod(0o640)
    os.utime(file, ns=(1, 1_700_000_000_123_456_789))
    hold(vault, file)
    file.unlink()
    assert vault.restore("d") is True
    assert file.read_bytes() == b"good"
    assert file.stat().st_mode & 0o7777 == 0o640
    assert file.stat().st_mtime_ns == 1_700_000_000_123_456_789
    vault.close()


def test_a_document_overwritten_after_a_copy_comes_back_and_the_damage_is_kept(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    hold(vault, file)
    keep(vault, file)
    file.write_bytes(b"noise")
    assert vault.restore("d") is True
    assert file.read_bytes() == b"good"
    kept = {f.read_bytes() for f in (place / "vault" / "objects").glob("??/*")}
    assert kept == {b"good", b"noise"}
    vault.close()


def test_a_damaged_document_under_another_name_makes_way(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    keep(vault, file)
    elsewhere = file.rename(file.with_name("letter.docx.locked"))
    elsewhere.write_bytes(b"noise")
    assert vault.restore("d", now_at=str(elsewhere)) is True
    assert file.read_bytes() == b"good"
    assert not elsewhere.exists()
    vault.close()


def test_what_is_there_already_is_left_alone(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    hold(vault, file)
    assert vault.restore("d") is False
    assert vault.restore("unknown") is None
    vault.close()


def test_a_torn_copy_is_struck_and_the_version_before_is_given_back(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    keep(vault, file)
    file.write_bytes(b"better")
    keep(vault, file)
    vault.close()
    for copy in (place / "vault" / "objects").glob("??/*"):
        if copy.read_bytes() == b"better":
            copy.write_bytes(b"bet")
    again = Vault(place / "vault")
    assert again.lost == 1
    assert again.restore("d") is True
    assert file.read_bytes() == b"good"
    again.close()


def test_a_flipped_bit_is_never_given_back(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    keep(vault, file)
    (copy,) = (place / "vault" / "objects").glob("??/*")
    copy.chmod(0o600)
    copy.write_bytes(b"goof")
    file.unlink()
    assert vault.restore("d") is None
    vault.close()


def test_a_vault_left_open_by_a_kill_is_whole_when_opened_again(place: Path) -> None:
    vault, file = Vault(place / "vault"), written(place)
    keep(vault, file)
    (place / "vault" / "incoming" / "half").write_bytes(b"unfinished")
    shutil.copytree(place / "vault", place / "found")  # as a kill leaves it: nothing closed
    found = Vault(place / "found")
    file.unlink()
    assert found.restore("d") is True
    assert list((place / "found" / "incoming").iterdir()) == []
    found.close()
    vault.close()


def test_a_full_vault_says_so_and_keeps_what_it_has(place: Path) -> None:
    vault = Vault(place / "vault", Limits(most_bytes=10, spare=0))
    file = written(place)
    keep(vault, file)
    big = written(place, "big.pdf", b"x" * 20)
    with pytest.raises(VaultFull):
        keep(vault, big, "big")
    file.unlink()
    assert vault.restore("d") is True
    vault.close()


def test_old_versions_go_but_never_the_last_of_a_living_document(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(place / "vault", Limits(oldest=timedelta(days=30)))
    file = written(place)
    keep(vault, file)
    file.write_bytes(b"better")
    keep(vault, file)
    later = __import__("time").time() + 40 * 86_400
    monkeypatch.setattr("vigie.tools.vault.vault.time.time", lambda: later)
    vault.prune()
    assert {f.read_bytes() for f in (place / "vault" / "objects").glob("??/*")} == {b"better"}
    vault.close()


def test_the_vault_is_nobody_elses(place: Path) -> None:
    vault = Vault(place / "vault")
    assert (place / "vault").stat().st_mode & 0o777 == 0o700
    vault.close()


@settings(max_examples=25, deadline=None)
@given(contents=st.lists(st.binary(max_size=2000), min_size=1, max_size=5))
def test_the_last_of_any_versions_comes_back_byte_for_byte(
    contents: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("vault")
    (place / "docs").mkdir()
    vault = Vault(place / "vault")
    for content in contents:
        file = written(place, content=content)
        keep(vault, file)
    file.write_bytes(b"damage")
    assert vault.restore("d") is True
    assert file.read_bytes() == contents[-1]
    vault.close()


def test_a_vault_that_refused_is_full_until_there_is_room_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault = Vault(tmp_path / "vault", Limits(most_bytes=10))
    file = tmp_path / "letter"
    file.write_bytes(b"x" * 100)
    with file.open("rb") as reading:
        assert not vault.full
        with pytest.raises(VaultFull):
            vault.keep(reading.fileno(), "letter", str(file))
        assert vault.full
        monkeypatch.setattr(vault, "_limits", Limits(most_bytes=1_000))
        assert not vault.full
    vault.close()


def test_a_document_that_is_back_no_longer_counts_as_deleted(tmp_path: Path) -> None:
    # Its last version would be let go a month after the deletion, although it lives.
    vault = Vault(tmp_path / "vault")
    file = tmp_path / "letter"
    file.write_bytes(b"Cher ami")
    with file.open("rb") as reading:
        vault.keep(reading.fileno(), "letter", str(file))
    file.unlink()
    vault.gone([("letter", "4711-1")])
    assert vault.living() == {}
    assert vault.restore("letter")
    assert set(vault.living()) == {str(file)}
    vault.close()
