import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.routines.conftest import Stage

from vigie.domain.practice import Language
from vigie.routines.backups.checking import check
from vigie.routines.backups.setting_up import ALPHABET, make_paper_key, set_up
from vigie.routines.backups.sheet import Sheet, write_sheet
from vigie.tools.restic import Restic


def test_the_paper_key_opens_the_place_and_stands_nowhere_on_the_machine(
    stage: Stage, tmp_path: Path
) -> None:
    shutil.rmtree(stage.repository)
    place = replace(stage.place, password_file=None)
    made = set_up(stage.room, [place])
    assert made.places == (place,)
    paper = tmp_path / "paper"
    paper.write_text(made.paper_key)
    restic = stage.room.restic(place)
    on_paper = Restic(replace(restic.repository, password_file=paper))
    assert len(on_paper.known_keys()) == 2
    for file in stage.room.folder.rglob("*"):
        assert not file.is_file() or made.paper_key.encode() not in file.read_bytes()
    assert stage.room.password_file(place).stat().st_mode & 0o077 == 0
    assert check(stage.room, place, read=False) == ()


def test_done_again_it_keeps_the_place_and_gives_a_new_sheet(stage: Stage) -> None:
    first, second = (set_up(stage.room, [stage.place]) for _ in range(2))
    assert first.paper_key != second.paper_key
    assert len(stage.restic.known_keys()) == 3


def test_no_place_is_made_below_an_unplugged_disk(stage: Stage, tmp_path: Path) -> None:
    absent = replace(stage.place, location=str(tmp_path / "media" / "usb" / "vigie"))
    made = set_up(stage.room, [absent])
    assert made.places == ()
    assert [finding.fact for finding in made.findings] == ["backup_disk_absent"]
    assert not (tmp_path / "media").exists()


def test_paper_keys_are_long_and_typed_without_doubt() -> None:
    key = make_paper_key()
    assert len(key.split("-")) == 6
    assert set(key) <= {*ALPHABET, "-"}
    assert len({make_paper_key() for _ in range(100)}) == 100


@pytest.mark.parametrize("language", Language)
def test_the_sheet_is_one_page_that_says_everything(language: Language, tmp_path: Path) -> None:
    key, out = make_paper_key(), tmp_path / "fiche.pdf"
    locations = [f"sftp:cabinet@nas{number}.example:/srv/{'long' * 20}" for number in range(7)]
    sheet = Sheet(practice="Cabinet <A> & B", caretaker="Karim", paper_key=key,
                  locations=locations, made=date(2026, 11, 23), language=language)  # fmt: skip
    write_sheet(sheet, out)
    assert out.stat().st_mode & 0o077 == 0
    info = subprocess.run(["pdfinfo", out], capture_output=True, text=True, check=True).stdout
    assert "Pages:           1" in info
    text = subprocess.run(
        ["pdftotext", "-layout", out, "-"], capture_output=True, text=True, check=True
    ).stdout
    assert key in text.replace("\n", "").replace(" ", "")
    for said in ("Cabinet <A> & B", "Karim", "restore latest", locations[0][:40]):
        assert said in text
