"""One password, measured against what is at hand; it is not kept, and nothing here shows it."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from vigie.domain.evidence.passwords import PasswordMeasured
from vigie.knowledge.passwords.defaults import delivered_with
from vigie.knowledge.passwords.guessing import LEAST, guess
from vigie.tools.leaks import Leaks
from vigie.tools.reuse import Reuse


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What passwords are held against. `names`: what people know of the practice."""

    names: Sequence[str] = ()
    leaks: Leaks | None = None
    reuse: Reuse | None = None

    def take(
        self, password: bytes, *, at: datetime, machine: str, besides: str = ""
    ) -> PasswordMeasured:
        """Return what one password resists. `besides`: the place it is remembered for already.

        Bytes that are no UTF-8 are read as Windows reads them; leaks are looked up as they came
        and, where that differs, as the same text composed otherwise.
        """
        text = text_of(password)
        estimate = guess(text, self.names)
        return PasswordMeasured(
            at=at,
            machine=machine,
            short=len(text) < LEAST,
            least=LEAST,
            magnitude=estimate.magnitude,
            from_practice=estimate.own,
            product=delivered_with(text),
            leaks=self._leaked({password, text.encode()}),
            places=self.reuse.places(text, besides=besides) if self.reuse else 0,
        )

    def _leaked(self, written: set[bytes]) -> int | None:
        if self.leaks is None:
            return None
        known = [times for each in written if (times := self.leaks.times(each)) is not None]
        return max(known, default=None)


def text_of(password: bytes) -> str:
    """Return a password as people read it."""
    try:
        return unicodedata.normalize("NFC", password.decode())
    except UnicodeDecodeError:
        return password.decode("cp1252", errors="replace")
