import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import Reader
from vigie.tools.volumes import Bounds


@pytest.fixture(scope="module")
def files() -> Iterator[KeyFiles]:
    with KeyFiles(cells=1) as reader:
        yield reader


@pytest.fixture
def reader(files: KeyFiles, tmp_path: Path) -> Reader:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    return Reader(look=files.look, scratch=scratch, bounds=Bounds(floor=0))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What somebody might have on a key."""
    folder = tmp_path / "folder"
    (folder / "Résultats 2026" / "Mme Bernard").mkdir(parents=True)
    (folder / "Résultats 2026" / "Mme Bernard" / "bilan sanguin.txt").write_text("HbA1c 8,1 %\n")
    (folder / "photo.jpg").write_bytes(_picture())
    (folder / "vide.txt").touch()
    (folder / "autorun.inf").write_bytes(b"[autorun]\r\nopen=notepad.exe\r\n")
    return folder


def _picture() -> bytes:
    picture = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(picture, "JPEG")
    return picture.getvalue()
