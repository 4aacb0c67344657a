"""Lines to the provider, signed in and kept a moment: the next message need not sign in again."""

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from vigie.tools.smtp import Credentials, Line, Provider

if TYPE_CHECKING:
    from collections.abc import Mapping

IDLE = timedelta(seconds=30)  # providers hang up after minutes; half a minute serves a busy desk
MOST_IDLE = 8


class Lines:
    """The lines to one provider. `offers` is what it last said it can do."""

    def __init__(self, provider: Provider) -> None:
        self.provider = provider
        self.offers: Mapping[str, str] = {}
        self._idle: list[tuple[float, Credentials | None, Line]] = []
        self._lock = threading.Lock()

    def fresh(self, credentials: Credentials | None) -> Line:
        """Return a new line, signed in. Raise NoAnswer, or Refused by the sign-in."""
        line = Line(self.provider)
        try:
            self.offers = line.offers
            if credentials:
                line.sign_in(credentials)
        except BaseException:
            line.close()
            raise
        return line

    def take(self, credentials: Credentials | None) -> tuple[Line, bool]:
        """Return a line, and whether it was in use before: it may have gone dead unseen."""
        while (line := self._kept(credentials)) is not None:
            if line.alive:
                return line, True
            line.close()
        return self.fresh(credentials), False

    def give_back(self, credentials: Credentials | None, line: Line) -> None:
        """Keep a line that works for the next message."""
        with self._lock:
            self._idle.append((time.monotonic(), credentials, line))
            surplus = self._idle[:-MOST_IDLE]
            self._idle = self._idle[-MOST_IDLE:]
        for _, _, old in surplus:
            old.close()

    def tidy(self, *, everything: bool = False) -> None:
        """Close what nobody has used for a while."""
        limit = time.monotonic() - IDLE.total_seconds()
        with self._lock:
            old = [line for at, _, line in self._idle if everything or at < limit]
            self._idle = [row for row in self._idle if row[2] not in old]
        for line in old:
            line.close()

    def _kept(self, credentials: Credentials | None) -> Line | None:
        with self._lock:
            for row in reversed(self._idle):
                if row[1] == credentials:
                    self._idle.remove(row)
                    return row[2]
        return None
