"""Verify: every document of the register against what is there now."""

import errno
import os
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigie.domain.evidence.structure import Kind, Soundness
from vigie.routines.integrity.bases import unfinished
from vigie.routines.integrity.judging import Judge, Judgement, State
from vigie.routines.integrity.looking import Present, documents, hashed, opened
from vigie.routines.integrity.register import Known
from vigie.routines.integrity.room import Room

# The disk answered, and what it said is that it cannot: as damaged as a document can be.
DISK_FAILS = frozenset(
    {errno.EIO, getattr(errno, "EUCLEAN", errno.EIO), getattr(errno, "EBADMSG", errno.EIO)}
)
WELL = frozenset({State.INTACT, State.CHANGED, State.MOVED, State.NEW})
_JUNK = frozenset({Kind.NOISE, Kind.OTHER, Kind.EMPTY})

Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One document, what it was (None for a new one), what it is, and what became of it."""

    path: Path
    state: State
    defect: str = ""
    known: Known | None = None
    present: Present | None = None

    @property
    def well(self) -> bool:
        """Return whether there is nothing to say about it."""
        return self.state in WELL


@dataclass(frozen=True, slots=True, kw_only=True)
class Verifier:
    """Verifies documents against the register of `room`. `leave` is never looked at."""

    room: Room
    judge: Judge
    leave: Sequence[str] = ()
    tell: Tell = field(default=lambda _done, _total: None)

    def run(self, places: Sequence[Path]) -> Iterator[Seen]:
        """Yield what became of each document at or below these places, known or new."""
        known: dict[Path, Known] = {}
        for place in places:
            known |= self.room.register.below(place)
        there = list(dict.fromkeys(documents(places, self.leave)))
        strangers: list[Present] = []
        seen = set()
        for number, present in enumerate(hashed(there), 1):
            self.tell(number, len(there))
            seen.add(present.path)
            before = known.get(present.path)
            if before is None:
                strangers.append(present)
            else:
                yield self.look(before, present)
        absent = [each for path, each in known.items() if path not in seen]
        yield from self._beyond(absent, strangers)

    def look(self, known: Known, present: Present) -> Seen:
        """Return what became of one document that is there."""
        judged = self._judge(known, present)
        return Seen(
            path=present.path,
            state=judged.state,
            defect=judged.defect,
            known=known,
            present=present,
        )

    def _judge(self, known: Known, present: Present) -> Judgement:
        if present.trouble:
            fails = present.trouble in DISK_FAILS
            return Judgement(state=State.DAMAGED if fails else State.UNREADABLE, defect="disk")
        if present.sha256 == known.sha256 and not known.database:
            return Judgement(state=State.INTACT)
        if present.sha256 == known.sha256 and not unfinished(present.path):
            return Judgement(state=State.INTACT)
        try:
            descriptor = opened(present.path)
        except OSError:
            return Judgement(state=State.UNREADABLE, defect="disk")
        try:
            return self.judge.changed(known, present.path, descriptor)
        except OSError as failure:
            fails = failure.errno in DISK_FAILS
            return Judgement(state=State.DAMAGED if fails else State.UNREADABLE, defect="disk")
        finally:
            os.close(descriptor)

    def _beyond(self, absent: Sequence[Known], strangers: Sequence[Present]) -> Iterator[Seen]:
        """Pair what is no longer there with what is new: a document that was renamed is neither."""
        by_hash: defaultdict[str, list[Known]] = defaultdict(list)
        by_inode: dict[tuple[int, int], Known] = {}
        for each in absent:
            by_hash[each.sha256].append(each)
            by_inode[each.device, each.inode] = each
        paired: set[Path] = set()
        rest: list[Present] = []
        for present in strangers:  # the same bytes first: an inode may have been given again
            same = next((k for k in by_hash[present.sha256] if k.path not in paired), None)
            if same is None or present.trouble:
                rest.append(present)
                continue
            paired.add(same.path)
            yield Seen(path=present.path, state=State.MOVED, known=same, present=present)
        for present in rest:
            yield self._stranger(present, by_inode, paired)
        for each in absent:
            if each.path not in paired:
                yield Seen(path=each.path, state=State.MISSING, known=each)

    def _stranger(
        self, present: Present, by_inode: Mapping[tuple[int, int], Known], paired: set[Path]
    ) -> Seen:
        before = by_inode.get((present.found.st_dev, present.found.st_ino))
        if before and before.path not in paired and before.path.suffix == present.path.suffix:
            seen = self.look(before, present)
            if seen.state in (State.DAMAGED, State.DOUBTFUL):  # renamed, and damaged since
                paired.add(before.path)
                return seen
        return self._new(present)

    def _new(self, present: Present) -> Seen:
        """Return whether a document that nobody recorded reads as what its name says."""
        if present.trouble:
            fails = present.trouble in DISK_FAILS
            state = State.DAMAGED if fails else State.UNREADABLE
            return Seen(path=present.path, state=state, defect="disk", present=present)
        try:
            descriptor = opened(present.path)
        except OSError:
            return Seen(path=present.path, state=State.UNREADABLE, defect="disk", present=present)
        try:
            read = self.judge.inspect(descriptor, present.path.name)
        finally:
            os.close(descriptor)
        broken = read.soundness is Soundness.BROKEN and read.kind not in _JUNK
        return Seen(
            path=present.path,
            state=State.DAMAGED if broken else State.NEW,
            defect=read.defect if broken else "",
            present=present,
        )
