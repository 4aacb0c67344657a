"""The vault where files can share blocks: btrfs and XFS, each on a real image."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_disk import sharing_disk

from vigie.tools.vault import Vault, Way

pytestmark = pytest.mark.kernel

GOOD = os.urandom(32_000_000)
LITTLE = 1_000_000  # bytes a file system may need for its own books


@pytest.fixture(params=["btrfs", "xfs"])
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    with sharing_disk(tmp_path / "disque", request.param) as place:
        yield place


def hold(vault: Vault, file: Path) -> Way:
    descriptor = os.open(file, os.O_RDONLY)
    try:
        return vault.hold(descriptor, "d", str(file))
    finally:
        os.close(descriptor)


def free(disk: Path) -> int:
    os.sync()
    state = os.statvfs(disk)
    return state.f_bavail * state.f_frsize


def written(disk: Path, content: bytes = GOOD) -> Path:
    file = disk / "radio.jpg"
    file.write_bytes(content)
    return file


def test_a_version_shares_its_blocks_and_costs_no_copy(disk: Path) -> None:
    file, vault = written(disk), Vault(disk / "vault")
    before = free(disk)
    assert hold(vault, file) is Way.CLONE
    vault.commit()
    assert before - free(disk) < LITTLE
    assert vault.used == 0
    vault.close()


def test_what_is_overwritten_in_place_comes_back_from_its_clone(disk: Path) -> None:
    file, vault = written(disk), Vault(disk / "vault")
    hold(vault, file)
    with file.open("r+b") as harmed:  # the same inode: a link would be harmed with it
        harmed.write(os.urandom(len(GOOD)))
    assert file.read_bytes() != GOOD
    assert vault.restore("d") is True
    assert file.read_bytes() == GOOD
    vault.close()


def test_a_clone_outlives_a_truncation_and_the_end_of_the_agent(disk: Path) -> None:
    file, vault = written(disk), Vault(disk / "vault")
    file.chmod(0o640)
    hold(vault, file)
    vault.close()
    os.truncate(file, 0)
    again = Vault(disk / "vault")
    assert again.lost == 0
    assert again.restore("d") is True
    assert file.read_bytes() == GOOD
    assert file.stat().st_mode & 0o7777 == 0o640
    again.close()


def test_a_later_good_version_is_a_clone_of_its_own(disk: Path) -> None:
    file, vault = written(disk), Vault(disk / "vault")
    hold(vault, file)
    file.write_bytes(b"corrected")
    assert hold(vault, file) is Way.CLONE
    file.write_bytes(b"noise")
    assert vault.restore("d") is True
    assert file.read_bytes() == b"corrected"
    vault.close()
