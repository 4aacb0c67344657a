"""Datagrams: one socket asks many devices at once, and hears whoever answers in time."""

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_MOST_HEARD = 4096  # answers to one round of questions: a flood ends there
_LARGEST = 9000


@dataclass(frozen=True, slots=True)
class Heard:
    """One datagram, and who sent it."""

    address: str
    port: int
    content: bytes


class _Ear(asyncio.DatagramProtocol):
    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self.heard: list[Heard] = []
        self._wanted = wanted

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if self._wanted(addr[0]) and len(self.heard) < _MOST_HEARD:
            self.heard.append(Heard(addr[0], addr[1], data[:_LARGEST]))

    def error_received(self, exc: Exception) -> None:
        """Go on: that somebody's port is closed is no news."""


async def ask(
    questions: Iterable[tuple[str, int, bytes]],
    wanted: Callable[[str], bool],
    *,
    seconds: float,
    rounds: int = 1,
    own: str = "",
) -> list[Heard]:
    """Send each (address, port, content), `rounds` times; return what was heard within `seconds`.

    `own` is the address of the interface that multicast leaves by. What comes from an address
    that is not `wanted` is not heard.
    """
    line = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    line.setblocking(False)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    if own:
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(own))
        line.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    loop = asyncio.get_running_loop()
    transport, ear = await loop.create_datagram_endpoint(lambda: _Ear(wanted), sock=line)
    everything = list(questions)
    try:
        for _ in range(rounds):
            for count, (address, port, content) in enumerate(everything):
                _send(line, transport, content, (address, port))
                if count % 64 == 63:
                    await asyncio.sleep(0.005)  # a burst is dropped by small switches
            await asyncio.sleep(seconds / rounds)
    finally:
        transport.close()
    return ear.heard


def _send(
    line: socket.socket,
    transport: asyncio.DatagramTransport,
    content: bytes,
    to: tuple[str, int],
) -> None:
    """Send one datagram; asyncio itself leaves out the empty ones (Python 3.11)."""
    if content:
        transport.sendto(content, to)
        return
    with contextlib.suppress(OSError):  # nobody there, or no room: the next round asks again
        line.sendto(content, to)
