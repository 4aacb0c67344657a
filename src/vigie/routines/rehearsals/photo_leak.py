"""The photo leak, played for real: photos are put into a watched folder, and copies come out.

The photos are drawn anew each time: a screen with a list of patients, a prescription, somewhere in
a room, and in the file the place where it was taken. The real sensor, reader, guard, policy and
deed make the copies; a copy holds when each line is black in it and it carries nothing else.
"""

import io
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.response import Deed
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.readers.picture.reader import PictureReader
from vigie.responders.mask import Mask
from vigie.routines.photos.shelf import CopyShelf
from vigie.routines.rehearsals.mail_parts import MACHINE
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.sensors.publishing.folder import PHOTOS as PHOTO_FILES
from vigie.sensors.publishing.folder import PublishingFolder
from vigie.tools import darkroom
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Patrol

PHOTOS = 2
SIZE = (2000, 1500)
PATIENCE = 90.0  # seconds for a copy, on a busy machine
_BLACK = 24  # of 255: JPEG leaves some light beside an edge
_HIDDEN = 0.9  # of a line
_GPS, _LATITUDE = 0x8825, 2

Rectangle = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A photo made for the purpose, and where its lines are."""

    content: bytes
    lines: tuple[Rectangle, ...]


def play(stage: Stage) -> Iterator[Trial]:
    """Put photos into a folder; yield whether their copies tell anything."""
    chance = random.Random()  # noqa: S311  (other photos each time; nobody guesses them)
    photos = {f"photo-{n}.jpg": drawn(chance) for n in range(PHOTOS)}
    began = time.monotonic()
    copies = _published(stage.scratch, {name: photo.content for name, photo in photos.items()})
    took = round(time.monotonic() - began)
    left = sum(_readable(copies.get(name), photo) for name, photo in photos.items())
    carried = sum(darkroom.carries(copy) for copy in copies.values())
    yield Trial(
        name="photo_masked",
        held=len(copies) == PHOTOS and not left and not carried,
        numbers={
            "photos": PHOTOS,
            "lines": sum(len(photo.lines) for photo in photos.values()),
            "left": left,
            "seconds": took,
        },
    )


def _published(scratch: Path, photos: dict[str, bytes]) -> dict[str, bytes]:
    """Return the copies that the watched folder gave for photos, by name."""
    offered, ready = scratch / "offered", scratch / "ready"
    for folder in (offered, ready):
        folder.mkdir()
    patrol, undo = (
        Patrol({Danger.PHOTO_LEAK: guards()[Danger.PHOTO_LEAK]}, decide),
        UndoBook(scratch / "undo.db"),
    )
    stop = threading.Event()
    with PictureReader() as reader:
        shelf = CopyShelf(reader, ready, MACHINE)
        mask = Mask(shelf.take)

        def see(evidence: Evidence) -> None:
            for verdict in patrol.step(evidence):
                for response in verdict.responses:
                    if response.deed is Deed.MASK:
                        mask.carry_out(response, report="r", at=datetime.now(UTC), undo=undo)

        sensor = PublishingFolder(offered, PHOTO_FILES, shelf.develop, shelf.done)
        watch = threading.Thread(target=sensor.observe, args=(see, stop), daemon=True)
        for name, content in photos.items():
            (offered / name).write_bytes(content)
        watch.start()
        limit = time.monotonic() + PATIENCE
        while watch.is_alive() and time.monotonic() < limit:
            if len(list(ready.glob("*.jpg"))) == len(photos):
                break
            time.sleep(0.1)
        died = not watch.is_alive()
        stop.set()
        watch.join(PATIENCE)
    undo.close()
    if died:
        raise CannotPlay("died")
    return {path.name: path.read_bytes() for path in sorted(ready.glob("*.jpg"))}


def _readable(copy: bytes | None, photo: Drawn) -> int:
    """Return how many lines of a photo are not black in its copy."""
    if copy is None:
        return len(photo.lines)
    with Image.open(io.BytesIO(copy)) as picture:
        grey = picture.convert("L")
        dark = (grey.crop(line).point(lambda tone: 255 * (tone < _BLACK)) for line in photo.lines)
        parts = [piece.histogram()[255] / max(1, piece.width * piece.height) for piece in dark]
    return sum(part < _HIDDEN for part in parts)


def drawn(chance: random.Random) -> Drawn:
    """Draw a room with a screen and a prescription in it, noise over it, a place in the file."""
    wall = tuple(chance.randint(120, 235) for _ in range(3))
    picture = Image.new("RGB", SIZE, wall)
    draw = ImageDraw.Draw(picture)
    desk = chance.randint(1000, 1200)
    draw.rectangle((0, desk, *SIZE), fill=tuple(chance.randint(60, 150) for _ in range(3)))
    lines: list[Rectangle] = []
    left, top = chance.randint(150, 350), chance.randint(120, 260)
    _screen(draw, chance, (left, top, left + chance.randint(800, 950), desk - 120), lines)
    left = chance.randint(1350, 1450)
    _paper(draw, chance, (left, chance.randint(500, 640), left + 430, 1180), lines)
    noise = Image.effect_noise(SIZE, chance.uniform(8, 24)).convert("RGB")
    out = io.BytesIO()
    tags = Image.Exif()
    tags[_GPS] = {_LATITUDE: (45.0, chance.randint(0, 59) * 1.0, 12.0)}
    Image.blend(picture, noise, 0.06).save(out, "JPEG", quality=90, exif=tags)
    return Drawn(out.getvalue(), tuple(lines))


def _screen(
    draw: ImageDraw.ImageDraw, chance: random.Random, box: Rectangle, lines: list[Rectangle]
) -> None:
    left, top, right, low = box
    rim = chance.randint(10, 60)
    draw.rectangle((left - 22, top - 22, right + 22, low + 40), fill=(rim, rim, rim + 3))
    draw.rectangle(
        ((left + right) // 2 - 50, low + 40, (left + right) // 2 + 50, low + 150), fill=rim
    )
    draw.rectangle(box, fill=(250, 251, 252))
    draw.rectangle((left, top, right, top + 34), fill=(30, 90, chance.randint(110, 200)))
    _write(draw, chance, (left + 16, top + 50, right - 10, low - 20), lines)


def _paper(
    draw: ImageDraw.ImageDraw, chance: random.Random, box: Rectangle, lines: list[Rectangle]
) -> None:
    draw.rectangle(box, fill=(248, 247, 242))
    _write(draw, chance, (box[0] + 24, box[1] + 30, box[2] - 20, box[3] - 20), lines)


def _write(
    draw: ImageDraw.ImageDraw, chance: random.Random, room: Rectangle, lines: list[Rectangle]
) -> None:
    """Write lines about nobody until the room is full."""
    size = chance.randint(20, 30)
    hand, (left, y, right, low) = face(size), room
    while y + size < low:
        born = (
            f"{chance.randint(1, 28):02d}/{chance.randint(1, 12):02d}/{chance.randint(1930, 2020)}"
        )
        text = (
            f"{chance.choice(_NAMES)} {born} {chance.choice(_REASONS)} 06 {chance.randint(10, 99)}"
        )
        while draw.textlength(text, font=hand) > right - left:
            text = text[:-1]
        draw.text((left, y), text, font=hand, fill=(20, 22, 30))
        box = draw.textbbox((left, y), text, font=hand)
        lines.append((int(box[0]), int(box[1]), int(box[2]) + 1, int(box[3]) + 1))
        y += round(size * 1.6)


def face(size: int) -> ImageFont.FreeTypeFont:
    """Return the letters that reportlab carries: they have accents, Pillow's own have none."""
    return ImageFont.truetype(str(resources.files("reportlab") / "fonts" / "Vera.ttf"), size)


_NAMES = ["MARTIN Léa", "BENALI Karim", "ROCHAT Odile", "PEETERS Luc", "FAVRE Noé", "GUÉRIN Inès"]
_REASONS = ["diabète", "HTA", "vaccin DTP", "grossesse", "lombalgie", "asthme", "bilan sanguin"]
