"""Databases and medical images: SQLite and DICOM."""

import struct

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look, spread
from vigie.readers.structure.plain import noise

_PAGES_CHECKED = 256
_TREE_PAGES = {2: 12, 5: 12, 10: 8, 13: 8}  # header bytes by page type (SQLite file format, 1.6)
_LOCK_PAGE = 1 << 30
_SMALLEST_PAGE, _WIDEST_PAGE = 512, 65_536


def sqlite(look: Look) -> None:
    """Check the header, the size, and that the pages sampled look like pages.

    A tree page says its type; every other page begins with the number of another page.
    """
    look.kind = Kind.SQLITE
    header = look.at(0, 100)
    (page,) = struct.unpack(">16xH82x", header)
    page = _WIDEST_PAGE if page == 1 else page
    if page < _SMALLEST_PAGE or page & (page - 1) or header[21:24] != b"\x40\x20\x20":
        raise Broken("stray_header")
    changed, counted, valid_for = struct.unpack(">24xII60xI4x", header)
    pages = look.size // page
    if changed == valid_for and counted:
        if pages < counted:
            raise Broken("cut_short")
        pages = counted
    elif look.size % page:
        raise Broken("cut_short")
    (unused,) = struct.unpack(">36xI60x", header)
    empty = 0
    for index in spread(pages, _PAGES_CHECKED):
        if index and index * page != _LOCK_PAGE:
            head = look.upto(index * page, 12)
            empty += not any(head) and not any(look.upto(index * page, page))
            _page(head, page, pages)
    if empty > unused:
        raise Broken("zeroed")


def _page(head: bytes, page: int, pages: int) -> None:
    kind, free, cells, content = struct.unpack(">BHHH5x", head)
    if kind in _TREE_PAGES:
        start = content or _WIDEST_PAGE
        if free < page and cells < page // 2 and _TREE_PAGES[kind] + 2 * cells <= start <= page:
            return
        if start == _WIDEST_PAGE == page:
            return
    if int.from_bytes(head[:4], "big") <= pages:
        return  # an overflow or free page: the next one's number
    if 1 <= kind <= 5 and int.from_bytes(head[1:5], "big") <= pages:
        return  # a pointer map (files with auto_vacuum)
    raise Broken("stray_page")


_LONG_FORMS = frozenset({b"OB", b"OD", b"OF", b"OL", b"OW", b"SQ", b"UC", b"UR", b"UT", b"UN"})
_UNDEFINED = 0xFFFFFFFF
_ELEMENTS = 64
_PIXELS = b"\xe0\x7f\x10\x00"
_BEFORE_PIXELS = 64 * 1024
_WINDOW = 2048  # at least one such window lies inside any 4 KiB of noise
_WINDOWS = 24


def dicom(look: Look) -> None:
    """Walk the file meta group and see that it says how the image is encoded (PS3.10)."""
    look.kind = Kind.DICOM
    position, names = 132, set()
    for _ in range(_ELEMENTS):
        if position + 8 > look.size:
            break
        group, element, form, length = struct.unpack("<HH2sH", look.at(position, 8))
        if group != 2:
            break
        if not form.isalpha():
            raise Broken("stray_element")
        position += 8
        if form in _LONG_FORMS:
            (length,) = struct.unpack("<I", look.at(position, 4))
            position += 4
        position += length
        names.add(element)
    if 0x0010 not in names:  # the transfer syntax
        raise Broken("stray_element")
    if position >= look.size:
        raise Broken("cut_short")
    _pixels(look, position)


def _pixels(look: Look, position: int) -> None:
    """See that the image is as long as it says, and no noise if it is not compressed."""
    meta = look.upto(132, position - 132)
    head = look.upto(position, _BEFORE_PIXELS)
    at = head.find(_PIXELS)
    if at < 0 or b"1.2.840.10008.1.2" not in meta:
        return  # a report, or a very long header: nothing to check
    short = head[at + 4 : at + 6] not in _LONG_FORMS  # implicit: the length follows at once
    start = position + at + (8 if short else 12)
    (length,) = struct.unpack("<I", look.at(start - 4, 4))
    if length == _UNDEFINED:
        return  # compressed, in pieces
    if start + length > look.size:
        raise Broken("cut_short")
    for index in spread(max(length // _WINDOW, 1), _WINDOWS):
        if noise(look.upto(start + index * _WINDOW, min(_WINDOW, length))):
            raise Broken("illegible")
