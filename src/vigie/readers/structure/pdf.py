"""PDF: the table of objects, objects where it says, streams as long as they say."""

import re
from itertools import accumulate, pairwise

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.archives import inflated
from vigie.readers.structure.look import Broken, Look, Unsure, spread
from vigie.readers.structure.pictures import jpeg
from vigie.readers.structure.plain import noise

_HEAD = 1024  # readers accept the header within the first kilobyte, and the end mark in the last
_TAIL = 2048
_OBJECTS_CHECKED = 24
_LARGEST_CHECKED = 8
_MOST_OBJECTS = 100_000
_REVISIONS = 8  # a document signed and annotated a few times
_SLACK = 32  # line ends between a stream and its end mark; offsets counted by careless writers
_DICTIONARY = 2048

_START = re.compile(rb"startxref\s+(\d{1,12})")
_OBJECT = re.compile(rb"\s*(\d{1,10})\s+\d{1,5}\s+obj\b")
_SECTION = re.compile(rb"\s*(\d{1,10})\s+(\d{1,10})\s*[\r\n]+")
_PREVIOUS = re.compile(rb"/Prev\s+(\d{1,12})")
_LENGTH = re.compile(rb"/Length\s+(\d{1,12})(?!\d|\s+\d+\s+R)")
_FILTER = re.compile(rb"/Filter\s*(?:\[\s*)?/(\w+)\s*(?:\]|(?=[/>\s]))")
_MANY_FILTERS = re.compile(rb"/Filter\s*\[\s*/\w+\s*/")
_LETTERS_FIRST = re.compile(rb"/Filter\s*\[\s*/ASCII85Decode")
_ASCII85 = bytes({*range(0x21, 0x76), *b"z~> \t\r\n\0\f"})
_MOST_OF_STREAM = 256 * 1024
_WINDOWS = 16
_WINDOW = 2048  # at least one such window lies inside any 4 KiB of noise
_WIDTHS = re.compile(rb"/W\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s*\]")
_COLUMNS = re.compile(rb"/Columns\s+(\d{1,3})")
_STREAM = re.compile(rb"stream\r?\n")


def pdf(look: Look) -> None:
    """Follow the tables from the end; see that objects lie where they say, and hold."""
    look.kind = Kind.PDF
    shift = max(look.upto(0, _HEAD).find(b"%PDF-"), 0)
    tail = look.tail(_TAIL)
    starts = _START.findall(tail) or _START.findall(look.tail(32 * _TAIL))
    if not starts:
        raise Broken("no_table")
    offsets: set[int] = set()
    position = int(starts[-1])
    for _ in range(_REVISIONS):
        found, trailer = _table(look, position + shift)
        offsets.update(found)
        look.sealed = look.sealed or b"/Encrypt" in trailer
        previous = _PREVIOUS.search(trailer)
        if not previous or int(previous[1]) == position:
            break
        position = int(previous[1])
    ordered = sorted(offset + shift for offset in offsets)
    if ordered and ordered[-1] >= look.size:
        raise Broken("cut_short")
    sampled = [ordered[index] for index in spread(len(ordered), _OBJECTS_CHECKED)]
    # And where most of the bytes are: pictures, long pages.
    gaps = sorted(pairwise(ordered), key=lambda gap: gap[0] - gap[1])[:_LARGEST_CHECKED]
    for position in [*(start for start, _ in gaps), *sampled]:
        _check(look, position)


def _table(look: Look, position: int) -> tuple[list[int], bytes]:
    """Return the offsets of the objects one table knows, and its trailer."""
    if position >= look.size:
        raise Broken("no_table")
    head = look.upto(max(position - _SLACK, 0), 4 * _SLACK + _DICTIONARY)
    near = head[min(position, _SLACK) :]
    if near.lstrip().startswith(b"xref") or b"xref" in head[: 3 * _SLACK]:
        start = position - min(position, _SLACK) + head.index(b"xref")
        if near.lstrip().startswith(b"xref"):
            start = position + near.index(b"xref")
        return _plain_table(look, start + 4)
    found = _OBJECT.match(near) or _OBJECT.search(head[: 3 * _SLACK])
    if not found:
        raise Broken("no_table")
    return _packed_table(look, position)


