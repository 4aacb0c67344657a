import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.tools.cover.mounts import MountCover

pytestmark = pytest.mark.kernel


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "Dossiers à jour"
    (folder / "2026").mkdir(parents=True)
    (folder / "2026" / "lettre.txt").write_text("bon")
    yield folder
    MountCover().unblock(str(folder))


def test_nobody_writes_under_a_cover_and_everybody_reads(folder: Path) -> None:
    cover = MountCover()
    cover.block(str(folder))
    letter = folder / "2026" / "lettre.txt"
    assert letter.read_text() == "bon"
    for harm in (
        lambda: letter.write_text("mauvais"),
        letter.unlink,
        lambda: letter.rename(folder / "lettre.locked"),
        lambda: (folder / "rançon.txt").write_text("payez"),
        lambda: os.truncate(letter, 0),
    ):
        with pytest.raises(OSError, match="Read-only"):
            harm()
    cover.unblock(str(folder))
    letter.write_text("mieux")
    assert letter.read_text() == "mieux"


def test_covering_twice_is_covering_once(folder: Path) -> None:
    cover = MountCover()
    cover.block(str(folder))
    cover.block(str(folder))
    assert cover.blocked.count(str(folder)) == 1
    cover.unblock(str(folder))
    cover.unblock(str(folder))
    assert str(folder) not in cover.blocked


def test_another_agent_can_take_away_what_a_killed_one_left(folder: Path) -> None:
    MountCover().block(str(folder))
    later = MountCover()
    assert str(folder) in later.blocked
    later.unblock(str(folder))
    (folder / "note.txt").write_text("libre")


def test_a_restore_writes_under_the_cover(folder: Path) -> None:
    cover = MountCover()
    cover.block(str(folder))
    beneath = cover.beneath(str(folder))
    assert beneath is not None
    (beneath / "2026" / "lettre.txt").write_text("rendu")
    assert (folder / "2026" / "lettre.txt").read_text() == "rendu"


def test_a_mount_that_is_not_ours_stays(tmp_path: Path) -> None:
    cover = MountCover()
    cover.unblock(str(tmp_path))
    cover.unblock("/proc")
    assert Path("/proc/self/stat").exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        MountCover().block(str(tmp_path / "absent"))
