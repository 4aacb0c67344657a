"""The link: signed requests to the console, and to nobody else.

HTTPS only, with the system's authorities or one pinned file; there is no way to skip the check.
What the console answers is as untrusted as anything else from outside: bounded in size and time,
decoded by schema, never followed elsewhere.
"""

import ipaddress
import logging
import ssl
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import urllib3
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.agent.spool import Lease, Spool
from vigie.tools import keys
from vigie.wire import VERSION, envelope, reports
from vigie.wire.reports import Receipt

log = logging.getLogger(__name__)

CONNECT = timedelta(seconds=10)
SILENCE = timedelta(seconds=30)  # between two bytes of an answer
ANSWER = timedelta(seconds=120)  # the whole answer: a console that drips must not hold the link
LARGEST_ANSWER = 1_000_000  # bytes; 32 orders of 4 KB and 500 ids are well below
_CHUNK = 65_536

# These say something about the request or the machine, not about an item inside it.
_NOT_ABOUT_ITEMS = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_EARLY,
    HTTPStatus.TOO_MANY_REQUESTS,
}


class LinkTrouble(Exception):
    """The console did not take the request; nothing was lost, and it is tried again later."""


class BadAddress(LinkTrouble):
    """The address of the console is not one that Vigie speaks to."""


class Refused(LinkTrouble):
    """The console answered, and did not take it. `retry_after` is its own wish, if it said one."""

    def __init__(self, status: int, retry_after: timedelta | None = None) -> None:
        super().__init__(f"the console answered {status}")
        self.status = status
        self.retry_after = retry_after

    @property
    def too_large(self) -> bool:
        """Return whether a smaller batch may pass."""
        return self.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE

    @property
    def about_items(self) -> bool:
        """Return whether something inside the batch may be the reason."""
        client = HTTPStatus.BAD_REQUEST <= self.status < HTTPStatus.INTERNAL_SERVER_ERROR
        return client and self.status not in _NOT_ABOUT_ITEMS


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    date: datetime | None
    retry_after: timedelta | None
    untrusted_body: bytes


def _now() -> datetime:
    return datetime.now(UTC)


