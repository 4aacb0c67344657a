"""Comparing: what files were, what they are, and which new one stands in for which lost one.

For where the system does not tell who writes, and tells it afterwards. Everything that happened
is one nameless hand's work, so a lost document and an unreadable new file are put together here:
by the name (`lettre.docx.locked`), or by place, size and moment.
"""

import os
import stat
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict, TypeVar

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.files import (
    CanaryTouched,
    FileMended,
    FileRemoved,
    FileRewritten,
    Touch,
)
from vigie.domain.evidence.structure import Kind, Soundness, Structure
from vigie.knowledge.becoming import unreadable, worse
from vigie.knowledge.filetypes import passing
from vigie.sensors.disk import canaries

Inspect = Callable[[int, str], Structure]

# Windows has no O_NOFOLLOW and wants O_BINARY; a pipe must not hold us up.
_READING = os.O_RDONLY | sum(
    getattr(os, flag, 0) for flag in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY")
)
# An encryptor adds a key, a mark, padding: a page at most.
GROWTH = 4096
# Who encrypts a copy deletes the original soon; by name the two are matched at any distance.
SOON = timedelta(minutes=1)
LETTERS = (1.30, 1.42)  # size of base64 against what it holds, with and without line ends
MOST_REMEMBERED = 10_000  # lost documents and unreadable new files without a counterpart

T = TypeVar("T")
Stamp = tuple[int, int, int]  # inode, size in bytes, time of the last change in nanoseconds


class _Where(TypedDict):
    at: datetime
    machine: str
    path: str
    folder: str
    document: str


@dataclass(slots=True)
class Known:
    """A document as it was when it was last good. `home` is its name then."""

    path: str
    home: str
    folder: str
    before: Structure
    stamp: Stamp
    broken: bool = False


