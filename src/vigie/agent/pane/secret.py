"""The machine's secret, and what is made of it: nothing that is shown ever is the secret itself.

Each token says what it is for under the same key: one kind cannot be taken for another.
"""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock

TICKET = timedelta(seconds=60)  # from the click in the menu to the page
SESSION = timedelta(hours=12)  # a working day
_SIZE = 32
_SHORT = 32  # hexadecimal digits of a segment or a form's token: 128 bits


def new() -> str:
    """Return a new secret, in hexadecimal."""
    return secrets.token_hex(_SIZE)


def _mark(secret: str, use: str, about: str = "") -> str:
    return hmac.new(bytes.fromhex(secret), f"{use}\n{about}".encode(), hashlib.sha256).hexdigest()


def segment(secret: str) -> str:
    """Return the first part of every address of the pane.

    Cookies do not know ports: under a path that nobody can guess, this one never goes to another
    program that listens on the same machine.
    """
    return _mark(secret, "segment")[:_SHORT]


def greeting(secret: str, nonce: str) -> str:
    """Return the answer that only this machine's pane can give."""
    return _mark(secret, "greeting", nonce)


def ticket(secret: str, now: float | None = None) -> str:
    """Return a ticket that opens the pane once, within a minute."""
    about = f"{int(time.time() if now is None else now)}-{secrets.token_hex(8)}"
    return f"{about}-{_mark(secret, 'ticket', about)}"


def session(secret: str, now: float) -> str:
    """Return a session, as the browser keeps it."""
    about = f"{int(now)}-{secrets.token_hex(8)}"
    return f"{about}-{_mark(secret, 'session', about)}"


def form(secret: str, session_of: str) -> str:
    """Return what every form of one session carries."""
    return _mark(secret, "form", session_of)[:_SHORT]


def same(untrusted: str, wanted: str) -> bool:
    """Return whether two tokens are the same, in the same time whatever they are."""
    return hmac.compare_digest(untrusted.encode(), wanted.encode())


def _holds(secret: str, use: str, untrusted: str, now: float, lasts: timedelta) -> bool:
    about, _, mark = untrusted.rpartition("-")
    begun = about.partition("-")[0]
    if not begun.isascii() or not begun.isdecimal() or len(untrusted) > 200:  # noqa: PLR2004
        return False
    if not same(mark, _mark(secret, use, about)):
        return False
    return -5 <= now - int(begun) <= lasts.total_seconds()  # noqa: PLR2004  (a clock set back a little)


def session_holds(secret: str, untrusted: str, now: float) -> bool:
    """Return whether a session is ours, and of today."""
    return _holds(secret, "session", untrusted, now, SESSION)


@dataclass(slots=True)
class Tickets:
    """The tickets of one pane: each opens once."""

    secret: str
    _used: dict[str, float] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def take(self, untrusted: str, now: float) -> bool:
        """Return whether a ticket is good; it is used up with this."""
        if not _holds(self.secret, "ticket", untrusted, now, TICKET):
            return False
        with self._lock:
            oldest = now - 2 * TICKET.total_seconds()
            self._used = {name: at for name, at in self._used.items() if at > oldest}
            if untrusted in self._used:
                return False
            self._used[untrusted] = now
        return True
