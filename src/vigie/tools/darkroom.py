"""The darkroom: a new picture from bare pixels, with places in black, and nothing else in it.

Filled, never blurred: a blurred or pixelated name can be found again by trying all names. A new
file, never the old one changed: what an editor leaves behind its new end can be brought back.
"""

import io
from collections.abc import Iterable, Sequence
from enum import StrEnum

from PIL import Image, ImageDraw

_BLACK = (0, 0, 0)
_QUALITY = 90
_JPEG_SHAPE = frozenset({0xE0, 0xDB, 0xC0, 0xC1, 0xC2, 0xC4, 0xDA, 0xDD})
_PNG_SHAPE = frozenset({b"IHDR", b"IDAT", b"IEND"})


class Format(StrEnum):
    """What a copy can be written as."""

    JPEG = "JPEG"
    PNG = "PNG"
    WEBP = "WEBP"


BY_ENDING = {
    ".jpg": Format.JPEG,
    ".jpeg": Format.JPEG,
    ".png": Format.PNG,
    ".webp": Format.WEBP,
}


def copy(
    pixels: bytes,
    size: tuple[int, int],
    outlines: Iterable[Sequence[int]],
    written_as: Format = Format.JPEG,
) -> bytes:
    """Return a new picture file: the pixels (red, green, blue, row after row), outlines in black.

    An outline is x, y, x, y, …, of at least two corners. Raise ValueError where the pixels do not
    fill the size.
    """
    picture = Image.frombytes("RGB", size, pixels)
    draw = ImageDraw.Draw(picture)
    for outline in outlines:
        corners = list(zip(outline[::2], outline[1::2], strict=True))
        if len(corners) > 2:  # noqa: PLR2004  (three make an area)
            draw.polygon(corners, fill=_BLACK, outline=_BLACK, width=3)
        else:
            draw.line(corners, fill=_BLACK, width=3)
    out = io.BytesIO()
    picture.save(out, written_as.value, quality=_QUALITY)
    return out.getvalue()


def carries(picture: bytes) -> int:
    """Return how many bytes of a picture we wrote say anything but its pixels and their coding."""
    if picture.startswith(b"\xff\xd8"):
        return _in_jpeg(picture)
    if picture.startswith(b"\x89PNG"):
        return _in_png(picture)
    if picture.startswith(b"RIFF"):
        return _in_webp(picture)
    return len(picture)


def _in_jpeg(raw: bytes) -> int:
    extra, at = 0, 2
    while at + 4 <= len(raw):
        mark, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        # The JFIF header has 16 bytes; more of it would be a thumbnail.
        if mark not in _JPEG_SHAPE or (mark == 0xE0 and length > 16):  # noqa: PLR2004
            extra += 2 + length
        at += 2 + length
        if mark == 0xDA:  # noqa: PLR2004  (the pixels follow)
            break
    return extra + len(raw) - (raw.rfind(b"\xff\xd9") + 2)


def _in_png(raw: bytes) -> int:
    extra, at = 0, 8
    while at + 12 <= len(raw):
        length, name = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        at += 12 + length
        if name not in _PNG_SHAPE:
            extra += 12 + length
        if name == b"IEND":
            break
    return extra + len(raw) - at


def _in_webp(raw: bytes) -> int:
    at = 12
    extra = 0
    while at + 8 <= len(raw):
        name, length = raw[at : at + 4], int.from_bytes(raw[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
        if name not in (b"VP8 ", b"VP8L"):
            extra += 8 + length
    return extra + max(0, len(raw) - at)