class Comparison:
    """What is known of the files below some folders. For one thread."""

    def __init__(
        self,
        inspect: Inspect,
        sink: Callable[[Evidence], object],
        machine: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._inspect, self._sink, self._machine, self._clock = inspect, sink, machine, clock
        self._known: dict[str, Known] = {}
        self._surveyed: set[str] = set()  # what lay there before us stands in for nothing
        self._lost: OrderedDict[str, tuple[Known, datetime]] = OrderedDict()
        self._stand_ins: OrderedDict[str, tuple[Structure, datetime]] = OrderedDict()

    def survey(self, folder: str, *, done: bool = True) -> int:
        """Take in what lies in a folder, or compare it with what is known; return how many.

        While writers may be at work (not `done`), only noise counts.
        """
        found = set()
        for place, _, names in os.walk(folder):
            for name in names:
                found.add(os.path.join(place, name))  # noqa: PTH118  (a hundred thousand times)
        inside = folder.rstrip(os.sep) + os.sep
        for path in [known for known in self._known if known.startswith(inside)]:
            if path not in found:
                self.removed(path)
        for path in found:
            self.written(path, folder, done=done)
        self._surveyed.add(folder)
        return len(found)

    def written(self, path: str, folder: str, *, done: bool = True) -> None:
        """Compare one file with what it was. While its writer is not `done`, only noise counts."""
        if passing(path):
            return
        known = self._known.get(path)
        home = known.home if known else path
        looked = self._look(path, home, known.stamp if known else None)
        if looked is None:
            return
        after, stamp = looked
        if known is None:
            self._new(path, folder, after, stamp)
        elif done or after.kind is Kind.NOISE:
            known.stamp = stamp
            self._changed(known, after)

    def removed(self, path: str) -> None:
        """Take in that a file, or a folder with all it held, is no longer there."""
        self._stand_ins.pop(path, None)
        inside = path + os.sep
        for lost in [one for one in self._known if one == path or one.startswith(inside)]:
            self._gone(self._known.pop(lost))

    def moved(self, source: str, target: str, folder: str) -> None:
        """Take in that a file has another name, maybe another document's."""
        moving = self._known.pop(source, None)
        taken = self._known.get(target)
        if moving is not None and taken is None:
            moving.path = target
            self._known[target] = moving
            if canaries.is_canary(moving.home):
                self._canary(moving, Touch.RENAMED)
        if (stand_in := self._stand_ins.pop(source, None)) is not None:
            self._stand_ins[target] = stand_in
        self.written(target, folder)

    def _look(self, path: str, home: str, last: Stamp | None) -> tuple[Structure, Stamp] | None:
        """Return what a regular file is now, None if it is gone or as it was."""
        try:
            descriptor = os.open(path, _READING)
        except OSError:
            return None
        try:
            state = os.fstat(descriptor)
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
            if not stat.S_ISREG(state.st_mode) or stamp == last:
                return None
            return self._inspect(descriptor, home), stamp
        except OSError:
            return None
        finally:
            os.close(descriptor)

    def _changed(self, known: Known, after: Structure) -> None:
        if worse(known.before, after):
            if not known.broken:
                known.broken = True
                if canaries.is_canary(known.home):
                    self._canary(known, Touch.WRITTEN)
                self._sink(FileRewritten(**self._where(known), before=known.before, after=after))
            return
        if known.broken:
            known.broken = False
            self._sink(FileMended(**self._where(known), after=after))
        known.before = after
        known.home = known.path

    def _new(self, path: str, folder: str, after: Structure, stamp: Stamp) -> None:
        if path in self._lost:
            known, _ = self._lost.pop(path)
            known.path, known.stamp = path, stamp
            self._known[path] = known
            self._changed(known, after)
            return
        suspect = unreadable(after) or after.defect == "encoded"
        for lost, (known, when) in reversed(self._lost.items()) if suspect else ():
            if self._stands_in(path, after, known, when):
                del self._lost[lost]
                self._replaced(known, path, after, stamp)
                return
        if suspect and folder in self._surveyed:
            _remember(self._stand_ins, path, after, self._clock())
        self._known[path] = Known(path, path, folder, after, stamp)

    def _gone(self, known: Known) -> None:
        if canaries.is_canary(known.home):
            self._canary(known, Touch.REMOVED)
        if known.broken or unreadable(known.before):
            return
        for path, (after, when) in reversed(self._stand_ins.items()):
            if path != known.path and self._stands_in(path, after, known, when):
                del self._stand_ins[path]
                new = self._known.get(path)
                self._replaced(known, path, after, new.stamp if new else known.stamp)
                return
        _remember(self._lost, known.path, known, self._clock())
        self._sink(FileRemoved(**self._where(known), before=known.before))

    def _stands_in(self, path: str, after: Structure, lost: Known, when: datetime) -> bool:
        """Return whether the new file at `path` looks like a lost document's encrypted self."""
        before = lost.before
        if before.soundness is not Soundness.SOUND or path == lost.path:
            return False  # what nobody could tell to be good cannot be told to be lost
        noise = unreadable(after) and before.size <= after.size <= before.size + GROWTH
        least, most = LETTERS
        letters = after.defect == "encoded" and least <= after.size / before.size <= most
        if not noise and not letters:
            return False
        name = os.path.basename(lost.home)  # noqa: PTH119  (for each pair)
        if name in os.path.basename(path):  # noqa: PTH119
            return True
        beside = os.path.dirname(path) == os.path.dirname(lost.path)  # noqa: PTH120
        return beside and self._clock() - when < SOON

    def _replaced(self, known: Known, path: str, after: Structure, stamp: Stamp) -> None:
        known.path, known.stamp, known.broken = path, stamp, True
        self._known[path] = known
        self._sink(FileRewritten(**self._where(known), before=known.before, after=after))

    def _canary(self, known: Known, touch: Touch) -> None:
        self._sink(CanaryTouched(**self._where(known), touch=touch))

    def _where(self, known: Known) -> _Where:
        return {
            "at": self._clock(),
            "machine": self._machine,
            "path": known.path,
            "folder": known.folder,
            "document": known.home,
        }


def _remember(book: OrderedDict[str, tuple[T, datetime]], path: str, what: T, at: datetime) -> None:
    book[path] = (what, at)
    if len(book) > MOST_REMEMBERED:
        book.popitem(last=False)
