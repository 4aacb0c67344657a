"""Photos drawn for tests: a room with a screen and a paper in it, as any format."""

import io
import random
import shutil
import subprocess
import tempfile
from pathlib import Path

from PIL import Image, ImageDraw

from vigie.routines.rehearsals.photo_leak import drawn, face

GPS, LATITUDE = 0x8825, 2


def room(seed: int = 1) -> tuple[Image.Image, tuple[tuple[int, int, int, int], ...]]:
    """Return a photo of a room, and where the lines of text in it are."""
    photo = drawn(random.Random(seed))  # noqa: S311  (the same photo each time)
    return Image.open(io.BytesIO(photo.content)).convert("RGB"), photo.lines


def saved(picture: Image.Image, form: str, **more: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, form, **more)
    return out.getvalue()


def heic(picture: Image.Image) -> bytes | None:
    """Return the picture as HEIC; None where no encoder is installed."""
    if not shutil.which("heif-enc"):
        return None
    with tempfile.TemporaryDirectory() as folder:
        source, made = Path(folder) / "a.png", Path(folder) / "a.heic"
        picture.save(source)
        subprocess.run(["heif-enc", "-o", made, source], check=True, capture_output=True)
        return made.read_bytes()


def corners(size: tuple[int, int] = (600, 400)) -> Image.Image:
    """Return a picture whose four corners are red, green, blue and white, clockwise."""
    picture = Image.new("RGB", size, (90, 90, 90))
    w, h = size
    third = min(size) // 3
    for place, colour in (
        ((0, 0), (255, 0, 0)),
        ((w - third, 0), (0, 255, 0)),
        ((w - third, h - third), (0, 0, 255)),
        ((0, h - third), (255, 255, 255)),
    ):
        picture.paste(colour, (*place, place[0] + third, place[1] + third))
    return picture


def workplace(note: list[str]) -> Image.Image:
    """Return a desk with a screen full of lines, and a sticky note on the wall beside it."""
    picture = Image.new("RGB", (2000, 1500), (205, 200, 190))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 1100, 2000, 1500), fill=(120, 95, 70))
    draw.rectangle((200, 280, 1200, 930), fill=(25, 25, 28))
    draw.rectangle((225, 305, 1175, 890), fill=(250, 251, 252))
    draw.rectangle((640, 930, 760, 1050), fill=(25, 25, 28))
    draw.rectangle((225, 305, 1175, 345), fill=(30, 90, 150))
    printed = face(24)
    for row in range(12):
        text = f"MARTIN Léa 0{row % 9 + 1}/03/1951 bilan sanguin 06 12 34 56 {row + 10}"
        draw.text((245, 370 + row * 42), text, font=printed, fill=(20, 22, 30))
    draw.rectangle((1360, 260, 1660, 560), fill=(253, 236, 110))
    for row, line in enumerate(note):
        draw.text((1380, 320 + row * 70), line, font=face(32), fill=(25, 35, 120))
    return picture
