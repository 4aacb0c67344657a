"""Dialling: the one way out for everything that looks at the practice's network.

What never happens here: a connection outside the networks that were asked for, and a single byte
to a port that prints whatever arrives. There an accepted connection is the proof already.
"""

import asyncio
import errno
import socket
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network

# Raw printing (JetDirect and its siblings), PJL of some makers, LPD: bytes become pages there, and
# a polite question crashes some makers (CVE-2024-51982).
SILENT = frozenset({*range(9100, 9108), *range(9112, 9117), 9999, 515})

PATIENCE = 1.2  # seconds for a connection on a local network: one lost SYN is repeated after 1.0
MOST_AT_ONE = 50  # connections to one device at the same time, each without a byte
MOST_TALKS = 8  # conversations with one device: the small ones fall over at more
_HANGS_UP = 0.3  # seconds in which a filter closes what it had accepted
_MOST_BYTES = 256 * 1024  # of one answer


class Reach(StrEnum):
    """What came of a connection that sent nothing."""

    OPEN = "open"
    CLOSED = "closed"
    SILENT = "silent"
    HUNG_UP = "hung_up"


class NotAllowed(Exception):
    """The address lies outside the practice's networks, or the port must hear no byte."""


class NoAnswer(Exception):
    """Nothing usable came back."""


class Silence(NoAnswer):
    """The connection was accepted, and then nothing came at all."""


@dataclass
class Line:
    """One open connection. Every read is bounded in time and bytes."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    patience: float = 2.0

    async def say(self, content: bytes) -> None:
        """Send these bytes."""
        self.writer.write(content)
        try:
            async with asyncio.timeout(self.patience):
                await self.writer.drain()
        except (OSError, TimeoutError) as trouble:
            raise NoAnswer from trouble

    async def hear(self, most: int = 4096, *, patience: float | None = None) -> bytes:
        """Return what has arrived, at least a byte. Raise NoAnswer at the end or after too long."""
        try:
            async with asyncio.timeout(patience or self.patience):
                heard = await self.reader.read(most)
        except (OSError, TimeoutError) as trouble:
            raise NoAnswer from trouble
        if not heard:
            raise NoAnswer
        return heard

    async def exactly(self, count: int) -> bytes:
        """Return that many bytes. Raise NoAnswer if they do not come."""
        if not 0 <= count <= _MOST_BYTES:
            raise NoAnswer
        try:
            async with asyncio.timeout(self.patience):
                return await self.reader.readexactly(count)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as trouble:
            raise NoAnswer from trouble

    async def until(self, mark: bytes) -> bytes:
        """Return everything up to and with a mark. Raise NoAnswer if it does not come."""
        try:
            async with asyncio.timeout(self.patience):
                return await self.reader.readuntil(mark)
        except (
            OSError,
            TimeoutError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
        ) as trouble:
            raise NoAnswer from trouble


@dataclass
class Dialler:
    """Dials inside `networks` only. `most` bounds the connections open at the same time."""

    networks: Sequence[IPv4Network]
    most: int = 3000
    _busy: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(MOST_AT_ONE))
    )
    _talking: defaultdict[str, asyncio.Semaphore] = field(
        default_factory=lambda: defaultdict(lambda: asyncio.Semaphore(MOST_TALKS))
    )
    _all: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Count what is open."""
        self._all = asyncio.Semaphore(self.most)

    def inside(self, address: str) -> bool:
        """Return whether an address lies in the networks that were asked for."""
        try:
            return any(IPv4Address(address) in network for network in self.networks)
        except ValueError:
            return False

    def check(self, address: str, port: int) -> None:
        """Raise NotAllowed where no byte may go."""
        if not self.inside(address) or port in SILENT or not 0 < port < 1 << 16:
            raise NotAllowed(f"{address}:{port}")

    async def touch(self, address: str, port: int, *, linger: bool = False) -> Reach:
        """Connect, send nothing, close; return what came of it.

        With `linger`, wait a moment: a filter accepts, and hangs up at once.
        """
        if not self.inside(address):
            raise NotAllowed(address)
        async with self._all, self._busy[address]:
            with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as line:
                line.setblocking(False)
                reach = await _connected(line, address, port)
                if reach is Reach.OPEN and linger:
                    reach = await _still_there(line)
                return reach

    @asynccontextmanager
    async def line(
        self, address: str, port: int, *, tls: bool = False, patience: float = 2.0
    ) -> AsyncIterator[Line]:
        """Open a connection to talk on. Raise NotAllowed before, and NoAnswer if there is none."""
        self.check(address, port)
        async with self._all, self._talking[address]:
            try:
                async with asyncio.timeout(PATIENCE + 1.0 * tls):
                    reader, writer = await asyncio.open_connection(
                        address, port, ssl=any_certificate() if tls else None, limit=_MOST_BYTES
                    )
            except (OSError, TimeoutError) as trouble:
                raise NoAnswer from trouble
            try:
                yield Line(reader, writer, patience)
            finally:
                writer.transport.abort()

    async def upgraded(self, line: Line) -> Line:
        """Return the same line, encrypted from here on. Raise NoAnswer if that fails."""
        try:
            async with asyncio.timeout(line.patience):
                await line.writer.start_tls(any_certificate())
        except (OSError, TimeoutError) as trouble:
            raise NoAnswer from trouble
        return line


def any_certificate() -> ssl.SSLContext:
    """Return what speaks TLS with a printer of 2009: no secret of ours goes through it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # a device signs its own; nothing is believed for it
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    return context


async def _connected(line: socket.socket, address: str, port: int) -> Reach:
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.get_running_loop().sock_connect(line, (address, port))
    except TimeoutError:
        # On a busy machine the clock may win over a connection that stands already.
        try:
            line.getpeername()
        except OSError:
            return Reach.SILENT
    except OSError as trouble:
        refused = trouble.errno in {errno.ECONNREFUSED, errno.ECONNRESET}
        return Reach.CLOSED if refused else Reach.SILENT
    return Reach.OPEN


async def _still_there(line: socket.socket) -> Reach:
    try:
        async with asyncio.timeout(_HANGS_UP):
            heard = await asyncio.get_running_loop().sock_recv(line, 64)
    except TimeoutError:
        return Reach.OPEN
    except OSError:
        return Reach.HUNG_UP
    return Reach.OPEN if heard else Reach.HUNG_UP
