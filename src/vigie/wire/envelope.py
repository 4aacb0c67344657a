"""The canonical request: the exact text a machine signs, over method, path, time, id and body."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=300)  # a request older or newer than this is refused

MACHINE = "Vigie-Machine"
TIME = "Vigie-Time"
ID = "Vigie-Id"
SIGNATURE = "Vigie-Signature"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is signed. `at` is UTC with whole seconds; `body` is the exact bytes sent."""

    method: str
    path: str
    machine: str
    at: datetime
    id: str
    body: bytes

    def canonical(self) -> bytes:
        """Return the bytes under the signature."""
        digest = hashlib.sha256(self.body).hexdigest()
        lines = ("VIGIE1", self.method, self.path, self.machine, stamp(self.at), self.id, digest)
        return "\n".join(lines).encode()


def stamp(at: datetime) -> str:
    """Return a moment as the wire writes it, such as 2026-11-23T08:12:00+00:00."""
    return at.replace(microsecond=0).isoformat()


def fresh(at: datetime, now: datetime) -> bool:
    """Return whether a request of `at` may still be taken at `now`."""
    return abs(now - at) <= WINDOW
