"""Images of disks: ISO through libarchive, FAT by its own tables, and what lies in the rest.

What opens at a double click as if it were a key: nobody sends one who has a document to send.
"""

import re
import struct
from collections.abc import Iterator

from vigie.domain.evidence.documents import Act
from vigie.readers.archive import others
from vigie.readers.document.walk import Damaged, Holder, Part, Walk

_MOST_RAW = 512 * 1024 * 1024
_MOST_FILES = 2000
_CARVED = 4 << 20  # bytes taken from where something begins
_MOST_CARVED = 64
_BEGINS = re.compile(rb"MZ|L\x00\x00\x00\x01\x14\x02\x00|PK\x03\x04|\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1|%PDF-|\{\\rtf|<script|<html|<HTA|<job")  # fmt: skip


def iso(walk: Walk, part: Part) -> None:
    """Look at a CD's image."""
    walk.saw(Act.DISK_IMAGE, part)
    before = walk.entries
    try:
        others.look(walk, part, Holder.IMAGE)
    except Damaged:
        carve(walk, part, part.untrusted)
        return
    if walk.entries <= before + 1:
        carve(walk, part, part.untrusted)


def disk(walk: Walk, part: Part) -> None:
    """Look at a raw image: a file system, or partitions of them."""
    walk.saw(Act.DISK_IMAGE, part)
    _raw(walk, part, part.untrusted)


