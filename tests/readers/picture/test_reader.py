import os
import signal
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from photos_made import corners, heic, room, saved
from PIL import Image

from vigie.domain.evidence.pictures import Hidden, Place
from vigie.domain.evidence.writing import Kind
from vigie.readers.picture.reader import LIMITS, PictureReader
from vigie.tools.confinement import Limits


@pytest.fixture(scope="module")
def reader() -> Iterator[PictureReader]:
    with PictureReader() as each:
        yield each


def test_a_photo_is_seen_and_its_pixels_come_out_upright(reader: PictureReader) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = corners().transpose(Image.Transpose.ROTATE_90)
    photo, pixels = reader.look_and_take(saved(turned, "PNG", exif=exif))
    assert (photo.width, photo.height) == (600, 400)
    assert Image.frombytes("RGB", (600, 400), pixels).tobytes() == corners().tobytes()
    assert Hidden.CAMERA in photo.hidden or Hidden.OTHER in photo.hidden


def test_what_can_be_read_is_said_by_kind(reader: PictureReader) -> None:
    picture, _ = room(5)
    photo = reader.look(saved(picture, "JPEG", quality=93))
    assert Place.SCREEN in {spot.place for spot in photo.spots}
    assert Kind.NAME in photo.says
    assert photo.defect == ""


def test_a_photo_of_a_telephone_goes_through_the_cell(reader: PictureReader) -> None:
    content = heic(corners())
    if content is None:
        pytest.skip("no HEIC encoder")
    assert reader.look(content).width == 600


@pytest.mark.parametrize(
    ("content", "defect"),
    [
        (b"", "no_picture"),
        (b"%PDF-1.4 renamed", "no_picture"),
        (saved(Image.new("1", (20_000, 20_000)), "PNG"), "too_large"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 5000, "no_picture"),
    ],
    ids=["nothing", "renamed", "bomb", "broken"],
)
def test_bad_input_is_answered_at_once(reader: PictureReader, content: bytes, defect: str) -> None:
    begun = time.monotonic()
    photo = reader.look(content)
    assert not photo.shows
    assert photo.defect == defect
    assert time.monotonic() - begun < 10


def test_a_file_beyond_all_measure_is_not_even_read(reader: PictureReader) -> None:
    assert reader.look(bytes(97 * 1024 * 1024)).defect == "too_large"


def test_the_cell_is_shut(reader: PictureReader) -> None:
    assert reader.weakest_link == ""


def test_a_cell_that_dies_is_replaced() -> None:
    with PictureReader() as reader:
        reader.look(saved(corners(), "PNG"))
        assert reader._cell is not None
        os.kill(reader._cell.pid, signal.SIGKILL)
        assert reader.look(saved(corners(), "PNG")).defect == "reader_died"
        assert reader.look(saved(corners(), "PNG")).width == 600


def test_a_photo_that_takes_too_long_is_given_up() -> None:
    hasty = Limits(
        time=timedelta(seconds=0.05), memory=LIMITS.memory, answer=LIMITS.answer, files=LIMITS.files
    )
    picture, _ = room(5)
    with PictureReader(limits=hasty) as reader:
        assert reader.look(saved(picture, "JPEG")).defect == "reader_too_slow"


def test_a_photo_that_needs_too_much_memory_is_given_up() -> None:
    small = Limits(
        time=LIMITS.time, memory=900 * 1024 * 1024, answer=LIMITS.answer, files=LIMITS.files
    )
    picture = Image.effect_noise((9000, 7000), 90).convert("RGB")
    with PictureReader(limits=small) as reader:
        photo = reader.look(saved(picture, "JPEG", quality=40))
        assert photo.defect.startswith("reader_")
