"""How a document differs from what it was: as a program saves, or as a disk and a power cut do.

A program that saves writes the whole document anew, or adds to its end; a text is rewritten around
what a person changed. What no program does: one bit in the middle, a block of zeros, blocks that
changed places, an end that is missing. Bytes are compared here and nothing is parsed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

SECTOR = 512  # bytes: the smallest piece a disk writes
CHUNK = 1 << 20  # bytes compared at a time
MOST_FLIPS = 64  # bits: bad memory and tired disks turn a few, an edit with so few per byte is none
FEWEST_ZEROS = 8  # bytes in one sector: fewer may be an author's own
MOST_SECTORS = 65_536  # sectors explained one by one (32 MB); beyond, the first ones speak for all
ENOUGH = 16  # sectors that nothing explains: it is a program's work, or blocks changed places
MOST_NOISY = 256  # sectors looked at for noise: 128 kB of it is enough
SHORT = 64  # bytes: within these a person may have put two letters right
FEW = 0.5  # of the sectors: a program that saves a compressed document changes nearly all


class Shape(StrEnum):
    """What became of the bytes. Only `OTHER` and `GROWN` look like a program's own work."""

    EMPTIED = "emptied"
    TORN = "torn"
    ZEROED = "zeroed"
    FLIPPED = "flipped"
    SWAPPED = "swapped"
    PATCHED = "patched"
    GROWN = "grown"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The shape, and where bytes differ: `first` and `last` offset, and each single flip.

    `dense`: they differ only within packed content, where no program writes a date or a name.
    """

    shape: Shape
    first: int = 0
    last: int = 0
    flips: tuple[int, ...] = ()
    dense: bool = False


class Source(Protocol):
    """Bytes read by position."""

    @property
    def size(self) -> int:
        """Return how many there are."""

    def at(self, start: int, length: int) -> bytes:
        """Return at most `length` bytes from `start`."""


def difference(before: Source, now: Source) -> Difference:
    """Given a document as it was and as it is, which differ, return how."""
    if not now.size:
        return Difference(shape=Shape.EMPTIED)
    shared = min(before.size, now.size)
    changed = list(_changed(before, now, shared))
    if now.size > before.size and (tail := _beyond(now, before.size)) is not Shape.ZEROED:
        return Difference(shape=tail if not changed else Shape.OTHER)
    seen = _explained(before, now, changed) if changed else None
    if now.size != before.size:
        whole = seen is None or seen.shape is not Shape.OTHER
        end = Shape.TORN if now.size < before.size else Shape.ZEROED
        return Difference(shape=end if whole else Shape.OTHER, first=shared)
    return seen or Difference(shape=Shape.OTHER)


def _beyond(now: Source, start: int) -> Shape:
    """Return whether what was added to the end is nothing but zeros."""
    for at in range(start, now.size, CHUNK):
        if now.at(at, CHUNK).strip(b"\0"):
            return Shape.GROWN
    return Shape.ZEROED


def _changed(before: Source, now: Source, size: int) -> Iterator[int]:
    """Yield the offset of each sector that differs in the first `size` bytes."""
    for at in range(0, size, CHUNK):
        length = min(CHUNK, size - at)
        a, b = before.at(at, length), now.at(at, length)
        if a == b:
            continue
        for start in range(0, length, SECTOR):
            if a[start : start + SECTOR] != b[start : start + SECTOR]:
                yield at + start


def _explained(before: Source, now: Source, changed: list[int]) -> Difference:
    """Return the shape of sectors that differ, in a part that both have."""
    places: set[Shape] = set()
    flips: list[int] = []
    unexplained = 0
    size = min(before.size, now.size)
    pieces = []
    for at in changed[:MOST_SECTORS]:
        length = min(SECTOR, size - at)
        a, b = before.at(at, length), now.at(at, length)
        pieces.append((a, b))
        if unexplained > ENOUGH:
            continue  # only whether blocks changed places is still open
        differing = [i for i in range(length) if a[i] != b[i]]
        if all((a[i] ^ b[i]).bit_count() == 1 for i in differing) and len(differing) <= MOST_FLIPS:
            places.add(Shape.FLIPPED)
            flips += (at + i for i in differing)
        elif _blank([b[i] for i in differing]):
            places.add(Shape.ZEROED)
        else:
            unexplained += 1
    first, last = changed[0], changed[-1] + SECTOR
    if unexplained or len(flips) > MOST_FLIPS:
        shape = Shape.OTHER
        if before.size == now.size and _same_bytes(pieces):
            shape = Shape.SWAPPED
        elif before.size == now.size and len(changed) < FEW * (size / SECTOR):
            shape = Shape.PATCHED
        dense = shape is Shape.PATCHED and _noisy(pieces[:MOST_NOISY])
        return Difference(shape=shape, first=first, last=last, dense=dense)
    shape = Shape.ZEROED if Shape.ZEROED in places else Shape.FLIPPED
    return Difference(shape=shape, first=first, last=last, flips=tuple(flips))


def _noisy(pieces: list[tuple[bytes, bytes]]) -> bool:
    """Return whether what differs is packed content or noise, in each sector, and long enough.

    A program that writes a document again with another date and number leaves a sector of plain
    letters, and the number alone has at most two times sixteen bytes of any value.
    """
    total = 0
    for a, b in pieces:
        differing = [max(x, y) for x, y in zip(a, b, strict=True) if x != y]
        if sum(byte > 0x7F for byte in differing) <= len(differing) // 4:  # noqa: PLR2004  (ASCII)
            return False
        total += len(differing)
    return total > SHORT


def _blank(differing: list[int]) -> bool:
    """Return whether what differs is zeros now (never written), or ones (an erased flash cell)."""
    return len(differing) >= FEWEST_ZEROS and set(differing) in ({0}, {0xFF})


def _same_bytes(pieces: list[tuple[bytes, bytes]]) -> bool:
    """Return whether the differing parts hold the same bytes in another order."""
    before: Counter[int] = Counter()
    now: Counter[int] = Counter()
    for a, b in pieces:
        before.update(a)
        now.update(b)
    return before == now


_WORD = re.compile(r"\w+")


class Hand(StrEnum):
    """Whose hand turned a few letters of a text."""

    PERSON = "person"
    NOBODY = "nobody"
    DIGIT = "digit"  # a correction, or the worst of damages
    LETTER = "letter"  # Dupont became Dupond: one bit, and most often a person


def hand(before: bytes, now: bytes, flips: tuple[int, ...]) -> Hand:
    """Return whose hand turned single bits of a text; `before` and `now` are the whole of it.

    A word is put right when the new one occurs elsewhere in the text. Nobody turns a letter into a
    control character, a letter in the middle of a word into a capital, or two words at once by one
    bit each.
    """
    words = Counter(_WORD.findall(before.decode("utf-8", "replace")))
    if flips[-1] - flips[0] > SHORT:
        return Hand.NOBODY
    found = Hand.PERSON
    for at in flips:
        old, new = chr(before[at]), chr(now[at])
        if old.isdecimal() and new.isdecimal():
            found = Hand.DIGIT
        elif not (old.isascii() and new.isascii() and old.islower() and new.islower()):
            return Hand.NOBODY
        elif not words[_word_at(now, at)] and found is Hand.PERSON:
            found = Hand.LETTER
    return found


def _word_at(text: bytes, at: int) -> str:
    """Return the word around one position of a text in ASCII or UTF-8."""
    start = end = at
    while start > 0 and (text[start - 1] > 0x7F or chr(text[start - 1]).isalnum()):  # noqa: PLR2004  (ASCII)
        start -= 1
    while end < len(text) and (text[end] > 0x7F or chr(text[end]).isalnum()):  # noqa: PLR2004
        end += 1
    return text[start:end].decode("utf-8", "replace")
