"""The folders in which files arrive, put together: sensor, judge of documents, shelf and deeds."""

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from vigie.agent.document_checkers import document_checker
from vigie.agent.file_shelf import FileShelf
from vigie.agent.loop import Agent
from vigie.agent.mail_watch import HELD
from vigie.domain.danger import Danger
from vigie.domain.evidence.documents import Act, Document, Sight
from vigie.domain.finding import Gravity
from vigie.responders import Responder
from vigie.responders.hold import Hold
from vigie.responders.release import Release
from vigie.routines.documents.checking import DocumentChecker
from vigie.sensors import Sensor
from vigie.sensors.arrivals.asked import AskedArrivals
from vigie.sensors.arrivals.told import ToldArrivals
from vigie.tools.held import HeldStore, NoRoom

log = logging.getLogger(__name__)

# Below each person's own folder, as French, German and English systems call them.
_OF_PEOPLE = ("Downloads", "Téléchargements", "Desktop", "Bureau", "Schreibtisch")
_HOMES = {"win32": Path("C:/Users"), "darwin": Path("/Users")}
# Where mail programs put what is opened from a message: Thunderbird, Evolution, Outlook.
_OF_MAIL = (".cache/thunderbird", ".cache/evolution/tmp", "AppData/Local/Temp",
            "AppData/Local/Microsoft/Windows/INetCache/Content.Outlook")  # fmt: skip
_JUDGE = "arrivals_judge"
_TEMPORARY = ("mozilla_*", "thunderbird-*")  # below /tmp


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrivalWatch:
    """What the agent needs of it."""

    sensor: Sensor
    responders: tuple[Responder, ...]
    shelf: FileShelf
    close: Callable[[], None]


class ArrivalJudge:
    """Judges one file at a time in each thread; what is red is put aside, whoever asks."""

    def __init__(self, agent: Agent, checker: DocumentChecker, shelf: FileShelf) -> None:
        self._agent, self._checker, self._shelf = agent, checker, shelf
        self._lock = threading.Lock()  # one file in hand at a time

    def __call__(self, descriptor: int, path: str) -> bool:
        """Return whether people may open a file; where they may not, it is put aside."""
        try:
            allowed = self._decide(descriptor, path)
        except Exception as failure:  # a judge that fails is blindness, reported; people work on
            log.exception("a file that arrived could not be judged")
            self._agent.go_blind(_JUDGE, (Danger.TROJAN_DOCUMENT,), "died", repr(failure))
            return True
        self._agent.see_again(_JUDGE)
        return allowed

    def _decide(self, descriptor: int, path: str) -> bool:
        checked = self._checker.check_descriptor(descriptor, Path(path).name, path)
        document, light = checked.document, checked.light
        if document.digest in self._agent.known_bad:
            document = replace(document, sights=(Sight(Act.KNOWN_BAD), *document.sights))
            light = Gravity.ALARM
        if light is Gravity.NOTE or self._shelf.settled(document.digest):
            return True
        if light is Gravity.CONCERN:
            self._agent.see(self._checker.evidence(document, path))
            return True
        with self._lock:
            self._put_aside(document, descriptor, path)
        self._agent.call_bad(document.digest, Danger.TROJAN_DOCUMENT)
        return False

    def _put_aside(self, document: Document, descriptor: int, path: str) -> None:
        self._shelf.offer(document.digest, descriptor, path)
        try:
            self._agent.conclude(self._checker.evidence(document, path))
            # Said once is enough, and it may have been today: it is put aside all the same.
            with suppress(NoRoom):
                self._shelf.put_aside(document.digest)
        finally:
            self._shelf.withdraw(document.digest)


def arrival_watch(agent: Agent, home: Path) -> ArrivalWatch | None:
    """Return what judges files as they arrive; None where there is no such folder."""
    keys = agent.settings.arrivals
    folders = keys.folders or tuple(usual_folders())
    if not keys.watch or not folders:
        return None
    store, checker = HeldStore(home / HELD), document_checker(agent, home)
    shelf = FileShelf(store)
    judge = ArrivalJudge(agent, checker, shelf)
    asked = sys.platform == "linux" and os.geteuid() == 0
    sensor = AskedArrivals(folders, judge) if asked else ToldArrivals(folders, judge)

    def close() -> None:
        checker.close()
        store.close()

    return ArrivalWatch(
        sensor=sensor,
        responders=(Hold((shelf,)), Release((shelf,))),
        shelf=shelf,
        close=close,
    )


def usual_folders(homes: Path | None = None) -> Iterator[Path]:
    """Yield the folders in which files arrive on this system, those that are there."""
    root = homes or _HOMES.get(sys.platform, Path("/home"))
    people = sorted(root.iterdir()) if root.is_dir() else []
    for person in people:
        for name in (*_OF_PEOPLE, *_OF_MAIL):
            if (folder := person / name).is_dir() and not folder.is_symlink():
                yield folder
    if homes is None and sys.platform == "linux":
        for pattern in _TEMPORARY:
            yield from (folder for folder in Path("/tmp").glob(pattern) if folder.is_dir())  # noqa: S108
