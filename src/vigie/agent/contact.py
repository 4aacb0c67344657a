"""Contact: one thread that keeps in touch with the console, and never hurries it."""

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from vigie.agent.backoff import CAP, Backoff
from vigie.agent.enrolment import Enrolment, Membership, NotAdmitted
from vigie.agent.link import Link, LinkTrouble, Refused
from vigie.agent.signers import Untrusted
from vigie.agent.spool import Spool
from vigie.agent.spool_file import SpoolTrouble

log = logging.getLogger(__name__)

RHYTHM = timedelta(minutes=1)  # between two exchanges when nothing waits: orders come that way
LONG_ABSENCE = timedelta(hours=1)  # after it the machine knocks at most once an hour
LONG_CAP = timedelta(hours=1)
GRACE = timedelta(seconds=10)  # for the exchange under way: nothing is lost if it is cut

# A full disk is an ordinary event here as well: the thread waits and tries again.
_TROUBLES = (LinkTrouble, SpoolTrouble, NotAdmitted, sqlite3.DatabaseError, OSError)


class Contact:
    """Exchange with the console until `stop`: approval first, then reports out and orders in.

    `admitted` is called once, when the caretaker has approved (or had before); `ordered` receives
    each lot of orders, `mirrored` the head of the console's journal, `learnt` the digests of files
    that were judged bad somewhere. All run on this thread.
    """

    def __init__(  # noqa: PLR0913  (both ends of the exchange)
        self,
        enrolment: Enrolment,
        link: Link,
        spool: Spool,
        *,
        admitted: Callable[[Membership], None],
        ordered: Callable[[Sequence[Untrusted]], None],
        mirrored: Callable[[int, str], None] = lambda _number, _digest: None,
        learnt: Callable[[Sequence[str], int], None] = lambda _digests, _number: None,
        rhythm: timedelta = RHYTHM,
        backoff: Backoff | None = None,
    ) -> None:
        self._enrolment = enrolment
        self._link = link
        self._spool = spool
        self._admitted = admitted
        self._ordered = ordered
        self._mirrored = mirrored
        self._learnt = learnt
        self._rhythm = rhythm
        self._backoff = backoff or Backoff()
        self._wake = threading.Event()
        self._ended = threading.Event()
        self._membership: Membership | None = None
        self._last = time.monotonic()
        self._thread = threading.Thread(target=self._keep_in_touch, name="contact", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def hurry(self) -> None:
        """Send at once, if the console was within reach the last time."""
        self._wake.set()

    def stop(self) -> None:
        """End after the exchange under way."""
        self._ended.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(GRACE.total_seconds())
        self._link.close()

    @property
    def alive(self) -> bool:
        """Return whether the thread runs."""
        return self._thread.is_alive()

    def step(self) -> timedelta:
        """Make one exchange; return how long to wait before the next one."""
        try:
            wait = self._exchange()
        except _TROUBLES as trouble:
            return self._after(trouble)
        self._backoff.reset()
        self._backoff.cap = CAP
        self._last = time.monotonic()
        return wait

    def _exchange(self) -> timedelta:
        if self._membership is None:
            membership = self._enrolment.poll(self._link)
            if not membership.approved:
                return self._rhythm
            self._admitted(membership)
            self._membership = membership
        receipts = self._link.exchange(self._spool, machine=self._membership.machine)
        orders: list[Untrusted] = []
        for receipt in receipts:
            orders += [*receipt.orders, *receipt.asserted]
        if orders:
            self._ordered(orders)
        if receipts and receipts[-1].journal_digest:
            self._mirrored(receipts[-1].journal_number, receipts[-1].journal_digest)
        more = False
        for receipt in receipts:
            if receipt.bad:
                self._learnt(receipt.bad, receipt.bad_number)
                self._link.bad_number = receipt.bad_number
                more = True  # there may be more than one answer holds
        return timedelta(0) if more or self._spool.waiting() else self._rhythm

    def _after(self, trouble: Exception) -> timedelta:
        log.info("no exchange with the console: %s", trouble)
        if time.monotonic() - self._last > LONG_ABSENCE.total_seconds():
            self._backoff.cap = LONG_CAP
        wait = self._backoff.after_failure()
        if isinstance(trouble, Refused) and trouble.retry_after:
            # The console's wish counts, within our own bound: it may not silence us for ever.
            wait = min(LONG_CAP, max(wait, trouble.retry_after))
        return wait

    def _keep_in_touch(self) -> None:
        while not self._ended.is_set():
            failed_before = self._last
            wait = self.step()
            if self._last == failed_before:
                self._ended.wait(wait.total_seconds())  # a refused machine is not to be hurried
            else:
                self._wake.wait(wait.total_seconds())
                self._wake.clear()