def vhd(walk: Walk, part: Part) -> None:
    """Look at a Microsoft virtual disk of the older kind: fixed, or growing by blocks."""
    walk.saw(Act.DISK_IMAGE, part)
    raw = part.untrusted
    footer = raw[-512:] if raw[-512:-504] == b"conectix" else raw[:512]
    kind = struct.unpack_from(">I", footer, 60)[0]
    if kind == 2:
        _raw(walk, part, raw[:-512])
        return
    at = struct.unpack_from(">Q", footer, 16)[0]
    header = raw[at : at + 1024]
    if not header.startswith(b"cxsparse"):
        raise Damaged("no_table")
    table, _, count, block = struct.unpack_from(">QIII", header, 16)
    if block == 0 or block > 1 << 26 or count * 4 + table > len(raw) + 4096:
        raise Damaged("stray_table")
    offsets = struct.unpack_from(f">{count}I", raw.ljust(table + 4 * count, b"\0"), table)
    bitmap = -(-block // 512 // 8 // 512) * 512
    _raw(walk, part, _assembled(walk, raw, [o * 512 + bitmap if o != 0xFFFFFFFF else None for o in offsets], block))  # fmt: skip


def vhdx(walk: Walk, part: Part) -> None:
    """Look at a Microsoft virtual disk of the newer kind ([MS-VHDX])."""
    walk.saw(Act.DISK_IMAGE, part)
    raw = part.untrusted
    regions = raw[0x30000:0x40000]
    found: dict[bytes, tuple[int, int]] = {}
    for index in range(min(struct.unpack_from("<I", regions.ljust(12, b"\0"), 8)[0], 64)):
        guid, offset, length, _ = struct.unpack_from("<16sQII", regions.ljust(1 << 16, b"\0"), 16 + 32 * index)  # fmt: skip
        found[guid[:4]] = (offset, length)
    tables, facts = found.get(b"\x66\x77\xc2\x2d"), found.get(b"\x06\xa2\x7c\x8b")
    if not tables or not facts:
        carve(walk, part, raw)
        return
    block = _block_size(raw, facts[0])
    size = min(tables[1], 1 << 20)
    rows = struct.unpack_from(f"<{size // 8}Q", raw.ljust(tables[0] + size, b"\0"), tables[0])
    places = [(row >> 20) << 20 if row & 7 in (6, 7) else None for row in rows]
    while places and places[-1] is None:
        places.pop()
    _raw(walk, part, _assembled(walk, raw, places, block))


def _block_size(raw: bytes, at: int) -> int:
    table = raw[at : at + 0x10000]
    for index in range(min(struct.unpack_from("<H", table.ljust(16, b"\0"), 10)[0], 64)):
        guid, offset, _, _ = struct.unpack_from(
            "<16sIII", table.ljust(1 << 16, b"\0"), 32 + 32 * index
        )
        if guid[:4] == b"\x37\x67\xa1\xca":  # file parameters
            (block,) = struct.unpack_from("<I", raw.ljust(at + offset + 4, b"\0"), at + offset)
            return int(block) if 0 < block <= 1 << 28 else 1 << 21
    return 1 << 21


def _assembled(walk: Walk, raw: bytes, places: "list[int | None]", block: int) -> bytes:
    pieces: list[bytes] = []
    total = 0
    for place in places:
        total += block
        if total > _MOST_RAW:
            break
        piece = raw[place : place + block] if place is not None else b""
        pieces.append(
            piece.ljust(block, b"\0") if place is not None or total < _MOST_RAW // 4 else b""
        )
    del walk
    return b"".join(pieces)


def _raw(walk: Walk, part: Part, raw: bytes) -> None:
    starts = [0]
    if raw[510:512] == b"\x55\xaa":
        for row in range(446, 510, 16):
            first = struct.unpack_from("<I", raw, row + 8)[0]
            if raw[row + 4] and first and first * 512 < len(raw):
                starts.append(first * 512)
    if raw[512:520] == b"EFI PART":
        for row in range(1024, 1024 + 128 * 16, 128):
            first = struct.unpack_from("<Q", raw.ljust(row + 40, b"\0"), row + 32)[0]
            if first and first * 512 < len(raw):
                starts.append(first * 512)
    found = False
    for start in dict.fromkeys(starts):
        for name, content in fat(raw[start:]):
            found = True
            walk.enter()
            walk.spend(len(content))
            walk.into(part, content, name, Holder.IMAGE)
    if not found:
        carve(walk, part, raw)


def fat(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield names and bytes of the files of a FAT file system; nothing where it is none."""
    if len(raw) < 512 or raw[0] not in (0xEB, 0xE9):
        return
    sector, per, reserved, tables, roots, small, _, length = struct.unpack_from(
        "<HBHBHHBH", raw, 11
    )
    if sector not in (512, 1024, 2048, 4096) or not per or not tables or not reserved:
        return
    (large,) = struct.unpack_from("<I", raw, 32)
    wide = length == 0
    if wide:
        (length,) = struct.unpack_from("<I", raw, 36)
    root_at = (reserved + tables * length) * sector
    data_at = root_at + -(-roots * 32 // sector) * sector
    clusters = ((small or large) * sector - data_at) // (per * sector)
    bits = 32 if wide else 12 if clusters < 4085 else 16
    table = raw[reserved * sector : (reserved + length) * sector]
    disk_ = _Fat(raw, table, bits, data_at, per * sector)
    root = disk_.chain(struct.unpack_from("<I", raw, 44)[0]) if wide else raw[root_at:data_at]
    yield from disk_.files(root, "", 0, [_MOST_FILES])


class _Fat:
    """One FAT file system; its chains may run in a ring."""

    def __init__(self, raw: bytes, table: bytes, bits: int, data_at: int, cluster: int) -> None:
        self._raw, self._table, self._bits = raw, table, bits
        self._data_at, self._cluster = data_at, cluster

    def chain(self, number: int, most: int = 64 << 20) -> bytes:
        """Return the bytes of a chain of clusters."""
        pieces: list[bytes] = []
        seen = set[int]()
        while number >= 2 and number not in seen and len(seen) * self._cluster < most:
            seen.add(number)
            at = self._data_at + (number - 2) * self._cluster
            if at >= len(self._raw):
                break
            pieces.append(self._raw[at : at + self._cluster])
            number = self._next(number)
        return b"".join(pieces)

    def _next(self, number: int) -> int:
        if self._bits == 12:
            at = number * 3 // 2
            pair = int.from_bytes(self._table[at : at + 2], "little")
            found = pair >> 4 if number & 1 else pair & 0xFFF
            return 0 if found >= 0xFF7 else found
        wide = self._bits // 8
        found = (
            int.from_bytes(self._table[number * wide : number * wide + wide], "little") & 0x0FFFFFFF
        )
        return 0 if found >= (0xFFF7 if wide == 2 else 0x0FFFFFF7) else found

    def files(
        self, folder: bytes, path: str, depth: int, room: list[int]
    ) -> Iterator[tuple[str, bytes]]:
        """Yield the files of a folder and those below."""
        long: list[str] = []
        for at in range(0, len(folder) - 31, 32):
            row = folder[at : at + 32]
            if row[0] == 0 or room[0] <= 0 or depth > 16:
                return
            if row[11] == 0x0F:
                long.insert(0, (row[1:11] + row[14:26] + row[28:32]).decode("utf-16-le", "replace"))
                continue
            name = "".join(long).split("\0")[0].rstrip("\uffff")
            long = []
            if row[0] in (0xE5, 0x2E) or row[11] & 8:
                continue
            short = row[:8].decode("latin-1").rstrip() + (
                "." + row[8:11].decode("latin-1").rstrip()
            ).rstrip(".")
            full = f"{path}{name or short}"
            high, low, size = struct.unpack_from("<H4xHI", row, 20)
            first = low | (high << 16 if self._bits == 32 else 0)
            room[0] -= 1
            if row[11] & 16:
                yield from self.files(self.chain(first, 1 << 20), full + "/", depth + 1, room)
            else:
                yield full, self.chain(first, size)[:size]


def carve(walk: Walk, part: Part, raw: bytes) -> None:
    """Look at what begins at a sector of an image whose file system is not read here."""
    count = 0
    for found in _BEGINS.finditer(raw[:_MOST_RAW]):
        if found.start() % 512 or found.start() == 0 or count >= _MOST_CARVED:
            continue
        count += 1
        walk.enter()
        piece = raw[found.start() : found.start() + _CARVED]
        walk.spend(len(piece))
        name = {b"MZ": "carved.exe", b"L\0": "carved.lnk"}.get(piece[:2], "carved")
        walk.into(part, piece, name, Holder.IMAGE)
