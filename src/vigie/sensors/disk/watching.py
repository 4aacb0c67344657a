"""The sensor where the system does not tell who writes: Windows, macOS, network shares.

watchdog says which file changed, afterwards and without a process; what it has become is judged
as on Linux. Nobody can be stopped by his number, so the answer to harm is a covered folder.
"""

import contextlib
import heapq
import logging
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

import psutil
from watchdog.events import (
    DirDeletedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileModifiedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver

from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.disk import canaries
from vigie.sensors.disk.comparing import Comparison, Inspect

if TYPE_CHECKING:
    from watchdog.observers.api import BaseObserver

NAME = "watching"
BLINDS = (Danger.RANSOMWARE,)
SWITCH = 0.0005  # seconds a thread may keep the others waiting: a file falls each two thousandths
HASTE = -10  # niceness: a few thousandths of a second of work for each file that changes
SETTLED = 0.3  # seconds after a change without a word that the writer is done
SIGHT = 1.0  # seconds between two looks whether we still see
ROUND = 60.0  # seconds between two rounds over everything, for writers that never close
POLLED = 5.0  # seconds between two rounds over a network share
# Changes made by other machines to these are told to nobody: they have to be looked for.
_ELSEWHERE = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "davfs"})
# inotify tells when a writer closes, and each event less is a file saved at full speed; elsewhere
# every change is told, and the end of writing is guessed.
_TOLD_OF_CLOSING = sys.platform == "linux"
_HEARD: list[type[FileSystemEvent]] = [
    FileClosedEvent if _TOLD_OF_CLOSING else FileModifiedEvent,
    FileCreatedEvent,
    FileDeletedEvent,
    FileMovedEvent,
    DirDeletedEvent,
]


def _now() -> datetime:
    return datetime.now(UTC)


