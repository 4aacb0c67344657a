"""Databases and medical images: SQLite and DICOM."""

import struct

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look, spread

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
    for index in spread(pages, _PAGES_CHECKED):
        if index and index * page != _LOCK_PAGE:
            _page(look.upto(index * page, 12), page, pages)


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
