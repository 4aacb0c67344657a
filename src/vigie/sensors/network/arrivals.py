"""Arrivals: a device that was never seen appears on the network, between two nights.

Nothing is asked of anybody here but whether they are there (an empty datagram, the neighbour's
answer). Who is new is handed to `look`, which asks the rest.
"""

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from ipaddress import IPv4Network

from vigie.domain.danger import Danger
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.network.scanning import EMPTY_TO
from vigie.tools.network import datagrams
from vigie.tools.network.neighbours import Neighbours, of_this_system

EVERY = timedelta(minutes=10)
_ANSWER_WITHIN = 3.0  # seconds: the kernel asks three times
_MOST = 16  # devices at once: more of them is another network, and the night's work


class Arrivals:
    """Notices devices whose hardware address `known` does not hold.

    `watched` are the networks, `known` their hardware addresses (None before the first scan: then
    nothing is news), `look` is given the addresses of those who are new.
    """

    name = "network_arrivals"
    blinds = (Danger.OPEN_PRINTER,)

    def __init__(
        self,
        watched: Callable[[], Sequence[IPv4Network]],
        known: Callable[[], frozenset[str] | None],
        look: Callable[[Sequence[str]], object],
        *,
        every: timedelta = EVERY,
    ) -> None:
        self._watched = watched
        self._known = known
        self._look = look
        self._every = every

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Look for newcomers until `stop`. Raise SensorBlind where there is no table to read."""
        del sink  # `look` hands the evidence on, once it knows who it is
        try:
            table = of_this_system()
        except OSError as trouble:
            raise SensorBlind("not_supported", str(trouble)) from trouble
        try:
            while not stop.wait(self._every.total_seconds()):
                self._step(table)
        finally:
            table.close()

    def _step(self, table: Neighbours) -> None:
        known = self._known()
        if known is None:
            return
        networks = self._watched()
        asyncio.run(_call(networks))
        newcomers = [
            address
            for address, mac in table.seen().items()
            if mac not in known and _inside(address, networks)
        ]
        if newcomers:
            self._look(newcomers[:_MOST])


async def _call(networks: Iterable[IPv4Network]) -> None:
    asked = [(str(address), EMPTY_TO, b"") for network in networks for address in network.hosts()]
    await datagrams.ask(asked, lambda _: False, seconds=_ANSWER_WITHIN, rounds=2)


def _inside(address: str, networks: Iterable[IPv4Network]) -> bool:
    return any(IPv4Network(address).subnet_of(network) for network in networks)
