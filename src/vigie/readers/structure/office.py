"""The older office formats: OLE containers (doc, xls, ppt, msg) and RTF."""

import struct
from array import array

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look, Unsure, spread
from vigie.readers.structure.plain import noise

_FREE, _END, _FAT, _DIFAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD, 0xFFFFFFFC
_SPECIAL = frozenset({_FREE, _END, _FAT, _DIFAT})
_MOST_FAT_SECTORS = 256  # 16 MB of container at 512 bytes a sector
_MOST_ENTRIES = 1024
_HEADER = struct.Struct("<24xHHHHH6xIIIIIIIIII")  # [MS-CFB] 2.2
_ENTRY = struct.Struct("<64sHBBIII16x4x8x8xIQ")  # [MS-CFB] 2.6.1
_KINDS_OF_ENTRY = frozenset({0, 1, 2, 5})
_LONGEST_NAME = 64
_SMALL = 4096  # streams below lie in the mini stream

# Streams of text and formatting. Pictures have streams of their own, so noise in these is damage.
_TEXTUAL = frozenset({"WordDocument", "0Table", "1Table"})
_WINDOW = 2048  # at least one such window lies inside any 4 KiB of noise
_WINDOWS = 16
_WORD_MAGIC, _WORD_SEALED = 0xA5EC, 0x0100  # [MS-DOC] 2.5.2
_EXCEL_SEALED = 0x2F  # the FILEPASS record, [MS-XLS] 2.4.117
_LONGEST_RECORD = 8224  # [MS-XLS] 2.1.4


class _Container:
    """The sectors of one OLE file."""

    def __init__(self, look: Look) -> None:
        self.look = look
        header = look.at(0, 512)
        (_, major, order, shift, _, _, fats, self.first, *_rest) = _HEADER.unpack_from(header)
        if order != 0xFFFE or shift not in (9, 12):
            raise Broken("stray_header")
        self.sector = 1 << shift
        self.count = -(-look.size // self.sector) - 1
        numbers = array("I", header[76:])[: min(fats, 109)]
        if fats > _MOST_FAT_SECTORS or fats > len(numbers):
            raise Unsure  # a container of more than seven megabytes
        self.table = array("I")
        for number in numbers:
            if number >= self.count:
                raise Broken("cut_short")
            self.table.frombytes(self.at(number))
        if max(set(self.table) - _SPECIAL, default=0) >= self.count:
            raise Broken("stray_chain")
        if any(self.table[number] != _FAT for number in numbers):
            raise Broken("stray_chain")
        self.major = major

    def at(self, number: int) -> bytes:
        found = self.look.upto((number + 1) * self.sector, self.sector)
        return found.ljust(self.sector, b"\0")  # the last sector may be cut by careless writers

    def chain(self, start: int, most: int) -> list[int]:
        """Return the sectors of a stream. Raise Broken if they run out or in a ring."""
        numbers: list[int] = []
        while start != _END:
            if start >= len(self.table) or len(numbers) > len(self.table):
                raise Broken("stray_chain")
            numbers.append(start)
            if len(numbers) >= most:
                break
            start = self.table[start]
        return numbers


def ole(look: Look) -> None:
    """Check the sector table, the directory and the chains of the streams."""
    look.kind = Kind.OLE
    container = _Container(look)
    streams: dict[str, tuple[int, int]] = {}
    sectors = container.chain(container.first, _MOST_ENTRIES)
    raw = b"".join(map(container.at, sectors))
    for untrusted in _ENTRY.iter_unpack(raw[: len(raw) // 128 * 128]):
        name, length, kind, colour, *_links, start, size = untrusted
        if kind not in _KINDS_OF_ENTRY or colour > 1 or length > _LONGEST_NAME:
            raise Broken("stray_directory")
        if kind == 2:
            text = name[: max(length - 2, 0)].decode("utf-16-le", errors="replace")
            streams[text] = (start, size & 0xFFFFFFFF if container.major == 3 else size)
    if raw[66:67] != b"\5":
        raise Broken("stray_directory")
    look.sealed = "EncryptedPackage" in streams
    for name, (start, size) in streams.items():
        if size >= _SMALL:
            _stream(container, name, start, size)


def _stream(container: _Container, name: str, start: int, size: int) -> None:
    needed = -(-size // container.sector)
    sectors = container.chain(start, needed)
    if len(sectors) < needed:
        raise Broken("stray_chain")
    if name == "WordDocument":
        magic, flags = struct.unpack("<H8xH", container.at(sectors[0])[:12])
        if magic != _WORD_MAGIC:
            raise Broken("no_document")
        container.look.sealed = container.look.sealed or bool(flags & _WORD_SEALED)
    if name in ("Workbook", "Book"):
        _records(container, sectors, size)
    if name in _TEXTUAL and not container.look.sealed:
        per_window = max(_WINDOW // container.sector, 1)
        for index in spread(max(len(sectors) - per_window, 1), _WINDOWS):
            run = sectors[index : index + per_window]
            if noise(b"".join(map(container.at, run))):
                raise Broken("illegible")


def _records(container: _Container, sectors: list[int], size: int) -> None:
    """Walk the records of a workbook to its end."""
    untrusted = b"".join(map(container.at, sectors))[:size]
    position = 0
    while position + 4 <= size:
        kind, length = struct.unpack_from("<HH", untrusted, position)
        if length > _LONGEST_RECORD or position + 4 + length > size:
            raise Broken("stray_record")
        if kind == length == 0:
            return  # zeros after the last record
        if kind == _EXCEL_SEALED:
            container.look.sealed = True
        position += 4 + length


_CONTROLS = bytes({*range(0x20, 0x100), *b"\t\n\r\0"})


def rtf(look: Look) -> None:
    """See that the text is legible, opens and closes its braces and ends with one."""
    look.kind = Kind.RTF
    whole = look.upto(0, look.size) if look.size <= look.left else look.upto(0, look.left // 2)
    if b"\\bin" not in whole and len(whole.translate(None, _CONTROLS)) > len(whole) // 1000:
        raise Broken("illegible")
    tail = look.tail(64) if look.size > len(whole) else whole[-64:]
    if not tail.rstrip(b"\0\r\n\t \x1a").endswith(b"}"):
        raise Broken("cut_short")
    if b"\0" * 32 in whole:
        raise Broken("zeroed")
    if len(whole) == look.size and b"\\bin" not in whole:
        plain = whole.replace(b"\\\\", b"").replace(b"\\{", b"").replace(b"\\}", b"")
        if plain.count(b"{") != plain.count(b"}"):
            raise Broken("open_braces")
