"""The console's side of the agent: reports out, the caretaker's orders in and carried out."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from vigie.agent.contact import Contact
from vigie.agent.enrolment import Enrolment, Membership
from vigie.agent.link import Link, LinkTrouble
from vigie.agent.orders import Fulfil, Orders, Taken, WishFailed
from vigie.agent.outbox import Outbox
from vigie.agent.signers import CannotTrust, Signers, Untrusted
from vigie.agent.spool import Spool
from vigie.domain.response import Outcome
from vigie.tools.journal import ConsoleHead, Journal
from vigie.wire.orders import Distrust, TrustKey, TrustPasskey, Wish
from vigie.wire.reports import report_word

log = logging.getLogger(__name__)

AGAIN = timedelta(seconds=30)  # when there is no room to write down how an order went
GRACE = timedelta(seconds=5)  # for an order under way when the agent ends: it goes on next time


class ConsoleSide:
    """Everything between one machine and its console.

    `folder` holds the register of orders; the head of the console's journal is mirrored in
    `journal`, the machine's own; `learnt` is given the digests of bad files. Nothing begins before
    `join` finds an enrolment.
    """

    def __init__(  # noqa: PLR0913  (both ends, and where what comes goes)
        self,
        folder: Path,
        enrolment: Enrolment,
        spool: Spool,
        *,
        journal: Path,
        clock: Callable[[], datetime],
        learnt: Callable[[Sequence[str], int], None] = lambda _digests, _number: None,
    ) -> None:
        self._folder = folder
        self._learnt = learnt
        self._journal = journal
        self.rewritten = False
        self._enrolment = enrolment
        self._spool = spool
        self._signers = Signers(enrolment)
        self._clock = clock
        self._stop = threading.Event()
        self._ordered = threading.Event()
        self._link: Link | None = None
        self._contact: Contact | None = None
        self._orders: Orders | None = None
        self._thread = threading.Thread(target=self._carry_out, name="orders", daemon=True)

    def join(self, fulfil: Mapping[type[Wish], Fulfil], outbox: Outbox) -> None:
        """Begin to keep in touch once there is an enrolment; begun, this does nothing more."""
        membership = None if self._contact else self._enrolment.membership()
        if membership is None:
            return
        authority = Path(membership.authority) if membership.authority else None
        key = self._enrolment.key
        self._link = Link(membership.console, key, authority=authority, clock=self._clock)
        self._contact = Contact(
            self._enrolment,
            self._link,
            self._spool,
            admitted=lambda agreed: self._admit(agreed, fulfil, outbox),
            ordered=self._take,
            mirrored=self._mirror,
            learnt=self._learnt,
        )
        self._contact.start()
        self._thread.start()

    def hurry(self) -> None:
        """Send at once, if the console was within reach the last time."""
        if self._contact:
            self._contact.hurry()

    def ask(self, path: str, body: bytes) -> bytes | None:
        """Send one signed question; return the untrusted answer, None where there is none."""
        membership = self._enrolment.membership()
        if self._link is None or membership is None:
            return None
        try:
            return self._link.post(path, body, machine=membership.machine)
        except LinkTrouble:
            return None

    def stop(self) -> None:
        """End after the exchange under way."""
        self._stop.set()
        self._ordered.set()
        if self._contact:
            self._contact.stop()
            self._thread.join(GRACE.total_seconds())
        if self._orders and not self._thread.is_alive():
            self._orders.close()

    @property
    def healthy(self) -> bool:
        """Return whether every thread that was begun still runs."""
        return self._contact is None or (self._contact.alive and self._thread.is_alive())

    @property
    def skew(self) -> timedelta:
        """Return how far the console's clock is from ours, as far as we know."""
        return self._link.skew if self._link else timedelta(0)

    def _admit(self, _: Membership, fulfil: Mapping[type[Wish], Fulfil], outbox: Outbox) -> None:
        own: dict[type[Wish], Fulfil] = {
            TrustKey: self._trust,
            TrustPasskey: self._trust,
            Distrust: self._trust,
        }
        self._orders = Orders(
            self._folder / "orders.db",
            allegiance=self._signers.allegiance,
            fulfil={**fulfil, **own},
            tell=lambda report: outbox.keep(report_word(report), first=True),
            clock=self._clock,
        )
        self._ordered.set()  # what a kill interrupted goes on

    def _trust(self, taken: Taken) -> tuple[Outcome, ...]:
        try:
            return self._signers.change(taken.wish)
        except CannotTrust as trouble:
            raise WishFailed(str(trouble)) from trouble

    def _take(self, untrusted: Sequence[Untrusted]) -> None:
        if self._orders and self._orders.take(untrusted):
            self._ordered.set()

    def _mirror(self, number: int, digest: str) -> None:
        """Keep the head of the console's journal; it may only grow, and no row may change."""
        with closing(Journal(self._journal)) as journal:
            head = ConsoleHead(number=number, digest=digest, at=self._clock())
            if not journal.mirror(head):
                log.warning("the console's journal was rewritten before row %s", number)
                self.rewritten = True

    def _carry_out(self) -> None:
        """Carry orders out on a thread of their own: a backup takes an hour, reports go on."""
        while not self._stop.is_set():
            self._ordered.wait()
            self._ordered.clear()
            if self._orders is None or self._stop.is_set():
                continue
            try:
                self._orders.carry_out()
            except sqlite3.DatabaseError as trouble:
                log.warning("orders wait: %s", trouble)
                self._stop.wait(AGAIN.total_seconds())
                self._ordered.set()
