"""Scanning: who answers on a network, and what each door tells a stranger. Needs no privilege.

Hosts are found by an empty datagram to every address and the system's table of neighbours: what
drops everything is seen as well. Nothing is changed, no page is printed.
"""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Network

from vigie.domain.evidence.printers import Device
from vigie.sensors.network import doors
from vigie.sensors.network.likeness import Heard, device
from vigie.sensors.network.probing import LONGEST, Known, Prober
from vigie.tools.network import datagrams, multicast_dns, snmp, upnp
from vigie.tools.network.dialling import Dialler, Reach
from vigie.tools.network.neighbours import Neighbours
from vigie.tools.network.pages import Web

EMPTY_TO = 9  # the discard service: nobody listens, and the neighbour is asked for all the same
_ANSWER_WITHIN = 1.2  # seconds for an ARP answer; the kernel asks again after one
_TALKS_WITHIN = 1.0
_PAUSES = (0.25, 0.35, 0.6)  # seconds: most answer at once, some sleep
_PART = 512  # addresses asked at the same time: the table of neighbours holds 1024
_MOST_PROBED = 40  # devices at the same time
_WITH_A_TRAP = 3.0  # seconds: it accepts everywhere and answers nowhere
_LOWEST_OF_NOBODY, _PORTS_OF_NOBODY = 41_000, 6_000  # ports that no service has

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to scan. `own` are this machine's addresses; `consent` allows a password each."""

    networks: tuple[IPv4Network, ...]
    own: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    consent: bool = False


async def scan(
    wanted: Wanted, neighbours: Neighbours, progress: Progress = lambda _done, _all: None
) -> AsyncIterator[Device]:
    """Yield every device of the networks, once it was looked at."""
    dialler = Dialler(wanted.networks)
    async with Web(dialler) as web:
        look = _Look(wanted, dialler, web, neighbours)
        devices = await look.everybody(progress)
        again = await snmp.pages(look.told, dialler.inside)
        for one in sorted(devices, key=lambda seen: _order(seen.address)):
            after = again.get(one.address)
            yield replace(one, pages_after=after) if after is not None else one