class FolderWatch:
    """Watch folders through watchdog; satisfies `vigie.sensors.Sensor`."""

    def __init__(
        self,
        folders: tuple[Path, ...],
        inspect: Inspect,
        *,
        machine: str,
        ready: Callable[[int], None] = lambda _: None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._folders = tuple(str(folder.resolve()) for folder in folders)
        self._inspect, self._machine, self._ready, self._clock = inspect, machine, ready, clock
        self._blind = False

    @property
    def name(self) -> str:
        """Return the sensor's name."""
        return NAME

    @property
    def blinds(self) -> tuple[Danger, ...]:
        """Return the dangers that depend on this sensor."""
        return BLINDS

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Watch until `stop`; see `vigie.sensors.Sensor`."""
        missing = [folder for folder in self._folders if not Path(folder).is_dir()]
        if missing:
            raise SensorBlind("no_folder", ", ".join(missing))
        for folder in self._folders:
            canaries.lay(Path(folder))
        sys.setswitchinterval(SWITCH)
        _make_haste()
        comparison = Comparison(self._inspect, sink, self._machine, self._clock)
        try:
            with _Hearing(self._folders) as hearing:
                self._ready(sum(map(comparison.survey, self._folders)))
                self._watch(comparison, hearing, sink, stop)
        finally:
            for folder in self._folders:
                canaries.take_away(Path(folder))

    def _watch(
        self, comparison: Comparison, hearing: "_Hearing", sink: Sink, stop: threading.Event
    ) -> None:
        changes = _Changes(comparison, self._folders)
        sight_at, round_at = 0.0, time.monotonic() + ROUND
        while not stop.is_set():
            with contextlib.suppress(queue.Empty):
                changes.take_in(hearing.events.get(timeout=changes.patience()))
            changes.look_again()
            if hearing.lost.is_set() or time.monotonic() > sight_at:
                self._check_sight(comparison, hearing, sink)
                sight_at = time.monotonic() + SIGHT
            if time.monotonic() > round_at:
                for folder in self._folders:
                    comparison.survey(folder, done=False)
                round_at = time.monotonic() + ROUND

    def _check_sight(self, comparison: Comparison, hearing: "_Hearing", sink: Sink) -> None:
        """Tell when events were lost, and look for what they would have told."""
        hearing.check()
        there = [folder for folder in self._folders if Path(folder).is_dir()]
        lost = hearing.lost.is_set()
        if lost or len(there) < len(self._folders):
            self._tell(sink, "timed_out" if lost else "no_folder")
        if lost:
            hearing.lost.clear()
            for folder in there:
                comparison.survey(folder)
        if self._blind and len(there) == len(self._folders):
            self._blind = False
            sink(
                SensorSawAgain(at=self._clock(), machine=self._machine, sensor=NAME, blinds=BLINDS)
            )

    def _tell(self, sink: Sink, reason: str) -> None:
        if self._blind:
            return
        self._blind = True
        sink(
            SensorWentBlind(
                at=self._clock(), machine=self._machine, sensor=NAME, blinds=BLINDS, reason=reason
            )
        )


class _Changes:
    """What watchdog told, in the order in which it is looked at."""

    def __init__(self, comparison: Comparison, folders: tuple[str, ...]) -> None:
        self._comparison, self._folders = comparison, folders
        self._due: list[tuple[float, str]] = []

    def patience(self) -> float:
        """Return how many seconds there is nothing to do if nothing happens."""
        if not self._due:
            return SIGHT / 2
        return min(max(self._due[0][0] - time.monotonic(), 0.001), SIGHT / 2)

    def take_in(self, event: FileSystemEvent) -> None:
        """Look at what one event is about."""
        path = os.fsdecode(event.src_path)
        match event:
            case FileMovedEvent():
                target = os.fsdecode(event.dest_path)
                self._comparison.moved(path, target, self._folder(target))
            case FileDeletedEvent() | DirDeletedEvent():
                self._comparison.removed(path)
            case FileClosedEvent():
                self._comparison.written(path, self._folder(path))
            case _:
                if not _TOLD_OF_CLOSING:
                    self._comparison.written(path, self._folder(path), done=False)
                heapq.heappush(self._due, (time.monotonic() + SETTLED, path))

    def look_again(self) -> None:
        """Look at what changed a moment ago, for writers that never say they are done."""
        now = time.monotonic()
        while self._due and self._due[0][0] <= now:
            _, path = heapq.heappop(self._due)
            self._comparison.written(path, self._folder(path), done=not _TOLD_OF_CLOSING)

    def _folder(self, path: str) -> str:
        return next((top for top in self._folders if path.startswith(top)), self._folders[0])


class _Hearing(FileSystemEventHandler, logging.Handler):
    """watchdog at work on some folders: its events, and whether it lost some.

    That it lost events watchdog tells to its log alone, hence the second parent.
    """

    def __init__(self, folders: tuple[str, ...]) -> None:
        logging.Handler.__init__(self, logging.WARNING)
        self.events: queue.SimpleQueue[FileSystemEvent] = queue.SimpleQueue()
        self.lost = threading.Event()
        self._observers: list[BaseObserver] = []
        for folder in folders:
            observer = PollingObserver(timeout=POLLED) if _elsewhere(folder) else Observer()
            observer.schedule(self, folder, recursive=True, event_filter=_HEARD)
            self._observers.append(observer)

    def __enter__(self) -> Self:
        """Begin to hear. Raise SensorBlind if the system does not agree."""
        logging.getLogger("watchdog").addHandler(self)
        try:
            for observer in self._observers:
                observer.start()
        except OSError as refusal:
            self.__exit__(None, None, None)
            raise SensorBlind("no_permission", str(refusal)) from refusal
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Hear no more."""
        logging.getLogger("watchdog").removeHandler(self)
        alive = [observer for observer in self._observers if observer.is_alive()]
        for observer in alive:
            observer.stop()
        for observer in alive:
            observer.join()

    def check(self) -> None:
        """Raise RuntimeError if a thread of watchdog has ended: the sensor is dead then."""
        if not all(observer.is_alive() for observer in self._observers):
            raise RuntimeError("watchdog's thread has ended")

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Pass one event on, as fast as it is told."""
        self.events.put(event)

    def emit(self, record: logging.LogRecord) -> None:
        """Remember that watchdog had a warning to give."""
        del record
        self.lost.set()


def _make_haste() -> None:
    """Put this thread, and those it starts, before ordinary work: a busy machine is no excuse."""
    with contextlib.suppress(AttributeError, OSError):  # Windows; not root
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), HASTE)


def _elsewhere(folder: str) -> bool:
    """Return whether a folder lies on another machine."""
    mounts = psutil.disk_partitions(all=True)
    over = [mount for mount in mounts if Path(folder).is_relative_to(mount.mountpoint)]
    nearest = max(over, key=lambda mount: len(mount.mountpoint), default=None)
    return nearest is not None and nearest.fstype in _ELSEWHERE
