"""One document against what it was: intact, changed by somebody, or damaged.

What counts as a legal change, in this order: the same bytes; a change that a database counted and
that it finds sound; a new content under a new date that its own reader opens and that does not look
like damage. What has changed without a new date, nobody has saved.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.knowledge.filetypes import kinds_allowed
from vigie.knowledge.live_data import live
from vigie.routines.integrity import bases
from vigie.routines.integrity.bytes_at import OpenFile
from vigie.routines.integrity.register import Known
from vigie.routines.integrity.shapes import SHORT, Difference, Hand, Shape, difference, hand

Inspect = Callable[[int, str], Structure]
LARGEST_TEXT = 32 << 20  # bytes: more is a log, not a person's text
_BY_HAND = frozenset({"", ".txt", ".text", ".md", ".log", ".rst"})
_SCAN = b"\xff\xda"  # where a JPEG's pixels begin; before them are notes that programs do change

# What a program's own work may look like.
_SAVED = frozenset({Shape.OTHER, Shape.GROWN, Shape.PATCHED})
# Packed so densely that no program changes a few bytes in the middle.
_DENSE = frozenset(
    {
        Kind.WEBP,
        Kind.HEIC,
        Kind.GIF,
        Kind.SEVEN_ZIP,
        Kind.GZIP,
        Kind.OPENPGP,
        Kind.MEDIA,
        Kind.NOISE,
    }
)


class State(StrEnum):
    """What became of one document."""

    INTACT = "intact"
    MOVED = "moved"
    CHANGED = "changed"
    NEW = "new"
    DOUBTFUL = "doubtful"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNREADABLE = "unreadable"  # we may not read it: nothing is known


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """The state, and the slug of what does not hold."""

    state: State
    defect: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """Judges content that differs from what it was. `open_whole` has own readers open files.

    `kept` returns where the bytes with a digest lie, or None.
    """

    inspect: Inspect
    open_whole: Callable[[Path, str], bool | None]
    kept: Callable[[str], Path | None]
    scratch: Path

    def changed(self, known: Known, path: Path, descriptor: int) -> Judgement:
        """Given a document whose bytes differ from `known`, return what became of it.

        Raise OSError where it cannot be read.
        """
        if known.database:
            return self._base(known, path, descriptor)
        untouched = known.untouched(os.fstat(descriptor))
        found = self._difference(known, descriptor)
        if live(known.path.name):
            odd = untouched or (found is not None and found.shape not in _SAVED)
            return _of(State.DOUBTFUL if odd else State.CHANGED, "unsaved" if odd else "")
        if untouched:
            return _of(State.DAMAGED, found.shape.value if found else "unsaved")
        if found and (judged := self._by_shape(known, found, descriptor)):
            return judged
        return self._by_reader(known, path, descriptor)

    def _difference(self, known: Known, descriptor: int) -> Difference | None:
        place = self.kept(known.object)
        if place is None or known.object != known.sha256:
            return None
        before = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
        try:
            return difference(OpenFile.of(before), OpenFile.of(descriptor))
        finally:
            os.close(before)

    def _by_shape(self, known: Known, found: Difference, descriptor: int) -> Judgement | None:
        """Return what the shape of the difference says, or None where it says nothing."""
        shape = found.shape
        if shape in (Shape.OTHER, Shape.GROWN):
            return None
        if known.kind is Kind.TEXT and (own := self._text(known, found, descriptor)) is not None:
            return own
        if shape is Shape.PATCHED and not self._never_patched(known, found):
            return None
        noted = known.kind is Kind.JPEG and not self._in_scan(known, found)
        if shape is Shape.FLIPPED and (noted or _nobodys(known)):
            return _of(State.DOUBTFUL, shape.value)  # a program may keep a yes or no there
        return _of(State.DAMAGED, shape.value)

    def _never_patched(self, known: Known, found: Difference) -> bool:
        """Return whether no program changes this kind of document in the middle."""
        if known.kind in _DENSE or (known.kind is Kind.PDF and found.dense):
            return True
        return known.kind is Kind.JPEG and self._in_scan(known, found)

    def _in_scan(self, known: Known, found: Difference) -> bool:
        """Return whether a picture differs in its pixels, and not in the notes before them."""
        place = self.kept(known.object)
        return place is not None and _SCAN in _head(place, max(found.first, 1))

    def _text(self, known: Known, found: Difference, descriptor: int) -> Judgement | None:
        """Return what became of a text, which people do change in the middle and at the end."""
        now = OpenFile.of(descriptor)
        if found.shape is Shape.TORN and now.at(now.size - 1, 1) in b"\n\r":
            return self._shortened(known, now)
        if found.shape is Shape.PATCHED:
            return None
        if found.shape is Shape.SWAPPED and found.last - found.first <= 2 * 512:
            return self._put_right(known, now)
        if found.shape is Shape.FLIPPED and now.size <= LARGEST_TEXT:
            place = self.kept(known.object)
            before = place.read_bytes() if place else b""
            whose = hand(before, now.at(0, now.size), found.flips)
            if whose in (Hand.DIGIT, Hand.LETTER):
                return _of(State.DOUBTFUL, whose.value)
            return _of(State.CHANGED) if whose is Hand.PERSON else None
        return None

    def _shortened(self, known: Known, now: OpenFile) -> Judgement | None:
        """Return what became of a text that lost whole lines at its end.

        In notes a person takes a few away. Many, and a power cut may have met the end of a line.
        What programs exchange (csv, HPRIM, HL7, XML) nobody shortens by hand.
        """
        if known.path.suffix.lower() not in _BY_HAND:
            return None
        few = known.size - now.size <= SHORT * 16
        return _of(State.CHANGED) if few else _of(State.DOUBTFUL, Shape.TORN.value)

    def _put_right(self, known: Known, now: OpenFile) -> Judgement | None:
        """Return CHANGED for letters that changed places within a few words."""
        place = self.kept(known.object)
        if place is None or now.size > LARGEST_TEXT:
            return None
        before, after = place.read_bytes(), now.at(0, now.size)
        odd = [i for i, (a, b) in enumerate(zip(before, after, strict=False)) if a != b]
        return _of(State.CHANGED) if odd[-1] - odd[0] <= SHORT else None

    def _by_reader(self, known: Known, path: Path, descriptor: int) -> Judgement:
        """Return what its own reader says of a document that was sound."""
        if known.soundness is Soundness.BROKEN:
            return _of(State.CHANGED)  # it never was what its name says: no reader can tell
        seen = self.inspect(descriptor, known.path.name)
        if seen.soundness is Soundness.BROKEN:
            return _of(State.DAMAGED, seen.defect)
        if seen.sealed:
            return _of(State.CHANGED)
        opened = self.open_whole(path, known.path.suffix)
        if opened is not False:
            return _of(State.CHANGED)
        place = self.kept(known.object)
        before = self.open_whole(place, known.path.suffix) if place else None
        return _of(State.DAMAGED, "unopened") if before else _of(State.CHANGED)

    def _base(self, known: Known, path: Path, descriptor: int) -> Judgement:
        """Return what became of a database."""
        now = OpenFile.of(descriptor)
        if not now.size and not bases.unfinished(path):
            return _of(State.DAMAGED, Shape.EMPTIED.value)
        if defect := bases.defect(path, self.scratch):
            damaged = known.soundness is Soundness.SOUND
            return _of(State.DAMAGED if damaged else State.CHANGED, defect)
        found = None if bases.unfinished(path) else self._difference(known, descriptor)
        if found is None:
            return _of(State.CHANGED)
        place = self.kept(known.object)
        before = _head(place, bases.HEADER) if place else b""
        header = now.at(0, bases.HEADER)
        if not bases.written(path, before, header, known.at):
            return _of(State.DAMAGED, found.shape.value)
        if found.shape in _SAVED:
            return _of(State.CHANGED)
        # A counter that goes from 6 to 7 in a row turns one bit, where no header counts along.
        # A deletion also moves pointers, and a smaller file says so in its header.
        single = found.shape is Shape.FLIPPED and header[bases.WRITTEN_AS] != bases.ROLLBACK
        return _of(State.DOUBTFUL if single else State.DAMAGED, found.shape.value)


def _head(place: Path, length: int) -> bytes:
    """Return the beginning of a kept file."""
    with place.open("rb") as file:
        return file.read(length)


def _nobodys(known: Known) -> bool:
    """Return whether neither name nor content says what kind of file it is."""
    return known.kind is Kind.OTHER and Kind.OTHER in kinds_allowed(known.path.name)


def _of(state: State, defect: str = "") -> Judgement:
    return Judgement(state=state, defect=defect)
