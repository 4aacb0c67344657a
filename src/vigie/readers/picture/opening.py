"""From a file's bytes to upright pixels, in the cell: every format a phone or a scanner makes."""

import io
import os
import struct
import warnings
import zlib
from dataclasses import dataclass

import numpy as np
import pi_heif  # type: ignore[import-untyped]  # it carries no types
from PIL import Image, ImageFile, UnidentifiedImageError

from vigie.domain.evidence.pictures import Hidden
from vigie.readers.picture.hidden import carried
from vigie.readers.picture.views import Pixels

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF", "GIF", "BMP", "TIFF")
MOST_BYTES = 96 * 1024 * 1024
MOST_PIXELS = 64_000_000  # 50 megapixels are the best telephones of today
_LONGEST_SIDE = 30_000
_ORIENTATION = 0x0112
_WHITE = (255, 255, 255)

pi_heif.register_heif_opener(thumbnails=False, decode_threads=1)
Image.init()  # all formats now: there will be no file to load them from
Image.MAX_IMAGE_PIXELS = None  # bounded here, before a single pixel is decoded
ImageFile.LOAD_TRUNCATED_IMAGES = True  # half a photo shows half a screen


class Unopened(Exception):
    """The bytes give no picture. `reason` is a slug."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Opened:
    """Upright pixels, and what the file carried besides them."""

    pixels: Pixels
    frames: int
    hidden: frozenset[Hidden]
    cut_short: bool


def read_all(descriptor: int) -> bytes:
    """Return the bytes behind a descriptor. Raise Unopened for too many."""
    size = os.fstat(descriptor).st_size
    if size > MOST_BYTES:
        raise Unopened("too_large")
    pieces, at = [], 0
    while at < size and (piece := os.pread(descriptor, 1 << 22, at)):
        pieces.append(piece)
        at += len(piece)
    return b"".join(pieces)


def opened(untrusted: bytes) -> Opened:
    """Return the first picture of a file. Raise Unopened where there is none that fits."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _opened(untrusted)
    except Unopened:
        raise
    except (OSError, ValueError, SyntaxError, UnidentifiedImageError, EOFError, TypeError,
            IndexError, KeyError, RuntimeError, OverflowError, AttributeError, NotImplementedError,
            struct.error, zlib.error):  # fmt: skip
        raise Unopened("no_picture") from None


def _opened(untrusted: bytes) -> Opened:
    with Image.open(io.BytesIO(untrusted), formats=FORMATS) as picture:
        wide, high = picture.size
        if wide * high > MOST_PIXELS or max(wide, high) > _LONGEST_SIDE:
            raise Unopened("too_large")
        if not wide * high:
            raise Unopened("no_picture")
        frames = int(getattr(picture, "n_frames", 1))
        # The HEIF library has turned the picture itself; its tag only remembers that.
        turned = 1 if picture.format == "HEIF" else picture.getexif().get(_ORIENTATION, 1)
        found, whole = carried(untrusted, picture)
        picture.load()
        pixels = _plain(picture)
    return Opened(_upright(pixels, turned), frames, found, not whole)


def _plain(picture: Image.Image) -> Pixels:
    """Return red, green and blue; what was transparent lies on white, as a web page shows it."""
    if picture.mode.startswith(("I;16", "I", "F")):
        deep = np.asarray(picture, np.float32)
        top = max(1.0, float(deep.max(initial=1.0)))
        grey = np.clip(deep * (255 / (65_535 if top > 255 else 255)), 0, 255).astype(np.uint8)  # noqa: PLR2004
        return np.repeat(grey[..., None], 3, axis=2)
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        ground = Image.new("RGB", picture.size, _WHITE)
        ground.paste(clear, mask=clear.getchannel("A"))
        return np.asarray(ground, np.uint8)
    return np.asarray(picture.convert("RGB"), np.uint8)


def _upright(pixels: Pixels, turned: object) -> Pixels:
    """Return the pixels as a viewer shows them (EXIF orientations 1 to 8)."""
    match turned:
        case 2:
            pixels = pixels[:, ::-1]
        case 3:
            pixels = pixels[::-1, ::-1]
        case 4:
            pixels = pixels[::-1]
        case 5:
            pixels = pixels.transpose(1, 0, 2)
        case 6:
            pixels = pixels.transpose(1, 0, 2)[:, ::-1]
        case 7:
            pixels = pixels.transpose(1, 0, 2)[::-1, ::-1]
        case 8:
            pixels = pixels.transpose(1, 0, 2)[::-1]
    return np.ascontiguousarray(pixels)
