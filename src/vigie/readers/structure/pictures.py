"""Pictures and films: JPEG, PNG, GIF, TIFF, and the boxes of WebP, HEIC and MP4."""

import re
import struct
import zlib

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.archives import inflated
from vigie.readers.structure.look import Broken, Look, Unsure, spread
from vigie.readers.structure.plain import noise

_STRIDE = 64 * 1024  # of entropy-coded data looked at in one go
_WINDOW = 16 * 1024  # of a long photo, here and there: some sixty ff bytes, were it noise
_WINDOWS = 24

# ITU-T T.81, table B.1. Inside entropy-coded data an ff is followed by 00 (stuffing), by a restart
# mark or by another ff; whatever else follows must be a marker that may stand between scans.
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_STRAY = re.compile(rb"\xff[\x01-\xbf\xc0-\xc3\xc5-\xcb\xcd-\xcf\xd8\xde\xdf\xf0-\xfd]")
_BETWEEN_SCANS = frozenset({0xC4, 0xCC, 0xD9, 0xDA, 0xDB, 0xDC, 0xDD, 0xFE, *range(0xE0, 0xF0)})
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA

MOST_SEGMENTS = 4096  # a JPEG has a dozen; a progressive one some hundreds with its tables


def jpeg(look: Look) -> None:
    """Walk the markers to the end of the image. Raise Broken where the walk leaves the format."""
    look.kind = Kind.JPEG
    position, scans = 2, 0
    for _ in range(MOST_SEGMENTS):
        mark, code = look.at(position, 2)
        if mark != 0xFF:
            raise Broken("stray_bytes")
        if code == _END:
            if not scans:
                raise Broken("no_picture")
            _trailer(look, position + 2)
            return
        if code in (0xFF, 0x01) or 0xD0 <= code <= 0xD7:
            position += 1 if code == 0xFF else 2
            continue
        if code == _START or code < 0xC0:
            raise Broken("stray_marker")
        (length,) = struct.unpack(">H", look.at(position + 2, 2))
        if length < 2:
            raise Broken("stray_marker")
        position += 2 + length
        if code == _SCAN:
            scans += 1
            if look.size - position > look.left and look.tail(2) == b"\xff\xd9":
                _windows(look, position)
                return
            position = _past_scan(look, position)
    raise Broken("endless")


def _trailer(look: Look, position: int) -> None:
    """Look at what telephones append: other pictures, a film. Noise is no appendix."""
    after = look.upto(position, _SAMPLE)
    if not after.startswith(b"\xff\xd8") and after[4:8] != b"ftyp" and noise(after):
        raise Broken("stray_bytes")


def _past_scan(look: Look, position: int) -> int:
    """Return where the entropy-coded data that starts at `position` ends."""
    while position < look.size:
        block = look.upto(position, min(_STRIDE, look.size - position))
        if found := _MARK.search(block):
            if block[found.start() + 1] not in _BETWEEN_SCANS:
                raise Broken("stray_marker")
            return position + found.start()
        position += max(len(block) - 1, 1)  # an ff may be the last byte of the stride
    raise Broken("cut_short")