def checked_address(address: str) -> str:
    """Given the console's address, return its origin, such as https://vigie.example:8443.

    Plain http is accepted for a literal loopback address alone (127.0.0.0/8, ::1): those bytes
    never reach a wire. A name such as localhost may be made to mean another machine.
    Raise BadAddress for anything else.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname or "", parts.port
    except ValueError as trouble:
        raise BadAddress(f"{address} is not an address") from trouble
    plain = parts.username is None and not parts.query and not parts.fragment
    if not host or not plain or parts.path not in ("", "/"):
        raise BadAddress(f"{address} is not of the form https://name:port")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(host)):
        raise BadAddress(f"{address} does not begin with https://")
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (f":{port}" if port else "")


def _is_loopback(host: str) -> bool:
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return False


class Link:
    """One machine's way to its console, at `address`, with its own key.

    `skew` is what the console's clock shows beyond ours, learnt when a request is refused: a
    machine whose clock is wrong still reaches its console, and can say that its clock is wrong.
    """

    def __init__(
        self,
        address: str,
        key: Ed25519PrivateKey,
        *,
        authority: Path | None = None,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._origin = checked_address(address)
        self._key = key
        self._clock = clock
        self._most_items = reports.MOST_ITEMS
        self.bad_number = 0  # up to which digests of bad files are known here
        self.advice_number = 0  # up to which answers to our questions are known here
        self.skew = timedelta(0)
        self._pool = urllib3.PoolManager(
            retries=False,
            ssl_context=ssl.create_default_context(cafile=authority),
            timeout=urllib3.Timeout(connect=CONNECT.total_seconds(), read=SILENCE.total_seconds()),
        )

    def post(self, path: str, body: bytes, *, machine: str) -> bytes:
        """Send one signed request; return the untrusted body of a 200 answer.

        A 401 whose date is not ours is tried once more with the console's time.
        Raise Refused for another answer, LinkTrouble if there is none.
        """
        answer = self._send(path, body, machine)
        if answer.status == HTTPStatus.UNAUTHORIZED and answer.date:
            skew = answer.date - self._clock()
            if abs(skew - self.skew) > envelope.WINDOW / 2:
                self.skew = skew
                answer = self._send(path, body, machine)
        if answer.status != HTTPStatus.OK:
            raise Refused(answer.status, answer.retry_after)
        return answer.untrusted_body

    def exchange(self, spool: Spool, *, machine: str) -> tuple[Receipt, ...]:
        """Send what waits in the spool, one batch at most; return what the console answered.

        An empty spool sends an empty batch: a sign of life, and a way for orders to come. Items
        leave the spool as soon as the console keeps them. A batch that is refused is halved until
        the item it is about stands alone; that one is put aside and holds up nobody.
        Raise LinkTrouble when the console cannot be reached or takes nothing.
        """
        lease = spool.lease(self._most_items)
        try:
            receipts = self._deliver(spool, lease, machine)
        finally:
            spool.rollback(lease)
        # Small steps back up: a console that asked for less may be able to take more again.
        self._most_items = min(reports.MOST_ITEMS, self._most_items * 2)
        return receipts

    def close(self) -> None:
        """Close the connections."""
        self._pool.clear()

    def _deliver(self, spool: Spool, lease: Lease, machine: str) -> tuple[Receipt, ...]:
        try:
            receipt = self._post_batch(lease, machine)
        except Refused as refusal:
            if not lease or not refusal.about_items:
                raise
            if len(lease) == 1:
                return (self._put_aside(spool, lease, machine),)
            middle = len(lease) // 2
            if refusal.too_large:
                self._most_items = max(1, middle // 2)  # doubled again when this exchange ends
            first = self._deliver(spool, lease[:middle], machine)
            return first + self._deliver(spool, lease[middle:], machine)
        if lease:
            spool.commit(lease, frozenset(receipt.kept))
        return (receipt,)

    def _put_aside(self, spool: Spool, lease: Lease, machine: str) -> Receipt:
        """Put one item aside, if an empty batch passes: else it is not the item's doing."""
        receipt = self._post_batch((), machine)
        log.warning("the console does not take the item %s: put aside", lease[0].id)
        spool.put_aside(lease[0])
        return receipt

    def _post_batch(self, lease: Lease, machine: str) -> Receipt:
        items = [msgspec.Raw(item.body) for item in lease]
        batch = {"version": VERSION, "bad_number": self.bad_number, "items": items}
        if self.advice_number:
            batch["advice_number"] = self.advice_number
        body = msgspec.json.encode(batch)
        untrusted = self.post(envelope.REPORTS, body, machine=machine)
        try:
            return reports.decode_receipt(untrusted)
        except (msgspec.MsgspecError, ValueError) as trouble:
            raise LinkTrouble("the console's answer could not be read") from trouble

    def _send(self, path: str, body: bytes, machine: str) -> _Answer:
        request = envelope.Request(
            method="POST",
            path=path,
            machine=machine,
            at=self._clock() + self.skew,
            id=uuid.uuid4().hex,
            body=body,
        )
        headers = {
            "Content-Type": "application/json",
            envelope.MACHINE: machine,
            envelope.TIME: envelope.stamp(request.at),
            envelope.ID: request.id,
            envelope.SIGNATURE: keys.sign(self._key, request.canonical()),
        }
        try:
            response = self._pool.request(
                "POST",
                self._origin + path,
                body=body,
                headers=headers,
                redirect=False,
                preload_content=False,
            )
            try:
                return _read(response)
            finally:
                response.close()
        except (urllib3.exceptions.HTTPError, OSError) as trouble:
            raise LinkTrouble(f"the console cannot be reached: {trouble}") from trouble


def _read(response: urllib3.BaseHTTPResponse) -> _Answer:
    deadline = time.monotonic() + ANSWER.total_seconds()
    untrusted = bytearray()
    while chunk := response.read(_CHUNK, decode_content=False):
        untrusted += chunk
        if len(untrusted) > LARGEST_ANSWER:
            raise LinkTrouble("the console's answer is larger than any it should give")
        if time.monotonic() > deadline:
            raise LinkTrouble("the console's answer does not end")
    date, wish = None, None
    with suppress(ValueError, TypeError):
        date = parsedate_to_datetime(response.headers.get("Date", ""))
        date = date if date.tzinfo else date.replace(tzinfo=UTC)
    with suppress(ValueError, OverflowError):
        wish = timedelta(seconds=max(0, int(response.headers.get("Retry-After", ""))))
    return _Answer(response.status, date, wish, bytes(untrusted))
