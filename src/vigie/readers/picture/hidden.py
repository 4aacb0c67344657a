"""What a picture's file carries besides its pixels, by name: never what it says."""

from collections.abc import Iterator

from PIL import Image

from vigie.domain.evidence.pictures import Hidden

_GPS, _EXIF, _THUMBNAIL = 0x8825, 0x8769, 1
# Size, orientation and resolution: no news.
_SHAPE = frozenset({0x0100, 0x0101, 0x0112, 0x011A, 0x011B, 0x0128, 0x0213, 0x0103, 0x8769})
_PNG_PIXELS = frozenset(
    b"IHDR PLTE IDAT IEND tRNS sRGB gAMA cHRM pHYs sBIT bKGD acTL fcTL fdAT hIST".split()
)
_JPEG_END, _PNG_HEAD = b"\xff\xd9", b"\x89PNG\r\n\x1a\n"
_MOST_PARTS = 4096


def carried(untrusted: bytes, picture: Image.Image) -> tuple[frozenset[Hidden], bool]:
    """Return what the file carries, and whether it goes to its picture's end."""
    found, whole = set(_tags(picture)), True
    if untrusted.startswith(b"\xff\xd8"):
        parts, end = jpeg_parts(untrusted)
        whole = end > 0
        found |= {Hidden.WORDS for mark in parts if mark == 0xFE}
        found |= {Hidden.OTHER for mark in parts if 0xE1 <= mark <= 0xEF} if not found else set()
        if 0 < end < len(untrusted):
            found.add(Hidden.TRAILER)
    elif untrusted.startswith(_PNG_HEAD):
        names, end = png_parts(untrusted)
        whole = end > 0
        found |= {Hidden.WORDS for name in names if name in {b"tEXt", b"zTXt", b"iTXt"}}
        found |= {Hidden.CAMERA for name in names if name in {b"eXIf", b"tIME"}}
        found |= {Hidden.OTHER for name in names if name not in _PNG_PIXELS} if not found else set()
        if 0 < end < len(untrusted):
            found.add(Hidden.TRAILER)
    elif untrusted[:4] == b"RIFF":
        end = 8 + int.from_bytes(untrusted[4:8], "little")
        whole = end <= len(untrusted) + 1
        if end + 1 < len(untrusted):
            found.add(Hidden.TRAILER)
    return frozenset(found), whole


def _tags(picture: Image.Image) -> Iterator[Hidden]:
    info = picture.info
    if any(info.get(key) for key in ("xmp", "XML:com.adobe.xmp", "photoshop", "comment")):
        yield Hidden.WORDS
    try:
        tags = picture.getexif()
        if tags.get_ifd(_GPS):
            yield Hidden.POSITION
        if tags.get_ifd(_THUMBNAIL):
            yield Hidden.THUMBNAIL
        if tags.get_ifd(_EXIF) or set(tags) - _SHAPE:
            yield Hidden.CAMERA
    except (OSError, ValueError, KeyError, TypeError, SyntaxError, IndexError, AttributeError,
            ZeroDivisionError, OverflowError):  # fmt: skip
        yield Hidden.OTHER
    if info.get("exif") and len(info["exif"]) > 0 and not picture.getexif():
        yield Hidden.OTHER


def jpeg_parts(raw: bytes) -> tuple[list[int], int]:
    """Return the marks of a JPEG's segments, and where its picture ends; 0 if it never does."""
    marks: list[int] = []
    at = 2
    while at + 4 <= len(raw) and len(marks) < _MOST_PARTS:
        if raw[at] != 0xFF:
            return marks, 0
        mark = raw[at + 1]
        if mark == 0xFF:
            at += 1
            continue
        if mark == 0xD9:
            return marks, at + 2
        marks.append(mark)
        at += 2 + int.from_bytes(raw[at + 2 : at + 4], "big")
        if mark == 0xDA:  # pixels follow, up to the next mark that is none of theirs
            at = _next_mark(raw, at)
    if raw[at : at + 2] == _JPEG_END:
        return marks, at + 2
    return marks, 0


def _next_mark(raw: bytes, at: int) -> int:
    while True:
        at = raw.find(b"\xff", at)
        if at < 0 or at + 1 >= len(raw):
            return len(raw)
        following = raw[at + 1]
        if following == 0 or 0xD0 <= following <= 0xD7 or following == 0xFF:
            at += 1 if following == 0xFF else 2
            continue
        return at


def png_parts(raw: bytes) -> tuple[list[bytes], int]:
    """Return the names of a PNG's parts, and where its picture ends; 0 if it never does."""
    names: list[bytes] = []
    at = 8
    while at + 12 <= len(raw) and len(names) < _MOST_PARTS * 16:
        length, name = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4 : at + 8]
        names.append(name)
        at += 12 + length
        if name == b"IEND":
            return names, at if at <= len(raw) else 0
    return names, 0
