"""What runs in the cell: look at one photo, then hand its pixels out, strip by strip."""

import base64
import io
from collections.abc import Sequence

import cv2
import msgspec
import numpy as np
import numpy.ma  # used by numpy's median, and loaded only then
from PIL import Image

from vigie.domain.evidence.pictures import Photo, Spot
from vigie.domain.evidence.writing import Kind
from vigie.knowledge.writing import search
from vigie.readers.picture import letters, network, seeing
from vigie.readers.picture.opening import Unopened, opened, read_all
from vigie.readers.picture.views import Pixels

_LONGEST = 20_000  # characters read at one place
_GLANCE = 2_048  # pixels on the long side of a copy that is looked at again

_kept: dict[str, Pixels] = {}
network.keep_memory()


def _rehearse() -> None:
    """Read one small picture of each format, with something of each kind in it.

    Libraries load some of their parts when these are first used; once the cell is shut there is
    no file to load them from.
    """
    sheet = np.full((256, 320, 3), 90, np.uint8)
    cv2.rectangle(sheet, (20, 20), (300, 230), (250, 250, 250), -1)
    for row in range(60, 230, 30):
        cv2.putText(sheet, "Martin 1234", (30, row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0, 0, 0), 2)
    picture = Image.fromarray(sheet)
    for form in ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"):
        made = io.BytesIO()
        picture.save(made, form)
        photo = opened(made.getvalue())
    seeing.spots(photo.pixels)
    lines = letters.found(photo.pixels)
    letters.read(photo.pixels, lines or [letters.Line(160, 120, 200, 30, 0)])
    for stage, side in ((1, 48), (2, 24), (3, 48)):
        network.faces(stage).run(None, {"x": np.zeros((1, 3, side, side), np.float32)})
    search("Madame Essai, née le 03/02/1951, 06 12 34 56 78")


_rehearse()


def _says(spots: Sequence[Spot]) -> tuple[Kind, ...]:
    """Return what the words read at the spots are, each thing's by themselves."""
    texts = ("\n".join(spot.lines)[:_LONGEST] for spot in spots if spot.lines)
    return tuple(mark.kind for text in texts for mark in search(text))


def read(descriptor: int | None, *, top: int = 0, rows: int = 0, again: bool = False) -> str:
    """Given a descriptor, return its `Photo` as JSON; without one, rows of the last one's pixels.

    The pixels stay in the cell's memory until the next photo; they come as base64 of red, green
    and blue bytes, row after row, and only pixels come: whoever asked makes a new file of them.
    `again`: it is our own copy; what was seen in it is hidden, and is not to be read.
    """
    if descriptor is None:
        strip = _kept.get("pixels", np.zeros((0, 0, 3), np.uint8))[top : top + rows]
        return base64.b64encode(strip.tobytes()).decode("ascii")
    _kept.clear()
    try:
        photo = opened(read_all(descriptor))
    except Unopened as trouble:
        return msgspec.json.encode(Photo(defect=trouble.reason)).decode()
    _kept["pixels"] = photo.pixels
    high, wide = photo.pixels.shape[:2]
    if again:
        spots = seeing.spots(photo.pixels, finest=_GLANCE, read=False)
    else:
        spots = seeing.spots(photo.pixels)
    seen = Photo(
        width=wide,
        height=high,
        frames=photo.frames,
        spots=tuple(spots),
        says=_says(spots),
        hidden=photo.hidden,
        defect="cut_short" if photo.cut_short else "",
    )
    return msgspec.json.encode(seen).decode()