def _windows(look: Look, start: int) -> None:
    room = look.size - start - _WINDOW
    for index in spread(_WINDOWS * 16, _WINDOWS):
        if _STRAY.search(look.upto(start + room * index // (_WINDOWS * 16), _WINDOW)):
            raise Broken("stray_marker")


_LETTERS = re.compile(rb"[A-Za-z]{4}")
_CHUNKS_CHECKED = 256


def png(look: Look) -> None:
    """Walk the chunks to IEND and check their sums."""
    look.kind = Kind.PNG
    chunks: list[tuple[int, int]] = []
    position = 8
    while True:
        length, name = struct.unpack(">I4s", look.at(position, 8))
        if not _LETTERS.fullmatch(name) or position + 12 + length > look.size:
            raise Broken("stray_chunk")
        if not chunks and (name, length) != (b"IHDR", 13):
            raise Broken("no_header")
        chunks.append((position, length))
        position += 12 + length
        if name == b"IEND":
            break
    for index in spread(len(chunks), _CHUNKS_CHECKED):
        start, length = chunks[index]
        body = look.at(start + 4, length + 8)
        if zlib.crc32(body[:-4]) != int.from_bytes(body[-4:], "big"):
            raise Broken("wrong_sum")


_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B
_GIF_STEPS = 20_000  # sub-blocks of at most 255 bytes: some five megabytes


def gif(look: Look) -> None:
    """Walk the blocks to the trailer."""
    look.kind = Kind.GIF
    untrusted = look.upto(0, min(look.size, look.left))
    whole = len(untrusted) == look.size
    position = 13
    try:
        position += _palette(untrusted[10])
        for _ in range(_GIF_STEPS):
            if position == look.size:
                return  # no trailer: old programs forgot it, and every viewer forgives it
            block = untrusted[position]
            if block == _TRAILER:
                return
            if block == _EXTENSION:
                position += 2
            elif block == _IMAGE:
                position += 11 + _palette(untrusted[position + 9])
            else:
                raise Broken("stray_block")
            while size := untrusted[position]:
                position += size + 1
            position += 1
    except IndexError:
        if whole:
            raise Broken("cut_short") from None


def _palette(flags: int) -> int:
    """Return the length in bytes of the colour table that `flags` announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


_TIFF_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4}
_MOST_PAGES = 64
_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES = 273, 279, 324, 325
_COMPRESSION, _PLAIN_IN_TIFF, _JPEG_IN_TIFF, _DEFLATE_IN_TIFF = 259, 1, 7, (8, 32946)
_SAMPLE = 2048  # of a strip


def tiff(look: Look) -> None:
    """Walk the directories and see that every strip lies inside the file (TIFF 6.0)."""
    look.kind = Kind.TIFF
    order = "<" if look.at(0, 2) == b"II" else ">"
    if struct.unpack(order + "H", look.at(2, 2))[0] != 42:
        raise Unsure  # BigTIFF, and the raw formats of cameras
    (position,) = struct.unpack(order + "I", look.at(4, 4))
    for _ in range(_MOST_PAGES):
        if not position:
            return
        (count,) = struct.unpack(order + "H", look.at(position, 2))
        if not count:
            raise Broken("stray_field")
        entries = look.at(position + 2, count * 12 + 4)
        fields: dict[int, list[int]] = {}
        for tag, kind, number, value in struct.iter_unpack(order + "HHI4s", entries[:-4]):
            if kind not in _TIFF_SIZES:
                raise Broken("stray_field")
            size = number * _TIFF_SIZES[kind]
            where = struct.unpack(order + "I", value)[0]
            if size > 4 and where + size > look.size:
                raise Broken("cut_short")
            if tag in (_STRIPS, _STRIP_SIZES, _TILES, _TILE_SIZES, _COMPRESSION):
                raw = value[:size] if size <= 4 else look.at(where, size)
                fields[tag] = _numbers(raw, order, kind)
        _strips(look, fields)
        (position,) = struct.unpack(order + "I", entries[-4:])


def _pixels(look: Look, start: int, size: int, *, windows: int) -> None:
    """See that plain pixels are no noise: even grainy ones follow their neighbours."""
    for index in spread(max(size // _SAMPLE, 1), windows + 1):
        if noise(look.upto(start + index * _SAMPLE, min(_SAMPLE, size))):
            raise Broken("illegible")


def _numbers(raw: bytes, order: str, kind: int) -> list[int]:
    letter = {3: "H", 4: "I"}.get(kind, "B")
    return list(struct.unpack(f"{order}{len(raw) // struct.calcsize(order + letter)}{letter}", raw))


def _strips(look: Look, fields: dict[int, list[int]]) -> None:
    starts = fields.get(_STRIPS) or fields.get(_TILES) or []
    sizes = fields.get(_STRIP_SIZES) or fields.get(_TILE_SIZES) or []
    pieces = list(zip(starts, sizes, strict=False))
    if any(start + size > look.size for start, size in pieces):
        raise Broken("cut_short")
    compression = (fields.get(_COMPRESSION) or [1])[0]
    for index in spread(len(pieces), 16):
        start, size = pieces[index]
        if compression in _DEFLATE_IN_TIFF:
            inflated(look, look.at(start, size), wbits=15)
        elif compression == _JPEG_IN_TIFF and look.at(start, 2) == b"\xff\xd8":
            jpeg(look.part(start, size))
        elif compression == _PLAIN_IN_TIFF:
            _pixels(look, start, size, windows=max(_WINDOWS // len(pieces), 1))


def riff(look: Look) -> None:
    """Walk the chunks of a WebP picture, a WAV or an AVI."""
    form = look.at(8, 4)
    look.kind = Kind.WEBP if form == b"WEBP" else Kind.MEDIA
    size = struct.unpack("<I", look.at(4, 4))[0] + 8
    if size > look.size:
        if look.kind is Kind.MEDIA:
            raise Unsure  # recorders that never came back to write the length
        raise Broken("cut_short")
    position, count = 12, 0
    while position + 8 <= size and count < MOST_SEGMENTS:
        name, length = struct.unpack("<4sI", look.at(position, 8))
        if not name.isascii() or not name.rstrip().isalnum():
            raise Broken("stray_chunk")
        position += 8 + length + length % 2
        count += 1
    if position - 1 > size:
        if look.kind is Kind.MEDIA:
            raise Unsure
        raise Broken("cut_short")


_PICTURE_BRANDS = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"hevc"}
)


def boxes(look: Look) -> None:
    """Walk the boxes of a HEIC picture or an MP4 film (ISO 14496-12) to the end of the file."""
    look.kind = Kind.HEIC if look.at(8, 4) in _PICTURE_BRANDS else Kind.MEDIA
    position = 0
    names: list[bytes] = []
    while position < look.size and len(names) < MOST_SEGMENTS:
        length, name = struct.unpack(">I4s", look.at(position, 8))
        if length == 1:
            (length,) = struct.unpack(">Q", look.at(position + 8, 8))
        elif length == 0:
            length = look.size - position
        if length < 8 or not all(0x20 <= letter < 0x7F or letter == 0xA9 for letter in name):
            raise Broken("stray_box")
        names.append(name)
        position += length
    if position > look.size:
        raise Broken("cut_short")
    if not {b"meta", b"moov", b"moof"} & set(names):
        raise Broken("no_index")
