import io

import numpy as np
import pytest
from photos_made import GPS, LATITUDE, corners, heic, saved
from PIL import Image, PngImagePlugin

from vigie.domain.evidence.pictures import Hidden
from vigie.readers.picture.opening import Unopened, opened


def colours(pixels: np.ndarray) -> list[str]:
    h, w = pixels.shape[:2]
    places = ((8, 8), (8, w - 8), (h - 8, w - 8), (h - 8, 8))
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (1, 1, 1): "white"}
    return [names[tuple((pixels[place] > 128).astype(int))] for place in places]


UPRIGHT = ["red", "green", "blue", "white"]
UNDO = {  # what a camera does to an upright picture whose tag says so
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "TIFF", "BMP", "GIF"])
def test_each_format_opens_upright(form: str) -> None:
    photo = opened(saved(corners(), form))
    assert photo.pixels.shape == (400, 600, 3)
    assert colours(photo.pixels) == UPRIGHT
    assert not photo.cut_short


@pytest.mark.parametrize("tag", UNDO)
def test_a_turned_photo_is_seen_as_people_see_it(tag: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = tag
    photo = opened(saved(corners().transpose(UNDO[tag]), "JPEG", exif=exif))
    assert photo.pixels.shape == (400, 600, 3)
    assert colours(photo.pixels) == UPRIGHT


def test_a_photo_of_an_iphone_opens() -> None:
    content = heic(corners())
    if content is None:
        pytest.skip("no HEIC encoder")
    photo = opened(content)
    assert photo.pixels.shape == (400, 600, 3)
    assert colours(photo.pixels) == UPRIGHT


@pytest.mark.parametrize("mode", ["L", "LA", "P", "RGBA", "CMYK", "1", "I;16"])
def test_every_way_to_write_colours_becomes_red_green_and_blue(mode: str) -> None:
    form = "TIFF" if mode in {"CMYK", "I;16"} else "PNG"
    source = corners().convert("L" if mode == "I;16" else mode)
    if mode == "I;16":
        source = Image.fromarray(np.asarray(source).astype(np.uint16) * 257)
    photo = opened(saved(source, form))
    assert photo.pixels.shape == (400, 600, 3)
    assert photo.pixels[395, 5].min() > 200  # what was white is white


def test_what_a_file_carries_is_named() -> None:
    exif = Image.Exif()
    exif[GPS] = {LATITUDE: (45.0, 3.0, 12.0)}
    exif[0x0110] = "Telephone 9"
    photo = opened(saved(corners(), "JPEG", exif=exif, comment=b"chez le docteur") + b"rest")
    assert photo.hidden == {Hidden.POSITION, Hidden.CAMERA, Hidden.WORDS, Hidden.TRAILER}


def test_words_in_a_png_are_named() -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Description", "M. Dupont")
    assert opened(saved(corners(), "PNG", pnginfo=words)).hidden == {Hidden.WORDS}


def test_bare_pictures_carry_nothing() -> None:
    for form in ("JPEG", "PNG", "WEBP"):
        assert opened(saved(corners(), form)).hidden == frozenset()


def test_half_a_photo_shows_what_is_left() -> None:
    content = saved(corners((1200, 900)), "JPEG", quality=95)
    photo = opened(content[: len(content) // 2])
    assert photo.cut_short
    assert photo.pixels.shape == (900, 1200, 3)


def test_an_animation_shows_its_first_picture_and_says_how_many_there_are() -> None:
    frames = [Image.new("RGB", (60, 40), (shade, 0, 0)) for shade in (250, 120, 10)]
    out = io.BytesIO()
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    photo = opened(out.getvalue())
    assert photo.frames == 3
    assert photo.pixels[5, 5, 0] > 200


def test_a_single_pixel_is_a_picture() -> None:
    assert opened(saved(Image.new("RGB", (1, 1)), "PNG")).pixels.shape == (1, 1, 3)


@pytest.mark.parametrize(
    "content",
    [b"", b"%PDF-1.7\n1 0 obj\n", b"\xff\xd8\xff\xe0", b"GIF89a\xff\xff\xff\xff", b"<svg/>"],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(Unopened) as refused:
        opened(content)
    assert refused.value.reason == "no_picture"


def test_a_picture_bomb_is_refused_before_it_unfolds() -> None:
    bomb = saved(Image.new("1", (25_000, 25_000)), "PNG")
    assert len(bomb) < 200_000
    with pytest.raises(Unopened) as refused:
        opened(bomb)
    assert refused.value.reason == "too_large"
