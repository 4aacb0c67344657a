"""One page of a PDF as pixels. Runs in a cell: two integers and raw colours are all that leaves it."""

import base64
import os

import pypdfium2
from PIL import Image

Image.init()  # the drawing fetches it later, and a cell could not
_MOST = 256 * 1024 * 1024
_MOST_PIXELS = 12_000_000
_POINTS = 72


def read(descriptor: int, *, page: int, dots: int) -> dict[str, object]:
    """Return how many pages there are, and one of them at `dots` per inch: its sides, its colours.

    A page too large for that is drawn smaller. An answer without pixels: it cannot be drawn.
    """
    document = pypdfium2.PdfDocument(os.pread(descriptor, _MOST, 0))
    pages = len(document)
    if page >= pages:
        return {"pages": pages, "width": 0, "height": 0, "colours": ""}
    drawn = document[page]
    wide, high = drawn.get_size()
    scale = dots / _POINTS
    if wide * high * scale * scale > _MOST_PIXELS:
        scale = (_MOST_PIXELS / max(wide * high, 1)) ** 0.5
    picture = (
        drawn.render(scale=scale, rev_byteorder=True, prefer_bgrx=False).to_pil().convert("RGB")
    )
    colours = base64.b64encode(picture.tobytes()).decode()
    return {"pages": pages, "width": picture.width, "height": picture.height, "colours": colours}