@dataclass
class _Look:
    wanted: Wanted
    dialler: Dialler
    web: Web
    neighbours: Neighbours
    told: dict[str, snmp.Told] = field(default_factory=dict)
    macs: dict[str, str] = field(default_factory=dict)
    announced: dict[str, list[multicast_dns.Announced]] = field(default_factory=dict)
    upnp: dict[str, list[str]] = field(default_factory=dict)
    nat_pmp: dict[str, str] = field(default_factory=dict)
    traps: set[str] = field(default_factory=set)

    async def everybody(self, progress: Progress) -> list[Device]:
        """Return everybody who is there, a part of the networks after the other."""
        every = [str(address) for network in self.wanted.networks for address in network.hosts()]
        asked = [address for address in every if address not in self.wanted.own]
        found: list[Device] = []
        for at in range(0, len(asked), _PART):
            found += await self._part(asked[at : at + _PART], progress)
        return found

    async def _part(self, asked: Sequence[str], progress: Progress) -> list[Device]:
        """Return who is there of these addresses; who answers later is looked at as well."""
        calling = asyncio.create_task(self._called(asked))
        gate = asyncio.Semaphore(_MOST_PROBED)
        known: set[str] = set()
        tasks: list[asyncio.Task[Device | None]] = []

        def greet() -> None:
            news = [one for one in self._alive(asked) if one not in known]
            known.update(news)
            if news:
                heard = asyncio.create_task(self._talk(news))
                tasks.extend(asyncio.create_task(self._device(one, heard, gate)) for one in news)

        for pause in _PAUSES:
            await asyncio.sleep(pause)
            greet()
        await calling
        found: list[Device] = []
        while tasks:
            waiting, tasks = list(tasks), []
            for task in asyncio.as_completed(waiting):
                if one := await task:
                    found.append(one)
                progress(len(found), len(known))
            greet()
        return found

    async def _device(
        self, address: str, heard: asyncio.Task[None], gate: asyncio.Semaphore
    ) -> Device | None:
        """Return one device, every open door of it asked; None for nobody."""
        ports = await self._swept(address)
        await heard
        if not ports and address not in self.macs and address not in self.told:
            return None
        async with gate:
            return await self._asked(address, ports)

    async def _asked(self, address: str, ports: Sequence[int]) -> Device:
        services = self.announced.get(address, [])
        described = [
            await upnp.described(self.web, address, at) for at in self.upnp.get(address, ())
        ]
        heard = Heard(
            address=address,
            network=self._network(address),
            mac=self.macs.get(address, ""),
            ports=tuple(sorted(ports)),
            told=self.told.get(address),
            services=tuple(services),
            described=tuple(one for one in described if one),
            nat_pmp=self.nat_pmp.get(address),
            gateway=address in self.wanted.gateways,
        )
        queues = [
            (one.port, "/" + one.texts["rp"].lstrip("/")) for one in services if one.texts.get("rp")
        ]
        told_of = {one.port for one in services if 0 < one.port < 1 << 16} - set(ports)
        known = Known(
            queues=queues,
            told_of=frozenset(told_of),
            maker=heard.maker,
            seconds=_WITH_A_TRAP if address in self.traps else LONGEST,
        )
        prober = Prober(self.dialler, self.web, self.wanted.consent)
        probed = await prober.probe(address, ports, known)
        return device(heard, probed)

    async def _called(self, asked: Sequence[str]) -> None:
        """Send everybody an empty datagram: their card answers, whatever the rest of them does."""
        there = [(a, EMPTY_TO, b"") for a in asked if not a.startswith("127.")]
        if there:
            await datagrams.ask(there, lambda _: False, seconds=_ANSWER_WITHIN, rounds=2)

    def _alive(self, asked: Sequence[str]) -> list[str]:
        """Return who has answered, by the table of neighbours; on loopback everybody."""
        wanted = frozenset(asked)
        for address, mac in self.neighbours.seen().items():
            if address in wanted:
                self.macs[address] = mac
        return [one for one in asked if one in self.macs or one.startswith("127.")]

    async def _swept(self, address: str) -> tuple[int, ...]:
        """Return the open ports of an address; each connection is closed without a byte.

        A device that accepts at a port of nobody's accepts everywhere (a trap, a broken firewall):
        there, an accepted connection proves nothing.
        """
        nobodys = _LOWEST_OF_NOBODY + secrets.randbelow(_PORTS_OF_NOBODY)
        ports = (*doors.ALL, nobodys)
        reached = await asyncio.gather(
            *(self.dialler.touch(address, port, linger=port in doors.KEPT) for port in ports)
        )
        opened = [port for port, reach in zip(ports, reached, strict=True) if reach is Reach.OPEN]
        if nobodys in opened:
            self.traps.add(address)
            return tuple(port for port in opened if port not in doors.KEPT and port != nobodys)
        return tuple(opened)

    async def _talk(self, addresses: Sequence[str]) -> None:
        """Ask everybody by the protocols that need no connection, and the groups they listen to."""
        own = next((one for one in self.wanted.own if self.dialler.inside(one)), "")
        told, named, described, obeys = await asyncio.gather(
            snmp.told(addresses, self.dialler.inside, seconds=_TALKS_WITHIN),
            multicast_dns.announced(addresses, self.dialler.inside, own=own, seconds=_TALKS_WITHIN),
            upnp.announced(addresses, self.dialler.inside, own=own, seconds=_TALKS_WITHIN),
            upnp.obeys_nat_pmp(addresses, self.dialler.inside, seconds=_TALKS_WITHIN),
        )
        self.told |= told
        self.nat_pmp |= obeys
        self._keep(named, described)

    def _keep(
        self,
        named: Mapping[str, list[multicast_dns.Announced]],
        described: Mapping[str, list[str]],
    ) -> None:
        for address, services in named.items():
            kept = self.announced.setdefault(address, [])
            kept += [one for one in services if one not in kept]
        for address, links in described.items():
            places = self.upnp.setdefault(address, [])
            places += [link for link in links if link not in places]

    def _network(self, address: str) -> str:
        return next((str(n) for n in self.wanted.networks if Dialler([n]).inside(address)), "")


def _order(address: str) -> tuple[int, ...]:
    return tuple(int(part) for part in address.split("."))
