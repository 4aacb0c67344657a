"""A folder watched: each file that has arrived whole is offered once for each of its states."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.sensors import SensorBlind, Sink

_PAUSE = 1.0  # seconds between two looks: a network share may tell nobody of what changes in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What kind of file is offered: `most` bytes are read, of more the reader is to say so."""

    name: str
    blinds: tuple[Danger, ...]
    endings: frozenset[str]
    most: int


PHOTOS = Offered(
    name="photos",
    blinds=(Danger.PHOTO_LEAK,),
    endings=frozenset(
        {".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"}
        | {".gif", ".tif", ".tiff", ".bmp", ".avif"}
    ),
    most=97 * 1024 * 1024,
)
TEXTS = Offered(
    name="texts",
    blinds=(Danger.PATIENT_DISCLOSURE,),
    endings=frozenset({".txt", ".text", ".md", ".html", ".htm"}),
    most=2 * 1024 * 1024,
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells one state of a file from another."""

    size: int
    changed: int


# Given a file's place and bytes, return it as evidence.
Offer = Callable[[Path, bytes], Evidence]


class PublishingFolder:
    """The sensor. A file is read once it has kept its size and time from one look to the next.

    `done` says of a file whether its copy is there already, from before a restart.
    """

    def __init__(
        self, folder: Path, kind: Offered, offer: Offer, done: Callable[[Path], bool]
    ) -> None:
        self.name, self.blinds = kind.name, kind.blinds
        self._kind = kind
        self._folder = folder
        self._offer = offer
        self._done = done

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Offer files until `stop` is set. Raise SensorBlind when the folder cannot be read."""
        arriving: dict[Path, _Seen] = {}
        offered: dict[Path, _Seen] = {}
        while not stop.is_set():
            present = dict(self._present())
            for path, seen in present.items():
                if offered.get(path) != seen and arriving.get(path) == seen:
                    offered[path] = seen
                    if not self._done(path):
                        sink(self._offer(path, self._bytes(path)))
            arriving = present
            offered = {path: seen for path, seen in offered.items() if path in present}
            stop.wait(_PAUSE)

    def _present(self) -> Iterator[tuple[Path, _Seen]]:
        try:
            entries = sorted(self._folder.iterdir())
        except OSError as trouble:
            reason = "no_permission" if isinstance(trouble, PermissionError) else "no_folder"
            raise SensorBlind(reason, str(self._folder)) from trouble
        for path in entries:
            if path.suffix.lower() not in self._kind.endings or path.name.startswith("."):
                continue
            try:
                state = path.lstat()
            except OSError:
                continue  # gone between two looks
            if not path.is_symlink() and path.is_file():  # a link may lead anywhere
                yield path, _Seen(state.st_size, state.st_mtime_ns)

    def _bytes(self, path: Path) -> bytes:
        try:
            with path.open("rb") as file:
                return file.read(self._kind.most)
        except OSError as trouble:
            raise SensorBlind("no_permission", str(self._folder)) from trouble
