"""The notes sensor: a few rounds a day through the places where people keep notes."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.evidence.passwords import Note, NotesSeen
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.notes.ledger import Known, NoteLedger
from vigie.sensors.notes.places import Paper, Place, papers

NAME = "notes"
EVERY = timedelta(hours=6)
REMINDER = timedelta(days=30)  # a note that is still there is said again, once a month

Where = Callable[[], Sequence[Place]]
# Given an open document and its name, how many passwords it holds; what opens it, for one round.
Look = Callable[[int, str], int]
Looking = Callable[[], AbstractContextManager[Look]]


class Notes:
    """Look through `where()` for notes that hold passwords. What they are never leaves the cell."""

    name = NAME
    blinds = (Danger.EXPOSED_PASSWORD,)

    def __init__(  # noqa: PLR0913  (told apart by name)
        self,
        where: Where,
        ledger: Path | str,
        looking: Looking,
        *,
        machine: str,
        every: timedelta = EVERY,
        first: timedelta = timedelta(0),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._where = where
        self._ledger = ledger
        self._looking = looking
        self._machine = machine
        self._every = every
        self._first = first
        self._clock = clock
        self._closed: list[Path] = []
        self._dim = False

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Make rounds until `stop`; see `vigie.sensors.Sensor`."""
        ledger, pause = NoteLedger(self._ledger), self._first
        try:
            while not stop.wait(pause.total_seconds()):
                pause = self._every
                self.round(ledger, stop, lambda notes: sink(self._seen(notes)))
                self._say_what_was_closed(sink)
        finally:
            ledger.close()

    def round(
        self,
        ledger: NoteLedger,
        stop: threading.Event,
        tell: Callable[[list[Note]], object] = lambda _: None,
    ) -> list[Note]:
        """Return what one round has to tell, once `tell` has heard it.

        It is remembered only then: a kill in between tells it twice rather than never. Raise
        SensorBlind where a folder is not there.
        """
        places = self._where()
        if missing := [p.folder for p in places if not p.folder.is_dir()]:
            raise SensorBlind("no_folder", ", ".join(map(str, missing)))
        told: list[Note] = []
        self._closed.clear()
        ledger.begin()
        try:
            with self._looking() as look:
                for paper in _each(places, self._closed.append):
                    if stop.is_set():
                        return []
                    if seen := self._look(paper, ledger, look):
                        told.append(seen)
            told += (
                Note(path=str(path), passwords=0, before=before) for path, before in ledger.gone()
            )
            if told:
                tell(told)
            ledger.end()
        finally:
            ledger.leave()
        return told

    def _seen(self, notes: list[Note]) -> NotesSeen:
        return NotesSeen(at=self._clock(), machine=self._machine, notes=tuple(notes))

    def _say_what_was_closed(self, sink: Sink) -> None:
        """Tell when folders could not be read, and when they can be again."""
        at, closed = self._clock(), bool(self._closed)
        if closed and not self._dim:
            sink(
                SensorWentBlind(
                    at=at,
                    machine=self._machine,
                    sensor=NAME,
                    blinds=self.blinds,
                    reason="no_permission",
                    detail=str(self._closed[0]),
                )
            )
        elif self._dim and not closed:
            sink(SensorSawAgain(at=at, machine=self._machine, sensor=NAME, blinds=self.blinds))
        self._dim = closed

    def _look(self, paper: Paper, ledger: NoteLedger, look: Look) -> Note | None:
        known = ledger.known(paper.path)
        before, told = (known.passwords, known.told) if known else (0, 0.0)
        if known and (known.size, known.written) == (paper.size, paper.written):
            passwords = known.passwords
        else:
            passwords = passwords_in(paper.path, look)
        now = self._clock()
        again = passwords and now - datetime.fromtimestamp(told, UTC) > REMINDER
        opened = bool(passwords and known and paper.shared and not known.shared)
        news = passwords != before or again or opened
        ledger.keep(
            paper.path,
            Known(
                size=paper.size,
                written=paper.written,
                passwords=passwords,
                shared=paper.shared,
                told=now.timestamp() if news else told,
            ),
        )
        return (
            Note(path=str(paper.path), passwords=passwords, before=before, shared=paper.shared)
            if news
            else None
        )


def passwords_in(path: Path, look: Look) -> int:
    """Return how many passwords one document holds; none where it cannot be opened."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    except OSError:
        return 0
    try:
        return look(descriptor, path.name)
    finally:
        os.close(descriptor)


def _each(places: Sequence[Place], closed: Callable[[Path], object]) -> Iterator[Paper]:
    """Yield every document once, as shared if one of the places it lies in is."""
    met: set[Path] = set()
    for place in sorted(places, key=lambda place: not place.shared):
        for paper in papers(place, closed):
            if paper.path not in met:
                met.add(paper.path)
                yield paper
