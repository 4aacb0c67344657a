"""The door: who is asking, is it fresh, is it signed, is it not too much. Machines are hostile."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from django.http import HttpRequest

from vigie.console.practices import scope
from vigie.console.practices.models import Machine, State
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire.reports import MOST_BYTES

_SKEWED = 32  # the longest header we read: a pseudonym, an id or a moment
_SIGNATURE = 86
# Every request asks, so the database keeps the plan. Columns by name: with `*`, a plan made before
# a migration would fail after it.
_COLUMNS = ", ".join(field.attname for field in Machine._meta.concrete_fields)  # noqa: SLF001  (Django's documented way)
_FOUND = "FROM practices_machine WHERE pseudonym = %s"

# A machine sends a batch a minute, and drains a week offline at a few a second. Fifty machines
# of one practice that all come back at once stay below; a loop gone wild does not.
BATCHES_A_SECOND = 100.0
BURST = 400.0


class Refused(Exception):
    """Why a request is not taken: an HTTP status and a slug. The input is never echoed."""

    def __init__(self, status: int, slug: str) -> None:
        super().__init__(slug)
        self.status = status
        self.slug = slug


@dataclass(slots=True)
class Rate:
    """A bucket of tokens for each practice, in the memory of one worker."""

    clock: Callable[[], float] = time.monotonic
    _buckets: dict[int, tuple[float, float]] = field(default_factory=dict)

    def take(self, practice_id: int) -> bool:
        """Take one token of a practice; False when there is none left."""
        now = self.clock()
        tokens, then = self._buckets.get(practice_id, (BURST, now))
        tokens = min(BURST, tokens + (now - then) * BATCHES_A_SECOND)
        enough = tokens >= 1
        self._buckets[practice_id] = (tokens - 1 if enough else tokens, now)
        return enough


def body(request: HttpRequest) -> bytes:
    """Return the exact bytes of a request. Raise Refused for more than a batch may weigh."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        raise Refused(413, "too_large")
    return request.body


def heard(request: HttpRequest, sent: bytes, now: datetime) -> tuple[envelope.Request, str]:
    """Return what the headers claim and their signature. Raise Refused unless fresh and whole."""
    machine = _header(request, envelope.MACHINE, _SKEWED)
    identity = _header(request, envelope.ID, _SKEWED)
    untrusted_time = _header(request, envelope.TIME, _SKEWED)
    signature = _header(request, envelope.SIGNATURE, _SIGNATURE)
    try:
        at = datetime.fromisoformat(untrusted_time)
    except ValueError:
        raise Refused(400, "malformed") from None
    if at.tzinfo is None or envelope.stamp(at.astimezone(UTC)) != untrusted_time:
        raise Refused(400, "malformed")
    if not envelope.fresh(at, now):
        raise Refused(401, "stale")
    claimed = envelope.Request(
        method=request.method or "",
        path=request.path,
        machine=machine,
        at=at,
        id=identity,
        body=sent,
    )
    return claimed, signature


def known(
    claimed: envelope.Request, signature: str, *, waiting: bool = False, alone: bool = False
) -> Machine:
    """Return the machine that signed. Raise Refused unless it is approved (or may wait).

    `alone`: from here until the transaction ends, its practice is all that is visible.
    """
    more = f", {scope.narrowed_to('practice_id')} AS alone" if alone else ""
    found = Machine.objects.raw(f"SELECT {_COLUMNS}{more} {_FOUND}", [claimed.machine])
    machine: Machine | None = next(iter(found), None)
    # The same answer for a stranger and for a wrong signature: nothing to learn here.
    if machine is None or not keys.verified(machine.key, claimed.canonical(), signature):
        raise Refused(401, "not_signed")
    if machine.state == State.REVOKED:
        raise Refused(403, "revoked")
    if machine.state == State.WAITING and not waiting:
        raise Refused(403, "waiting")
    return machine


def _header(request: HttpRequest, name: str, longest: int) -> str:
    value = request.headers.get(name, "")
    if not 0 < len(value) <= longest or not value.isascii():
        raise Refused(400, "malformed")
    return value
