"""Compound files (OLE): storages and streams, read so that no ring and no lie costs anything.

[MS-CFB]. Written here because what is kept on PyPI follows a table that runs in a ring, or reads
more than the file holds.
"""

import struct
import uuid
from array import array
from dataclasses import dataclass, field

from vigie.readers.document.walk import Damaged

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_MOST_ENTRIES = 20_000
_HEADER = struct.Struct("<24xHHHHH6xIIIIIIIII")
_ENTRY = struct.Struct("<64sHBBIII16s4x8x8xIQ")
_STORAGE, _STREAM, _ROOT = 1, 2, 5
_MOST_STREAM = 64 * 1024 * 1024


@dataclass(slots=True)
class Entry:
    """One storage or stream: its path in lower case with slashes, its class, where it lies."""

    path: str
    kind: int
    clsid: str
    start: int
    size: int


@dataclass(slots=True)
class Compound:
    """One compound file. `defects` are slugs of what does not hold in it."""

    entries: dict[str, Entry] = field(default_factory=dict)
    clsid: str = ""
    defects: set[str] = field(default_factory=set)
    raw: bytes = b""
    sector: int = 512
    table: "array[int]" = field(default_factory=lambda: array("I"))
    small: "array[int]" = field(default_factory=lambda: array("I"))
    mini: bytes = b""

    def stream(self, path: str) -> bytes:
        """Return a stream's bytes by its path in lower case, as far as they are there."""
        entry = self.entries.get(path)
        if entry is None or entry.kind != _STREAM:
            return b""
        size = min(entry.size, _MOST_STREAM)
        if entry.size < 4096:
            return self._chain(entry.start, size, self.small, self.mini, 64, 0)
        return self._chain(entry.start, size, self.table, self.raw, self.sector, self.sector)

    def find(self, *ends: str) -> list[str]:
        """Return the paths of the streams whose last name is one of these."""
        return [
            path
            for path, entry in self.entries.items()
            if entry.kind == _STREAM and path.rpartition("/")[2] in ends
        ]

    def _chain(  # noqa: PLR0913, PLR0917  (what a chain lies in)
        self, start: int, size: int, table: "array[int]", raw: bytes, sector: int, shift: int
    ) -> bytes:
        pieces: list[bytes] = []
        left, seen = size, 0
        while left > 0 and start < len(table):
            at = start * sector + shift
            piece = raw[at : at + min(sector, left)]
            if not piece:
                break
            pieces.append(piece)
            left -= len(piece)
            start = table[start]
            seen += 1
            if seen > len(table):
                self.defects.add("ring")
                break
        if left > 0:
            self.defects.add("cut_short")
        return b"".join(pieces)


def read(untrusted: bytes) -> Compound:
    """Return a compound file. Raise Damaged where nothing of it can be read."""
    if len(untrusted) < 512 or not untrusted.startswith(MAGIC):
        raise Damaged("no_compound")
    (_, major, _order, shift, small_shift, _dirs, fats, first, _, _cutoff, small_first, small_count,
     far_first, far_count) = _HEADER.unpack_from(untrusted)  # fmt: skip
    if shift not in (9, 12) or small_shift != 6:
        raise Damaged("stray_header")
    found = Compound(raw=untrusted, sector=1 << shift)
    count = len(untrusted) // found.sector + 1
    numbers = _tables(found, fats, far_first, far_count, count)
    for number in numbers:
        found.table.frombytes(_sector(found, number))
    if not found.table:
        raise Damaged("no_table")
    raw = _whole(found, first, found.table, _MOST_ENTRIES * 128)
    if small_count:
        table = _whole(found, small_first, found.table, count * found.sector)
        found.small.frombytes(table[: len(table) // 4 * 4])
    _directory(found, raw, major)
    return found


def _sector(found: Compound, number: int) -> bytes:
    at = (number + 1) * found.sector
    return found.raw[at : at + found.sector].ljust(found.sector, b"\0")


def _tables(found: Compound, fats: int, far: int, far_count: int, count: int) -> list[int]:
    numbers = [n for n in struct.unpack_from("<109I", found.raw, 76) if n < count]
    seen = set[int]()
    while far < count and far not in seen and len(seen) <= far_count:
        seen.add(far)
        row = array("I", _sector(found, far))
        numbers += [n for n in row[:-1] if n < count]
        far = row[-1]
    if far in seen:
        found.defects.add("ring")
    if len(numbers) != len(set(numbers)):
        found.defects.add("ring")
    return list(dict.fromkeys(numbers))[: max(fats, 1)]


def _whole(found: Compound, start: int, table: "array[int]", most: int) -> bytes:
    pieces: list[bytes] = []
    seen = set[int]()
    while start < len(table) and len(pieces) * found.sector < most:
        if start in seen:
            found.defects.add("ring")
            break
        seen.add(start)
        if (start + 1) * found.sector >= len(found.raw):
            found.defects.add("cut_short")
            break
        pieces.append(_sector(found, start))
        start = table[start]
    return b"".join(pieces)


def _follow(found: Compound) -> None:
    """See that no two streams share a sector, and none meets itself."""
    seen = bytearray(len(found.table))
    for entry in found.entries.values():
        number = entry.start
        if entry.kind != _STREAM or entry.size < 4096:
            continue
        while number < len(seen):
            if seen[number]:
                found.defects.add("ring")
                break
            seen[number] = 1
            number = found.table[number]


def _directory(found: Compound, raw: bytes, major: int) -> None:
    rows = list(_ENTRY.iter_unpack(raw[: len(raw) // 128 * 128]))
    if not rows or rows[0][2] != _ROOT:
        raise Damaged("stray_directory")
    root = rows[0]
    found.clsid = str(uuid.UUID(bytes_le=root[7]))
    found.mini = _whole(found, root[8], found.table, 1 << 30)
    seen = set[int]()
    waiting = [(root[6], "")]
    while waiting:
        number, folder = waiting.pop()
        if number >= len(rows):
            continue
        if number in seen:
            found.defects.add("ring")
            continue
        seen.add(number)
        name, length, kind, _colour, left, right, child, clsid, start, size = rows[number]
        text = name[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")
        path = f"{folder}{text.lower()}"
        if kind in (_STORAGE, _STREAM):
            size = size & 0xFFFFFFFF if major == 3 else size
            known = str(uuid.UUID(bytes_le=clsid))
            found.entries[path] = Entry(path, kind, known, start, size)
        waiting += [(left, folder), (right, folder)]
        if kind == _STORAGE:
            waiting.append((child, path + "/"))
    _follow(found)
    # Entries that no branch reaches: readers pass them over, and so does what hides there.
    for number, row in enumerate(rows[1:], 1):
        if number not in seen and row[2] == _STREAM and row[1] > 2:
            text = row[0][: min(row[1], 64) - 2].decode("utf-16-le", "replace").lower()
            found.entries.setdefault(
                f"(lost)/{text}", Entry(text, _STREAM, "", row[8], row[9] & 0xFFFFFFFF)
            )