def _plain_table(look: Look, position: int) -> tuple[list[int], bytes]:
    offsets: list[int] = []
    while section := _SECTION.match(look.upto(position, 48)):
        count = int(section[2])
        position += section.end()
        if count > _MOST_OBJECTS:
            raise Unsure
        rows = look.at(position, 20 * count)
        position += 20 * count
        for index in range(0, len(rows), 20):
            row = rows[index : index + 20]
            if row[17:18] == b"n" and row[:10].isdigit():
                offsets.append(int(row[:10]))
            elif row[17:18] != b"f":
                raise Unsure  # rows of another width, as some writers make them
    trailer = look.upto(position, _DICTIONARY)
    if b"trailer" not in trailer:
        raise Broken("no_trailer")
    return offsets, trailer


def _packed_table(look: Look, position: int) -> tuple[list[int], bytes]:
    """Read a table kept in a stream (PDF 1.5), rows of fixed width."""
    head = look.upto(position, _DICTIONARY)
    stream = _STREAM.search(head)
    dictionary = head[: stream.start()] if stream else head
    widths, length = _WIDTHS.search(dictionary), _LENGTH.search(dictionary)
    if not widths:
        raise Broken("no_table")
    if not stream or not length or b"/FlateDecode" not in dictionary:
        return [], dictionary
    packed = look.at(position + stream.end(), int(length[1]))
    rows = inflated(look, packed, wbits=15)
    kind, where, rest = (int(width) for width in widths.groups())
    wide = kind + where + rest
    columns = [rows[index::wide] for index in range(wide)]
    if b"/Predictor" in dictionary:
        wide += 1
        if set(rows[::wide]) - {2}:
            return [], dictionary  # another predictor than the usual one: nothing to sample
        columns = [
            bytes(value & 0xFF for value in accumulate(rows[index::wide]))
            for index in range(1, wide)
        ]
    offsets = [
        int.from_bytes(bytes(row[kind : kind + where]), "big")
        for row in zip(*columns, strict=False)
        if kind == 0 or int.from_bytes(bytes(row[:kind]), "big") == 1
    ]
    return offsets, dictionary


def _check(look: Look, position: int) -> None:
    """See that an object stands at `position`, and that its stream holds."""
    head = look.upto(position, _DICTIONARY)
    if not _OBJECT.match(head):
        if not _OBJECT.search(look.upto(max(position - _SLACK, 0), 3 * _SLACK)):
            raise Broken("lost_object")
        return
    stream = _STREAM.search(head)
    if not stream or b"endobj" in head[: stream.start()]:
        return
    dictionary = head[: stream.start()]
    if length := _LENGTH.search(dictionary):
        _stream(look, dictionary, position + stream.end(), int(length[1]))


def _stream(look: Look, dictionary: bytes, start: int, size: int) -> None:
    if b"endstream" not in look.upto(start + size, _SLACK):
        if b"endstream" not in look.upto(start, size + _DICTIONARY):
            raise Broken("lost_stream_end")
    elif look.sealed:
        return
    elif _LETTERS_FIRST.search(dictionary):
        if look.upto(start, min(size, _MOST_OF_STREAM)).translate(None, _ASCII85):
            raise Broken("illegible")
    elif not _MANY_FILTERS.search(dictionary):
        _content(look, dictionary, start, size)


def _content(look: Look, dictionary: bytes, start: int, size: int) -> None:
    filters = _FILTER.search(dictionary)
    name = filters[1] if filters else b""
    if name == b"FlateDecode" and size:
        inflated(look, look.upto(start, min(size, _MOST_OF_STREAM)), wbits=15)
    elif not name:
        _plain_content(look, start, size)
    elif name == b"DCTDecode" and look.upto(start, 2) == b"\xff\xd8":
        inner = look.part(start, size)
        try:
            jpeg(inner)
        finally:
            look.left = inner.left


def _plain_content(look: Look, start: int, size: int) -> None:
    """See that a stream that begins legibly does not turn into noise."""
    count = max(min(size, _MOST_OF_STREAM) // _WINDOW, 1)
    windows = (start + index * _WINDOW for index in spread(count, _WINDOWS))
    found = [noise(look.upto(at, min(_WINDOW, size))) for at in windows]
    # Drawing programs keep packed matter of their own in streams, noisy from the start.
    if any(found) and not found[0] and look.upto(start, 3) != b"%AI":
        raise Broken("illegible")
