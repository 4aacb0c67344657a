import numpy as np
import pytest
import zxingcpp
from photos_made import room, workplace
from PIL import Image, ImageDraw

from vigie.domain.evidence.pictures import Place, Spot
from vigie.readers.picture import codes, faces, letters, seeing
from vigie.readers.picture.views import LONG, shrunk, view
from vigie.routines.rehearsals.photo_leak import face


def covered(spots: list[Spot], line: tuple[int, int, int, int]) -> bool:
    x, y = (line[0] + line[2]) / 2, (line[1] + line[3]) / 2
    return any(s.box.x <= x < s.box.x + s.box.w and s.box.y <= y < s.box.y + s.box.h for s in spots)


@pytest.mark.parametrize("seed", [11, 12])
def test_every_line_of_a_room_lies_in_a_spot(seed: int) -> None:
    picture, lines = room(seed)
    spots = seeing.spots(np.asarray(picture))
    assert [line for line in lines if not covered(spots, line)] == []
    assert Place.SCREEN in {spot.place for spot in spots}


def test_words_on_a_screen_and_on_a_note_are_read() -> None:
    spots = seeing.spots(np.asarray(workplace(["mdp Soleil2024!"])))
    note = next(spot for spot in spots if spot.place is Place.NOTE)
    assert "Soleil2024" in " ".join(note.lines)
    screen = next(spot for spot in spots if spot.place is Place.SCREEN)
    assert screen.rows >= 10
    assert sum("MARTIN" in line.upper() for line in screen.lines) >= 5


@pytest.mark.parametrize("shade", [0, 60, 128, 255])
def test_an_empty_picture_shows_nothing(shade: int) -> None:
    assert seeing.spots(np.full((900, 1200, 3), shade, np.uint8)) == []


@pytest.mark.parametrize("size", [(1, 1), (3, 4000), (40, 30), (1200, 17)])
def test_odd_shapes_are_looked_at(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (size[1], size[0], 3), np.uint8)
    spots = seeing.spots(pixels)
    assert all(spot.box.x + spot.box.w <= size[0] for spot in spots)
    assert all(spot.box.y + spot.box.h <= size[1] for spot in spots)


def test_what_the_network_sees_is_as_long_as_it_was_taught() -> None:
    assert view(np.zeros((3000, 4000, 3), np.uint8)).shape == (5, 384, LONG)
    assert view(np.zeros((4000, 3000, 3), np.uint8)).shape == (5, LONG, 384)
    assert shrunk(np.zeros((30, 40, 3), np.uint8), 400).shape == (30, 40, 3)


def test_french_letters_are_read() -> None:
    canvas = Image.new("RGB", (900, 120), "white")
    said = "Hélène Lefèvre ça où œil être À ÉTÉ"
    ImageDraw.Draw(canvas).text((20, 30), said, font=face(40), fill="black")
    pixels = np.asarray(canvas)
    read = " ".join(letters.read(pixels, letters.found(pixels)))
    assert sum(letter in read for letter in "éèçùœêÀÉ") >= 7


@pytest.mark.parametrize("turn", [0, 17, 90])
def test_a_code_is_found_even_when_part_of_it_is_gone(turn: int) -> None:
    code = zxingcpp.create_barcode("https://rdv.example/42", zxingcpp.BarcodeFormat.QRCode)
    small = Image.fromarray(np.asarray(zxingcpp.write_barcode_to_image(code, scale=8)))
    ground = Image.new("L", (900, 700), 200)
    turned = small.convert("L").rotate(turn, expand=True, fillcolor=200)
    ground.paste(turned, (300, 200))
    pixels = np.repeat(np.asarray(ground)[..., None], 3, axis=2)
    (outline,) = codes.found(pixels)
    middle = outline.mean(0)
    assert abs(middle[0] - (300 + turned.width / 2)) < 12
    assert abs(middle[1] - (200 + turned.height / 2)) < 12
    spoilt = pixels.copy()
    spoilt[320:345, 380:420] = 255 - spoilt[320:345, 380:420]
    assert len(codes.found(spoilt)) >= 1


def test_a_wall_has_no_face() -> None:
    assert faces.found(np.full((1200, 1600, 3), 180, np.uint8)) == []
