"""The sensor of one mailbox: each new letter is looked at once, as soon as it is there."""

import hashlib
import logging
import random
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from vigie.domain.danger import Danger
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.inbox.copy import with_warning
from vigie.sensors.inbox.ledger import Ledger
from vigie.sensors.inbox.shelf import Shelf
from vigie.tools.held import HeldStore, NoRoom
from vigie.tools.imap import Letter, Mailbox, Server
from vigie.tools.smtp import Credentials, NoAnswer, Refused

log = logging.getLogger(__name__)

BACK = timedelta(days=31)  # how far a mailbox is read back when it is met for the first time
POLL = timedelta(seconds=30)  # where the server does not say by itself that something came in
IDLE_FOR = timedelta(minutes=9)  # routers forget a quiet connection after ten
GLANCE = 1.0  # seconds between two looks at whether we are to stop
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=1), timedelta(minutes=1)
BLIND_AFTER = timedelta(minutes=5)  # a server that restarts is back by then
WARNED = "$VigieWarned"
_PLACE = "arrived/"
LARGEST = 120_000_000  # bytes; no provider takes a larger message


def mailbox_of(place: str) -> str:
    """Return the name of the account a letter lies in, an empty text for another place."""
    return place.split("/")[1] if place.startswith(_PLACE) else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What is to be done about a letter that was not put aside. `sentence` is for its reader."""

    warn: bool = False
    sentence: str = ""


class Disarm(Protocol):
    """Who makes the copy of a letter that can be read without danger."""

    def __call__(self, content: bytes, alive: Callable[[], None]) -> bytes | None:
        """Given a letter, return the copy, or None where there is to be none.

        `alive` is to be called now and then: it may take a minute.
        """


class Judge(Protocol):
    """Who judges a letter, and puts it aside through `put_aside` if it must be."""

    def __call__(
        self, content: bytes, place: str, put_aside: Callable[[], bool], sink: Sink
    ) -> Opinion:
        """Given a letter and a name for where it lies, return what else is to be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One mailbox. `name` is a slug for our own files, `credentials` asks for fresh ones."""

    name: str
    server: Server
    credentials: Callable[[], Credentials]
    folder: str = "INBOX"
    banner: bool = False  # a warned letter is replaced by a copy with a warning above it
    poll: timedelta = POLL


class Inbox:
    """Watches one account. `progress` is told how many of how many old letters were looked at."""

    blinds = (Danger.IMPERSONATION,)

    def __init__(  # noqa: PLR0913  (what it watches with)
        self,
        account: Account,
        store: HeldStore,
        ledger: Ledger,
        *,
        judge: Judge,
        disarm: Disarm | None = None,
        progress: Callable[[int, int], None] = lambda _done, _all: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.name = account.name
        self.shelf = Shelf(account.name, store, ledger, clock)
        self._account, self._ledger = account, ledger
        self._judge, self._progress, self._clock = judge, progress, clock
        self._disarm = disarm
        self._pulse = time.monotonic()
        self._keywords = False

    def pulse(self) -> float:
        """Return when it last showed a sign of life."""
        return self._pulse

    def open(self) -> Mailbox:
        """Return a connection of its own. Raise NoAnswer or Refused."""
        return Mailbox(self._account.server, self._account.credentials())

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Look at each new letter until `stop` is set; come back when the server was away."""
        failures, lost_at = 0, time.monotonic()
        while not stop.is_set():
            self._pulse = time.monotonic()
            try:
                box = self.open()
                try:
                    failures, lost_at = 0, time.monotonic()
                    self._watch(box, sink, stop)
                finally:
                    box.close()
            except Refused as refusal:
                raise SensorBlind("no_permission", str(refusal)) from refusal
            except NoRoom as trouble:
                raise SensorBlind("no_space", str(trouble)) from trouble
            except NoAnswer as trouble:
                log.info("%s: %s", self.name, trouble)
                if failures and time.monotonic() - lost_at > BLIND_AFTER.total_seconds():
                    raise SensorBlind("timed_out", str(trouble)) from trouble
                bound = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(failures, 10)).total_seconds()
                failures += 1
                stop.wait(random.uniform(0, bound))  # noqa: S311  (jitter)

    def _watch(self, box: Mailbox, sink: Sink, stop: threading.Event) -> None:
        box.select(self._account.folder)
        self.shelf.recover(box)
        for name in self.shelf.wanted_copies():
            self.shelf.show_copy(box, name, self._copy)
        while not stop.is_set():
            validity, self._keywords = box.select(self._account.folder)
            uids = self._unseen(box, validity)
            for done, uid in enumerate(uids, 1):
                if stop.is_set():
                    return
                self._pulse = time.monotonic()
                if box.size(uid) <= LARGEST:
                    for letter in box.fetch([uid]):
                        self._look_at(box, letter, sink)
                self._ledger.reached(self.name, self._account.folder, validity, uid)
                self._progress(done, len(uids))
            if not uids:  # what came in while we looked was announced then, and is not again
                self._wait(box, stop)

    def _unseen(self, box: Mailbox, validity: int) -> list[int]:
        last = self._ledger.last(self.name, self._account.folder, validity)
        if last is not None:
            return box.after(last)
        # Met for the first time, or renumbered: what was seen before is known by its bytes.
        return box.since((self._clock() - BACK).date())

    def _look_at(self, box: Mailbox, letter: Letter, sink: Sink) -> None:
        digest = hashlib.sha256(letter.content).hexdigest()
        if self._ledger.seen(self.name, digest):
            return
        aside = False

        def put_aside() -> bool:
            nonlocal aside
            self.shelf.put_aside(box, letter)
            aside = True
            return True

        place = f"{_PLACE}{self.name}/{box.validity}/{letter.uid}"
        opinion = self._judge(letter.content, place, put_aside, sink)
        if opinion.warn and not aside:
            self._warn(box, letter, opinion.sentence)
        self._ledger.see(self.name, digest, self._clock())

    def show_copy(self, name: str) -> bool:
        """Show a disarmed copy of a letter that was put aside here; return whether it is new.

        It has a connection of its own: whoever asks may be another thread. Raise NoRoom, NoAnswer
        or Refused.
        """
        if self._disarm is None:
            return False
        with closing(self.open()) as box:
            return self.shelf.show_copy(box, name, self._copy)

    def _copy(self, content: bytes) -> bytes | None:
        return self._disarm(content, self._alive) if self._disarm else None

    def _alive(self) -> None:
        self._pulse = time.monotonic()

    def _warn(self, box: Mailbox, letter: Letter, sentence: str) -> None:
        if not self._account.banner or not sentence:
            box.mark(letter.uid, WARNED if self._keywords else "\\Flagged")
            return
        copy = with_warning(letter.content, sentence)
        self._ledger.see(self.name, hashlib.sha256(copy).hexdigest(), self._clock())
        flags = [*letter.flags, *([WARNED] if self._keywords else ["\\Flagged"])]
        box.put(self._account.folder, copy, flags, letter.date)
        self.shelf.put_aside(box, letter)

    def _wait(self, box: Mailbox, stop: threading.Event) -> None:
        """Wait until the server says that something came in, or until it is time to look."""
        limit = (
            time.monotonic() + (IDLE_FOR if box.can_idle else self._account.poll).total_seconds()
        )
        if not box.can_idle:
            while time.monotonic() < limit and not stop.wait(min(GLANCE, limit - time.monotonic())):
                self._pulse = time.monotonic()
            box.touch()
            return
        with box.idling() as heard:
            while time.monotonic() < limit and not stop.is_set():
                self._pulse = time.monotonic()
                if heard(GLANCE):
                    return
