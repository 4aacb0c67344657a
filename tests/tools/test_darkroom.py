import io
from pathlib import Path

import pytest
from photos_made import corners, saved
from PIL import Image

from vigie.tools import darkroom
from vigie.tools.darkroom import Format

SIZE = (600, 400)


@pytest.mark.parametrize("form", Format)
def test_a_copy_has_its_places_black_and_the_rest_as_it_was(form: Format) -> None:
    copy = darkroom.copy(corners().tobytes(), SIZE, [(0, 0, 150, 0, 150, 150, 0, 150)], form)
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.format == form.value
        assert picture.size == SIZE
        assert max(picture.convert("RGB").getpixel((60, 60))) < 16
        assert picture.convert("RGB").getpixel((560, 40))[1] > 220


@pytest.mark.parametrize("form", Format)
def test_a_copy_carries_not_one_byte_besides_its_pixels(form: Format) -> None:
    copy = darkroom.copy(corners().tobytes(), SIZE, [(10, 10, 90, 10, 90, 90)], form)
    assert darkroom.carries(copy) == 0


def test_what_a_file_carries_is_counted() -> None:
    exif = Image.Exif()
    exif[0x0110] = "Telephone 9"
    picture = corners()
    assert darkroom.carries(saved(picture, "JPEG", exif=exif)) > 20
    assert darkroom.carries(saved(picture, "JPEG", comment=b"chez le docteur")) > 15
    assert darkroom.carries(saved(picture, "JPEG") + b"12345") == 5
    assert darkroom.carries(saved(picture, "PNG") + b"123") == 3
    assert darkroom.carries(saved(picture, "PNG", exif=exif)) > 20
    assert darkroom.carries(saved(picture, "WEBP", exif=exif)) > 20
    assert darkroom.carries(b"no picture") == 10


def test_pixels_that_do_not_fill_the_size_are_refused() -> None:
    with pytest.raises(ValueError, match="not enough"):
        darkroom.copy(b"123", SIZE, [])


def test_an_outline_of_two_corners_is_a_line() -> None:
    copy = darkroom.copy(corners().tobytes(), SIZE, [(300, 0, 300, 399)], Format.PNG)
    with Image.open(io.BytesIO(copy)) as picture:
        assert picture.getpixel((300, 200)) == (0, 0, 0)
        assert picture.getpixel((310, 200)) == (90, 90, 90)


def test_endings_name_formats() -> None:
    assert darkroom.BY_ENDING[Path("a.JPG").suffix.lower()] is Format.JPEG
