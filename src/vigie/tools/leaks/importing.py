"""From Pwned Passwords, as its downloader writes them, to the file that `Leaks` looks into.

Either a folder of ranges (`21BD1.txt`, lines `0018A45C4D1DEF81644B54AB7F969B88D65:3`), as many of
them as there are; or one file of whole hashes in their order (`000000005AD76BD5…:10`). Nothing is
fetched: a caretaker brings it on a disk. A range that is not there stays unknown.
"""

import os
import re
from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import BinaryIO

from vigie.tools.kept_file import sync_folder
from vigie.tools.leaks import (
    COVERED,
    ENTRIES_AT,
    HEADING,
    MAGIC,
    PLACE,
    RANGES,
    weight,
)

_RANGE_NAME = re.compile(r"([0-9A-Fa-f]{5})(\.txt)?")
_RANGE_LINE = re.compile(rb"([0-9A-Fa-f]{35}):(\d{1,12})\r?(?:\n|\Z)")
_WHOLE_LINE = re.compile(rb"([0-9A-Fa-f]{5})([0-9A-Fa-f]{35}):(\d{1,12})\r?(?:\n|\Z)")
_NTLM = re.compile(rb"[0-9A-Fa-f]{32}:\d")
_SUFFIX_DIGITS = 8
_CHUNK = 8 << 20  # bytes read at once
_LARGEST_RANGE = 4 << 20  # bytes; the fullest has two thousand lines
_BUFFER = 1 << 20

Range = tuple[int, Iterable[tuple[bytes, bytes]]]  # its number; suffixes (hexadecimal) and counts
Progress = Callable[[int, int], None]  # bytes read, of how many


class NotRanges(ValueError):
    """The file or folder is not in the format of Pwned Passwords; the text says how, in French."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it."""

    entries: int
    ranges: int


def make(source: Path, out: Path, progress: Progress = lambda _done, _total: None) -> Imported:
    """Given a folder of ranges or one file of hashes, make the file `out`, whole or not at all.

    Raise NotRanges for another format, OSError if it cannot be read or written.
    """
    ranges = _folder(source, progress) if source.is_dir() else _file(source, progress)
    half = out.with_name(f"{out.name}.half")
    try:
        with half.open("wb", buffering=_BUFFER) as file:
            os.fchmod(file.fileno(), 0o600) if hasattr(os, "fchmod") else None
            imported = _write(file, ranges)
            file.flush()
            os.fsync(file.fileno())
        half.replace(out)
    finally:
        half.unlink(missing_ok=True)
    sync_folder(out.parent)
    return imported


def _write(file: BinaryIO, ranges: Iterator[Range]) -> Imported:
    covered, begins = bytearray(COVERED), array("Q")
    entries, known = 0, 0
    file.seek(ENTRIES_AT)
    for number, lines in ranges:
        if number < len(begins):
            raise NotRanges("Ces empreintes ne sont pas dans l’ordre ; prenez la liste triée.")
        begins.extend([entries] * (number + 1 - len(begins)))
        found = sorted(
            bytes.fromhex(suffix[:_SUFFIX_DIGITS].decode()) + bytes([weight(int(times))])
            for suffix, times in lines
            if int(times)  # the service pads its answers with lines that nobody ever saw
        )
        file.write(b"".join(found))
        entries, known = entries + len(found), known + 1
        covered[number // 8] |= 1 << number % 8
    if not known:
        raise NotRanges("Aucune plage de Pwned Passwords ne se trouve là.")
    begins.extend([entries] * (RANGES + 1 - len(begins)))
    file.seek(0)
    file.write(HEADING.pack(MAGIC, entries) + covered)
    for start in range(0, len(begins), _BUFFER):
        part = begins[start : start + _BUFFER]
        file.write(b"".join(place.to_bytes(PLACE) for place in part))
    return Imported(entries, known)


def _folder(folder: Path, progress: Progress) -> Iterator[Range]:
    names = sorted(
        (found[1].upper(), entry.name)
        for entry in os.scandir(folder)
        if (found := _RANGE_NAME.fullmatch(entry.name))
    )
    for done, (prefix, name) in enumerate(names):
        content = (folder / name).read_bytes()
        yield int(prefix, 16), _lines(content, name)
        progress(done + 1, len(names))


def _lines(content: bytes, name: str) -> list[tuple[bytes, bytes]]:
    lines = _RANGE_LINE.findall(content)
    if len(lines) != len(content.split()):
        raise NotRanges(f"{name} n’est pas une plage de Pwned Passwords (SHA-1).")
    return lines


def _file(path: Path, progress: Progress) -> Iterator[Range]:
    for prefix, lines in groupby(_whole_lines(path, progress), key=lambda line: line[0].upper()):
        yield int(prefix, 16), ((suffix, times) for _, suffix, times in lines)


def _whole_lines(path: Path, progress: Progress) -> Iterator[tuple[bytes, bytes, bytes]]:
    size, done, rest = path.stat().st_size, 0, b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole, newline, rest = (rest + chunk).rpartition(b"\n")
            yield from _parsed(whole + newline, path)
            done += len(chunk)
            progress(done, size)
    yield from _parsed(rest, path)


def _parsed(lines: bytes, path: Path) -> list[tuple[bytes, bytes, bytes]]:
    found = _WHOLE_LINE.findall(lines)
    if len(found) != len(lines.split()):
        kind = "NTLM, pas SHA-1" if _NTLM.match(lines) else "un autre format"
        raise NotRanges(f"{path.name} n’est pas une liste de Pwned Passwords ({kind}).")
    return found
