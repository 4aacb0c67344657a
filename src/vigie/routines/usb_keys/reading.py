"""Reading one key, without mounting it: its files come out once, and that copy is what is judged.

A key may give other bytes the second time it is asked. So nothing is looked at on the key: what
comes out is read, and if it is clean that very copy is handed on.
"""

import os
import stat
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from vigie.domain.evidence.usb import FileOnKey, Mishap
from vigie.domain.finding import Gravity
from vigie.knowledge.key_names import clean_path
from vigie.knowledge.volumes import HEAD, Volume, starts, volume
from vigie.tools.volumes import Bounds, Contents, Found, Stopped, copying
from vigie.tools.volumes.confined import Room, below

_MOST_COPIES = 40  # of one key, that are made without what acts: a twentieth of a second each
# Given an open file and its name on the key, what it is.
Look = Callable[[int, str], FileOnKey]
# Given a file and where it lies, the ending and the bytes of its copy without what acts, or None.
SafeCopy = Callable[[FileOnKey, Path], tuple[str, bytes] | None]
# Told what goes on (a slug of two: `copied`, `looked_at`), how far, and of how much (0: unknown).
Progress = Callable[[str, int, int], None]


class CannotRead(Exception):
    """There is nothing to read here; the text says why. `reason` is a slug."""

    def __init__(self, reason: str, said: str) -> None:
        super().__init__(said)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What was read of one key: each file as it is judged, and where its copy lies.

    `safe` are the names and places of copies without what acts, of files that stay on the key.
    """

    files: Sequence[tuple[FileOnKey, Path]] = ()
    safe: Sequence[tuple[str, Path]] = ()
    mishaps: frozenset[Mishap] = frozenset()
    encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads keys, one at a time in each thread. `scratch` is where its copies lie meanwhile."""

    look: Look
    scratch: Path
    bounds: Bounds = field(default_factory=Bounds)
    progress: Progress = lambda _what, _done, _of: None
    workers: int = 2
    safe_copy: SafeCopy = lambda _file, _path: None

    def read(self, source: Path) -> Reading:
        """Given a device, an image of one or a folder, return what lies in it.

        Raise CannotRead where there is nothing of the kind, or a program for it is missing.
        """
        try:
            mode = source.stat().st_mode
        except OSError as trouble:
            raise CannotRead("no_folder", trouble.strerror or str(trouble)) from trouble
        if stat.S_ISDIR(mode):
            return self._judged(_mounted(source, self.bounds))
        if not (stat.S_ISREG(mode) or stat.S_ISBLK(mode)):
            raise CannotRead("not_supported", "neither a device, nor an image, nor a folder")
        try:
            return self._raw(source)
        except FileNotFoundError as trouble:  # a program; the key's own absence is a mishap
            raise CannotRead("missing_program", str(trouble.filename)) from trouble

    def _raw(self, source: Path) -> Reading:
        try:
            heads = _heads(source)
        except OSError:
            return Reading(mishaps=frozenset({Mishap.PULLED}))
        found: list[Found] = []
        mishaps: set[Mishap] = set()
        deadline = time.monotonic() + self.bounds.time.total_seconds()
        for number, (start, head) in enumerate(heads):
            out = self.scratch / str(number)
            out.mkdir(mode=0o700)
            room = Room(
                key=source,
                out=out,
                bounds=self.bounds,
                progress=lambda files, _bytes: self.progress("copied", files, 0),
                deadline=deadline,
            )
            try:
                contents = _contents(room, start, volume(head))
            except Stopped as stopped:
                mishaps.add(Mishap(stopped.reason))
            else:
                if time.monotonic() > deadline:  # it ended between two looks at the clock
                    mishaps.add(Mishap.TOO_SLOW)
                    continue
                found += contents.found
                mishaps |= {Mishap(slug) for slug in contents.mishaps}
        if not _same(source, heads):
            return Reading(mishaps=frozenset({Mishap.PULLED}))
        sealed = any(volume(head) is Volume.ENCRYPTED for _, head in heads)
        reading = self._judged(Contents(found=found))
        return replace(reading, mishaps=reading.mishaps | mishaps, encrypted=sealed)

    def _judged(self, contents: Contents) -> Reading:
        """Return what the files that came out are; one that cannot be opened is a mishap."""
        files: list[tuple[FileOnKey, Path]] = []
        mishaps = {Mishap(slug) for slug in contents.mishaps}
        with ThreadPoolExecutor(self.workers) as workers:
            for number, file in enumerate(workers.map(self._looked_at, contents.found)):
                if file is None:
                    mishaps.add(Mishap.LIES)
                else:
                    files.append((file, contents.found[number].path))
                try:
                    self.progress("looked_at", number, len(contents.found))
                except Stopped:
                    workers.shutdown(wait=False, cancel_futures=True)
                    raise
        self.progress("looked_at", len(contents.found), len(contents.found))
        safe = tuple(self._safe(files))
        return Reading(files=tuple(files), safe=safe, mishaps=frozenset(mishaps))

    def _safe(self, files: Sequence[tuple[FileOnKey, Path]]) -> Iterator[tuple[str, Path]]:
        """Copy what is doubtful without what acts; what has no such copy stays where it is."""
        doubtful = [(f, path) for f, path in files if f.light is Gravity.CONCERN and not f.bad]
        for number, (file, path) in enumerate(doubtful[:_MOST_COPIES]):
            with suppress(OSError):
                if made := self.safe_copy(file, path):
                    ending, content = made
                    place = self.scratch / f"safe-{number}"
                    place.write_bytes(content)
                    stem = file.name.rpartition(".")[0] or file.name
                    yield f"{stem} (copie sûre).{ending}", place

    def _looked_at(self, found: Found) -> FileOnKey | None:
        """Return what one file is; None where it cannot be read any more."""
        try:
            descriptor = os.open(found.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                return self.look(file.fileno(), clean_path(found.untrusted_name))
        except OSError:
            return None


def _contents(room: Room, start: int, kind: Volume) -> Contents:
    match kind:
        case Volume.ENCRYPTED:
            return Contents()
        case Volume.UNKNOWN:
            return Contents(mishaps=frozenset({Mishap.UNKNOWN_VOLUME}))
    return copying.contents(room, start, kind.value)


def _heads(source: Path) -> list[tuple[int, bytes]]:
    """Return where each volume begins, and its first bytes. Raise OSError."""
    descriptor = os.open(source, os.O_RDONLY)
    with closing(os.fdopen(descriptor, "rb", buffering=0)) as file:
        size = file.seek(0, os.SEEK_END)
        whole = os.pread(descriptor, HEAD, 0)
        return [(start, os.pread(descriptor, HEAD, start)) for start in starts(whole, size)]


def _same(source: Path, heads: Sequence[tuple[int, bytes]]) -> bool:
    """Return whether the key is still there, and still the same."""
    with suppress(OSError):
        return _heads(source) == heads
    return False


def _mounted(folder: Path, bounds: Bounds) -> Contents:
    """Return the files of a folder as they lie there, as many as the bounds allow."""
    files = below(folder)
    kept = [(path, size) for path, size in files[: bounds.files] if size <= bounds.one]
    found = tuple(
        Found(
            path=Path(path),
            untrusted_name=os.fsencode(os.path.relpath(path, folder)).decode("utf-8", "replace"),
            size=size,
        )
        for path, size in sorted(kept)
    )
    fewer = len(kept) < len(files)
    return Contents(found=found, mishaps=frozenset({"too_much"}) if fewer else frozenset())
