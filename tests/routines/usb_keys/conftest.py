from collections.abc import Iterator
from pathlib import Path

import pytest

from vigie.readers.stray.reader import FileReader
from vigie.routines.usb_keys.reading import Reader
from vigie.tools.volumes import Bounds


@pytest.fixture(scope="module")
def files() -> Iterator[FileReader]:
    with FileReader(cells=1) as reader:
        yield reader


@pytest.fixture
def reader(files: FileReader, tmp_path: Path) -> Reader:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Reader(look=files.read, scratch=scratch, bounds=Bounds(floor=0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What somebody might have on a key."""
    folder = tmp_path / "folder"
    (folder / "Résultats 2026" / "Mme Bernard").mkdir(parents=True)
    (folder / "Résultats 2026" / "Mme Bernard" / "bilan sanguin.txt").write_text("HbA1c 8,1 %\n")
    (folder / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(5000) + b"\xff\xd9")
    (folder / "vide.txt").touch()
    (folder / "autorun.inf").write_bytes(b"[autorun]\r\nopen=notepad.exe\r\n")
    return folder
