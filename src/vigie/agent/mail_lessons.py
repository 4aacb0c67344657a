"""What passing mail teaches the contacts: written down now and then, not with each message.

Each time the contacts change, the directory of them is made anew at the next message: once in
five minutes is cheap, a hundred times an hour is not. What a kill takes is learned from the
mailbox by `vigie practice learn`.
"""

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.mail import Message
from vigie.sensors.people import lesson
from vigie.tools.contacts import Contacts, Direction, Exchange

EACH = timedelta(minutes=5)
MANY = 50  # messages that are written down at once, however soon


class MailLessons:
    """The lessons of one agent, from several threads."""

    def __init__(
        self, contacts: Contacts, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._contacts, self._clock = contacts, clock
        self._lock = threading.Lock()
        self._waiting: list[Exchange] = []
        self._written = clock()

    def take(self, message: Message, direction: Direction) -> None:
        """Take in a message that went its way."""
        now = self._clock()
        staff = self._contacts.staff()
        if direction is Direction.SENT:
            staff = (*staff, message.sender)
        exchange = lesson(message, staff, now=now, direction=direction)
        with self._lock:
            if exchange is not None:
                self._waiting.append(exchange)
            due = len(self._waiting) >= MANY or now - self._written >= EACH
        if due:
            self.write()

    def write(self) -> None:
        """Write down what was taken in."""
        with self._lock:
            waiting, self._waiting = self._waiting, []
            self._written = self._clock()
        if waiting:
            self._contacts.learn(waiting)
