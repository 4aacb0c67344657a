"""The folder watched: each photo that has arrived whole is offered once, whoever put it there."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.sensors import SensorBlind, Sink

ENDINGS = frozenset(
    {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".gif", ".tif", ".tiff", ".bmp", ".avif"}
)
_PAUSE = 1.0  # seconds between two looks: a network share may tell nobody of what changes in it
_MOST_BYTES = 97 * 1024 * 1024  # more is refused by the reader, who is to say so


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells one state of a file from another."""

    size: int
    changed: int


# Given a photo's place and bytes, return it as evidence.
Develop = Callable[[Path, bytes], Evidence]


class PhotoFolder:
    """The sensor. A file is read once it has kept its size and time from one look to the next."""

    name = "photos"
    blinds: tuple[Danger, ...] = (Danger.PHOTO_LEAK,)

    def __init__(self, folder: Path, develop: Develop, done: Callable[[Path], bool]) -> None:
        self._folder = folder
        self._develop = develop
        self._done = done

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Offer photos until `stop` is set. Raise SensorBlind when the folder cannot be read."""
        arriving: dict[Path, _Seen] = {}
        offered: dict[Path, _Seen] = {}
        while not stop.is_set():
            present = dict(self._present())
            for path, seen in present.items():
                if offered.get(path) == seen:
                    continue
                if arriving.get(path) == seen:
                    offered[path] = seen
                    if not self._done(path):
                        self._offer(path, sink)
                arriving[path] = seen
            for gone in set(offered) - set(present):
                del offered[gone]
            stop.wait(_PAUSE)

    def _present(self) -> Iterator[tuple[Path, _Seen]]:
        try:
            entries = sorted(self._folder.iterdir())
        except OSError as trouble:
            reason = "no_permission" if isinstance(trouble, PermissionError) else "no_folder"
            raise SensorBlind(reason, str(self._folder)) from trouble
        for path in entries:
            if path.suffix.lower() not in ENDINGS or path.name.startswith("."):
                continue
            try:
                state = path.lstat()
            except OSError:
                continue  # gone between two looks
            if path.is_symlink() or not path.is_file():
                continue  # it may lead anywhere
            yield path, _Seen(state.st_size, state.st_mtime_ns)

    def _offer(self, path: Path, sink: Sink) -> None:
        try:
            with path.open("rb") as file:
                untrusted = file.read(_MOST_BYTES)
        except OSError as trouble:
            raise SensorBlind("no_permission", str(path)) from trouble
        sink(self._develop(path, untrusted))
