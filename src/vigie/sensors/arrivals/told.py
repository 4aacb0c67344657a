"""Where the kernel does not ask: a file is judged right after it has arrived.

Between its arrival and the judgement somebody may open it: that is what `asked` is for.
"""

import contextlib
import os
import queue
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from watchdog.events import (
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer

from vigie.domain.danger import Danger
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.arrivals import Judge

NAME = "arrivals"
BLINDS = (Danger.TROJAN_DOCUMENT,)
SETTLED = 0.3  # seconds without a word after which a writer is done
_HEARD: list[type[FileSystemEvent]] = [
    FileClosedEvent,
    FileCreatedEvent,
    FileModifiedEvent,
    FileMovedEvent,
]


class ToldArrivals(FileSystemEventHandler):
    """Watch some folders and what lies below; satisfies `vigie.sensors.Sensor`."""

    def __init__(self, folders: Sequence[Path], judge: Judge) -> None:
        super().__init__()
        self._folders, self._judge = tuple(folders), judge
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self.name = NAME
        self.blinds = BLINDS

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Judge what arrives until `stop`; see `vigie.sensors.Sensor`."""
        del sink  # what is judged says so itself
        there = [folder for folder in self._folders if folder.is_dir()]
        if not there:
            raise SensorBlind("no_folder", ", ".join(map(str, self._folders)))
        observer = Observer()
        for folder in there:
            observer.schedule(self, str(folder), recursive=True, event_filter=_HEARD)
        observer.start()
        try:
            self._look(stop)
        finally:
            observer.stop()
            observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note what changed; watchdog calls this in a thread of its own."""
        if not event.is_directory:
            self._news.put(os.fsdecode(event.dest_path or event.src_path))

    def _look(self, stop: threading.Event) -> None:
        due: dict[str, float] = {}
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                due[self._news.get(timeout=SETTLED)] = time.monotonic() + SETTLED
            for path in [path for path, when in due.items() if when <= time.monotonic()]:
                del due[path]
                self._one(path)

    def _one(self, path: str) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        except OSError:
            return  # gone again, or somebody holds it alone: the next change is told as well
        try:
            if os.fstat(descriptor).st_size:
                self._judge(descriptor, path)
        finally:
            os.close(descriptor)
