"""The folder watched: each text that has arrived whole is offered once for each of its states."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.sensors import SensorBlind, Sink

ENDINGS = frozenset({".txt", ".text", ".md", ".html", ".htm"})
_PAUSE = 1.0  # seconds between two looks: a network share may tell nobody of what changes in it
_MOST_BYTES = 2 * 1024 * 1024  # more is refused by the reader, who is to say so


@dataclass(frozen=True, slots=True)
class _Seen:
    """What tells one state of a file from another."""

    size: int
    changed: int


# Given a text's place and bytes, return it as evidence.
Offer = Callable[[Path, bytes], Evidence]


class TextFolder:
    """The sensor. A file is read once it has kept its size and time from one look to the next.

    `done` says of a file whether its copy is there already, from before a restart.
    """

    name = "texts"
    blinds: tuple[Danger, ...] = (Danger.PATIENT_DISCLOSURE,)

    def __init__(self, folder: Path, offer: Offer, done: Callable[[Path], bool]) -> None:
        self._folder = folder
        self._offer = offer
        self._done = done

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Offer texts until `stop` is set. Raise SensorBlind when the folder cannot be read."""
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
            if path.suffix.lower() not in ENDINGS or path.name.startswith("."):
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
                return file.read(_MOST_BYTES)
        except OSError as trouble:
            raise SensorBlind("no_permission", str(self._folder)) from trouble
