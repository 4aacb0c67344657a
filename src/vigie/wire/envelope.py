"""The canonical request: the exact text a machine signs, over method, path, time, id and body.

Every request is a POST of JSON with four headers: `Vigie-Machine` (the machine's pseudonym),
`Vigie-Time` (`stamp`), `Vigie-Id` (a random UUID, 32 hexadecimal digits) and `Vigie-Signature`
(Ed25519 over `Request.canonical()`, base64url without padding). `path` is the whole path of the
address, such as `/api/agent/v1/reports`; a console stands at the root of its address.

- `ENROL`: the body is an `enrolment.Application`. The machine has no pseudonym yet: the header says
  `ENROLLING`, and the signature is verified with the key *in the body*. The answer is an
  `enrolment.Admission`. The same key with the same code again gets the same answer.
- `ADMISSION`: the body is `{}`, signed by the machine's key. The answer is an `Admission`; until it
  is `approved`, this is all the machine may ask.
- `REPORTS`: the body is a `reports.Batch`, empty when there is nothing to say. The answer is a
  `reports.Receipt`. A batch that is too large is answered with 413, a request whose signature or
  time cannot be taken with 401 (its `Date` header tells the machine the right time).
- `OUTSIDE`: the body is an `outside.OutsideLook`. The answer is an `OutsideSight` of the address
  that asked, and of no other.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOW = timedelta(seconds=300)  # a request older or newer than this is refused

MACHINE = "Vigie-Machine"
TIME = "Vigie-Time"
ID = "Vigie-Id"
SIGNATURE = "Vigie-Signature"

ENROL = "/api/agent/v1/enrol"
ADMISSION = "/api/agent/v1/admission"
OUTSIDE = "/api/agent/v1/outside"
REPORTS = "/api/agent/v1/reports"

ENROLLING = "a" * 16  # the pseudonym of a machine that has none yet


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
