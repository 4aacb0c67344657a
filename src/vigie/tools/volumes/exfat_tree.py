"""exFAT, copied whole by one program: `python3 -I -S -c SOURCE KEY OUT START LARGEST`.

It runs in a room of its own (`confined`), by the system's Python, with nothing of Vigie at hand:
hence no import from us, and no word of what it could not read. Whoever calls holds what comes out
against the list that sleuthkit made, and takes what is missing out by its number.
Source: Microsoft, exFAT file system specification, 2019.
"""

import os
import struct
import sys
from collections.abc import Iterator

_ENTRY = 32
_FILE, _STREAM, _NAME = 0x85, 0xC0, 0xC1
_FOLDER = 0x10
_UNCHAINED = 0x02  # the clusters follow one another, and the table says nothing of them
_FIRST = 2  # the number of the first cluster
_LAST = 0xFFFFFFF7  # from here on no number is a cluster's
_LEVELS = 24
_LARGEST_FOLDER = 64 * 1024 * 1024  # bytes; the specification allows 256 MB
_PIECE = 4 * 1024 * 1024


class Volume:
    """One volume of the key, from byte `start` on."""

    def __init__(self, key: int, start: int) -> None:
        self._key, self._start = key, start
        head = os.pread(key, 512, start)
        table, _, heap, self.count, self.root = struct.unpack_from("<5I", head, 80)
        sector = 1 << head[108]
        self.cluster = sector << head[109]
        self._table, self._heap = table * sector, heap * sector

    def bytes_of(self, first: int, size: int, *, chained: bool) -> Iterator[bytes]:
        """Yield `size` bytes from a cluster on; fewer where its chain ends or leaves the volume."""
        at, left = first, size
        while left > 0 and _FIRST <= at < self.count + _FIRST:
            run = 1
            if not chained:
                run = min(max(1, _PIECE // self.cluster), self.count + _FIRST - at)
            place = self._start + self._heap + (at - _FIRST) * self.cluster
            piece = os.pread(self._key, min(run * self.cluster, left), place)
            if not piece:
                return
            yield piece
            left -= len(piece)
            at = self._next(at) if chained else at + run

    def _next(self, at: int) -> int:
        entry = os.pread(self._key, 4, self._start + self._table + 4 * at)
        return int.from_bytes(entry, "little") if len(entry) == 4 else _LAST  # noqa: PLR2004

    def folder(self, first: int, size: int, *, chained: bool) -> Iterator[tuple[str, bytes, bytes]]:
        """Yield name, file entry and stream entry of what a folder holds."""
        whole = b"".join(self.bytes_of(first, min(size, _LARGEST_FOLDER), chained=chained))
        at = 0
        while at + _ENTRY <= len(whole) and whole[at]:
            entry = whole[at : at + _ENTRY]
            at += _ENTRY
            if entry[0] != _FILE:
                continue
            more = [whole[at + n * _ENTRY :][:_ENTRY] for n in range(entry[1])]
            if len(more) < _FIRST or more[0][:1] != bytes([_STREAM]):
                continue
            letters = b"".join(each[2:] for each in more[1:] if each[:1] == bytes([_NAME]))
            name = letters[: 2 * more[0][3]].decode("utf-16-le", "replace")
            yield name, entry, more[0]
            at += entry[1] * _ENTRY


def copy(volume: Volume, out: str, largest: int) -> None:
    """Copy every file below the root that is not larger; a folder met twice is met once."""
    waiting = [(out, volume.root, _LARGEST_FOLDER, True, 0)]
    seen: set[int] = set()
    while waiting:
        place, first, size, chained, level = waiting.pop()
        if first in seen or level > _LEVELS:
            continue
        seen.add(first)
        for name, entry, stream in volume.folder(first, size, chained=chained):
            if "/" in name or "\0" in name or name in {"", ".", ".."}:
                continue
            path = os.path.join(place, name)  # noqa: PTH118  (no Vigie, no pathlib: it starts at once)
            flags, (start,) = stream[1], struct.unpack_from("<I", stream, 20)
            valid, length = struct.unpack_from("<Q", stream, 8)[0], _length(stream)
            linked = not flags & _UNCHAINED
            try:
                if entry[4] & _FOLDER:
                    os.mkdir(path)  # noqa: PTH102  (as above)
                    waiting.append((path, start, length, linked, level + 1))
                elif length <= largest and valid <= length:
                    _write(path, volume.bytes_of(start, valid, chained=linked), valid, length)
            except (OSError, ValueError):
                continue


def _length(stream: bytes) -> int:
    (length,) = struct.unpack_from("<Q", stream, 24)
    return int(length)


def _write(path: str, pieces: Iterator[bytes], valid: int, length: int) -> None:
    """Write a new file; what was never written to on the key is nought, what is cut stays short."""
    with open(path, "xb") as file:  # noqa: PTH123  (as above)
        if sum(file.write(piece) for piece in pieces) == valid:
            file.truncate(length)


if __name__ == "__main__":
    key, out, start, largest = sys.argv[1:5]
    copy(Volume(os.open(key, os.O_RDONLY), int(start)), out, int(largest))
