"""Linux: nobody opens a file that arrived before it was judged; most have been by then.

The kernel tells when a writer closes a file or a name appears, and it is judged at once. If
somebody opens it sooner, the kernel asks, and the open waits for the same judgement. Answers are
remembered for as long as the file does not change.
"""

import contextlib
import logging
import os
import select
import stat
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.arrivals import Judge
from vigie.tools import fanotify
from vigie.tools.fanotify import Asking, Change, Place, Question, Telling
from vigie.tools.lifeline import Lifeline

log = logging.getLogger(__name__)

NAME = "arrivals"
BLINDS = (Danger.TROJAN_DOCUMENT,)
WORKERS = 2
BEAT_MS = 250
# Judging one file takes its reader twenty seconds at most, in threads of their own; the one that
# answers is never busy. If it does not come round for so long, it never will.
HANGS = timedelta(seconds=10)
MOST_KNOWN = 50_000  # answers remembered
_ASKED = fanotify.OPEN_PERM | fanotify.ON_CHILD
_TOLD = (
    fanotify.CLOSE_WRITE | fanotify.CREATE | fanotify.RENAME | fanotify.ON_CHILD | fanotify.ON_DIR
)

# Device, inode, size, when content and names changed, and the name: a download takes its own at the
# end, and what is harmless under one name may act under another.
Key = tuple[int, int, int, int, int, str]


class AskedArrivals:
    """Watch some folders and what lies below; satisfies `vigie.sensors.Sensor`."""

    def __init__(self, folders: Sequence[Path], judge: Judge) -> None:
        self._folders, self._judge = tuple(folders), judge
        self._lock = threading.Lock()
        self._known: dict[Key, bool] = {}
        self._waiting: dict[Key, list[Question]] = {}
        self._places: dict[bytes, str] = {}
        self._pulse = time.monotonic()
        self.name = NAME
        self.blinds = BLINDS

    def pulse(self) -> float:
        """Return when the sensor last went round."""
        return self._pulse

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Answer until `stop`; see `vigie.sensors.Sensor`."""
        del sink  # what is judged says so itself
        there = [folder for folder in self._folders if folder.is_dir()]
        if not there:
            raise SensorBlind("no_folder", ", ".join(map(str, self._folders)))
        try:
            self._asking, self._telling = Asking(), Telling()
        except OSError as refusal:
            reason = "no_permission" if isinstance(refusal, PermissionError) else "not_supported"
            raise SensorBlind(reason, str(refusal)) from refusal
        lifeline = Lifeline(HANGS)
        workers = ThreadPoolExecutor(WORKERS, "arrivals")
        try:
            for folder in there:
                for _ in self._mark(str(folder.resolve())):
                    pass  # what is there already is judged when somebody opens it
            self._stand(lifeline, workers, stop)
        finally:
            self._asking.close()  # whoever waits goes on
            self._telling.close()
            workers.shutdown(wait=False, cancel_futures=True)
            lifeline.close()
            self._known.clear()
            self._waiting.clear()
            self._places.clear()

    def _stand(
        self, lifeline: Lifeline, workers: ThreadPoolExecutor, stop: threading.Event
    ) -> None:
        poller = select.poll()
        for group in (self._asking, self._telling):
            poller.register(group.descriptor, select.POLLIN)
        while not stop.is_set():
            lifeline.beat()
            self._pulse = time.monotonic()
            poller.poll(BEAT_MS)
            for question in self._asking.questions():
                self._meet(question, workers)
            for change in self._telling.changes():
                self._hear(change, workers)

    def _meet(self, question: Question, workers: ThreadPoolExecutor) -> None:
        """Answer an open from memory, or have it wait for a judgement."""
        try:
            ours = os.path.exists(f"/proc/self/task/{question.tid}")  # noqa: PTH110  (at each open)
            path, key = ("", None) if ours else _named(question.descriptor)
        except OSError:
            path, key = "", None
        if key is None:
            self._answer(question, allow=True)
            return
        with self._lock:
            known = self._known.get(key)
            if known is None:
                waiting = self._waiting.setdefault(key, [])
                waiting.append(question)
                first = len(waiting) == 1
        if known is not None:
            self._answer(question, allow=known)
        elif first:
            workers.submit(self._settle, os.dup(question.descriptor), path, key)

    def _hear(self, change: Change, workers: ThreadPoolExecutor) -> None:
        """Judge what is new before anybody opens it."""
        place = change.target or change.source
        path = self._path(place) if place else None
        if path is None:
            return
        if change.mask & fanotify.ON_DIR:
            for file in list(self._mark(path)):
                workers.submit(self._look, file)
        elif change.mask & (fanotify.CLOSE_WRITE | fanotify.RENAME):
            workers.submit(self._look, path)

    def _look(self, path: str) -> None:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError:
            return  # gone again
        path, key = _named(descriptor)
        with self._lock:
            idle = key is not None and key not in self._known and key not in self._waiting
            if idle and key is not None:
                self._waiting[key] = []
        if idle and key is not None:
            self._settle(descriptor, path, key)
        else:
            os.close(descriptor)

    def _settle(self, descriptor: int, path: str, key: Key) -> None:
        """Judge one file, remember it, and answer everybody who waits for it."""
        allow = True
        try:
            allow = self._judge(descriptor, path)
        except Exception:  # a practice that cannot open its files is harmed as well
            log.exception("not judged: %s", path)
        finally:
            os.close(descriptor)
        with self._lock:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = allow
            waiting = self._waiting.pop(key, [])
        for question in waiting:
            self._answer(question, allow=allow)

    def _answer(self, question: Question, *, allow: bool) -> None:
        with contextlib.suppress(OSError):  # who asked has been killed, or the watch has ended
            self._asking.answer(question, allow=allow)
        with contextlib.suppress(OSError):
            os.close(question.descriptor)

    def _mark(self, folder: str) -> Iterator[str]:
        """Watch a folder and what lies below; yield the files there."""
        for place, _, names in os.walk(folder):
            try:
                self._telling.mark(place, _TOLD)
                self._asking.mark(place, _ASKED)
                self._places[fanotify.identity(place)] = place
            except OSError:
                continue  # gone again
            yield from (os.path.join(place, name) for name in names)  # noqa: PTH118

    def _path(self, place: Place) -> str | None:
        folder = self._places.get(place.folder)
        return os.path.join(folder, place.name) if folder else None  # noqa: PTH118


def _named(descriptor: int) -> tuple[str, Key | None]:
    """Return where an open file lies now, and what names it and its content.

    No key for what holds nothing to judge. The path is the kernel's: between an event and its
    reading, or even between an open and a look, a file takes another name.
    """
    state = os.fstat(descriptor)
    if not stat.S_ISREG(state.st_mode) or not state.st_size:
        return "", None
    path = os.readlink(f"/proc/self/fd/{descriptor}")  # noqa: PTH115  (at each open)
    name = path.rpartition("/")[2]
    changed = state.st_mtime_ns, state.st_ctime_ns
    return path, (state.st_dev, state.st_ino, state.st_size, *changed, name)
