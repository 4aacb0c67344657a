"""Probing one device: every open door is asked what it tells a stranger, and nothing is changed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from vigie.domain.evidence.printers import Answer, Door, Tried
from vigie.knowledge.network.shown import counts_failures
from vigie.sensors.network import doors, websites
from vigie.sensors.network.websites import Site
from vigie.tools.network import cameras, desktops, ipp, smb, stores, transfers
from vigie.tools.network.dialling import Dialler, NoAnswer, NotAllowed, Reach
from vigie.tools.network.pages import Web

log = logging.getLogger(__name__)

_GREETS_WITHIN = 0.4  # seconds
LONGEST = 9.0  # seconds for one device: a slow one does not hold the others up


@dataclass
class Probed:
    """What the doors of one device answered."""

    tried: list[Tried] = field(default_factory=list)
    printers: list[ipp.Printer] = field(default_factory=list)
    sites: list[Site] = field(default_factory=list)
    software: list[str] = field(default_factory=list)
    unread: set[int] = field(default_factory=set)

    def add(self, door: Door, answer: Answer, port: int, said: str = "", about: str = "") -> None:
        """Keep one answer."""
        self.tried.append(Tried(door=door, answer=answer, port=port, said=said, about=about))


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of a device before it is asked.

    `queues` are (port, path) of printer queues it announces, `told_of` ports it announces and
    nobody has connected to yet; `seconds` bound the whole of its answers.
    """

    queues: Sequence[tuple[int, str]] = ()
    told_of: frozenset[int] = frozenset()
    maker: str = ""
    seconds: float = LONGEST


Ask = Callable[[int], Awaitable[None]]


@dataclass
class Prober:
    """Asks one device after the other. `consent` allows one password for each."""

    dialler: Dialler
    web: Web
    consent: bool = False

    async def probe(self, address: str, ports: Sequence[int], known: Known) -> Probed:
        """Return what the open `ports` answered, beside what was `known` of the device before."""
        asking = _Asking(self, address, known)
        try:
            async with asyncio.timeout(known.seconds):
                await asyncio.gather(*(asking.ask(port) for port in (*ports, *known.told_of)))
                await asking.look_at_sites()
        except (TimeoutError, NoAnswer):
            pass  # what was found until then counts
        return asking.probed


@dataclass
class _Asking:
    prober: Prober
    address: str
    known: Known
    probed: Probed = field(default_factory=Probed)

    async def ask(self, port: int) -> None:
        """Ask at one port; what its answer breaks stays with this port, and is said."""
        try:
            await self._ask(port)
        except Exception:  # hostile bytes are read here: a reader that falls over is blindness
            log.exception("%s:%s could not be read", self.address, port)
            self.probed.unread.add(port)

    async def _ask(self, port: int) -> None:
        """Ask by the port's number, and by what it says first."""
        for ports, ask in self._asks():
            if port in ports:
                try:
                    await ask(port)
                except (NoAnswer, NotAllowed):
                    if port not in doors.SCREEN and ask != self._silent:
                        await self._by_greeting(port)
                return
        if port not in doors.TELLING:
            await self._by_greeting(port)

    def _asks(self) -> Iterator[tuple[Sequence[int], Ask]]:
        yield (doors.LPD, *doors.RAW), self._silent
        yield doors.TELNET, self._telnet
        yield doors.FTP, self._ftp
        yield doors.SMB, self._smb
        yield doors.REMOTE_DESKTOP, self._remote_desktop
        yield doors.SCREEN, self._screen
        yield doors.CAMERA, self._camera
        yield doors.IPP, self._ipp
        for ports, store, door in _STORES:
            yield ports, self._store(store, door)

    async def _by_greeting(self, port: int) -> None:
        """Ask at a port that may be anything: first listen, then ask for a page."""
        said = await transfers.greeting(
            self.prober.dialler, self.address, port, patience=_GREETS_WITHIN
        )
        try:
            if said.startswith(b"RFB "):
                await self._screen(port)
            elif said.startswith(b"220") and b"SMTP" not in said.upper():
                await self._ftp(port)
            elif said[:1] == b"\xff":
                await self._telnet(port)
            elif said.startswith(b"@RSYNCD"):
                await self._store(stores.rsync, Door.FILES)(port)
            elif not said:
                await self._page(port)
        except (NoAnswer, NotAllowed):
            return

    async def _silent(self, port: int) -> None:
        """Say nothing: a connection that was kept is the proof."""
        if await self._kept(port):
            door = Door.LPD if port == doors.LPD else Door.RAW
            self.probed.add(door, Answer.OPEN, port, "connexion acceptée, aucun octet envoyé")

    async def _kept(self, port: int) -> bool:
        """Return whether a connection is kept: the sweep knows, but for ports told of by others."""
        if port in doors.KEPT and port not in self.known.told_of:
            return True
        reach = await self.prober.dialler.touch(self.address, port, linger=True)
        return reach is Reach.OPEN

    async def _telnet(self, port: int) -> None:
        if await self._kept(port):
            self.probed.add(Door.TELNET, Answer.OPEN, port, "connexion acceptée")

    async def _ftp(self, port: int) -> None:
        heard = await transfers.ftp(self.prober.dialler, self.address, port)
        answer = Answer.OPEN if heard.readable else Answer.ASKS
        self.probed.add(Door.FTP, answer, port, heard.banner)

    async def _smb(self, port: int) -> None:
        if port != smb.PORT:
            return
        self.prober.dialler.check(self.address, port)
        if await asyncio.to_thread(smb.speaks_version_1, self.address, port):
            self.probed.add(Door.SMB1, Answer.OPEN, port, "NT LM 0.12 accepté")
        found = await asyncio.to_thread(smb.as_guest, self.address, port)
        for share in found.shares:
            if share.reads:
                self.probed.add(Door.SHARE_READ, Answer.OPEN, port, "CREATE 0x1", share.name)
            if share.writes:
                self.probed.add(Door.SHARE_WRITE, Answer.OPEN, port, "CREATE 0x2", share.name)

    async def _remote_desktop(self, port: int) -> None:
        asks = await desktops.asks_before_session(self.prober.dialler, self.address, port)
        if asks is None:
            raise NoAnswer
        answer = Answer.ASKS if asks else Answer.OPEN
        self.probed.add(Door.REMOTE_DESKTOP, answer, port, "NLA" if asks else "sans NLA")

    async def _screen(self, port: int) -> None:
        said, kinds = await desktops.screen_types(self.prober.dialler, self.address, port)
        answer = Answer.OPEN if desktops.opens(kinds) else Answer.ASKS
        self.probed.add(Door.SCREEN, answer, port, f"{said}, types {list(kinds)[:8]}")

    async def _camera(self, port: int) -> None:
        found = await cameras.describe(self.prober.dialler, self.address, port)
        if found.server:
            self.probed.software.append(found.server)
        if found.shows is not None:
            answer = Answer.OPEN if found.shows else Answer.ASKS
            self.probed.add(Door.CAMERA, answer, port, f"DESCRIBE {found.path}")

    async def _ipp(self, port: int) -> None:
        paths = tuple(path for where, path in self.known.queues if where == port)
        found = await ipp.printers(self.prober.web, self.address, port, paths)
        self.probed.printers += found
        for printer in found:
            if printer.prints is not None:
                answer = Answer.OPEN if printer.prints else Answer.REFUSES
                said = f"Validate-Job → 0x{max(printer.status, 0):04x}, dit « {printer.says} »"
                self.probed.add(Door.IPP, answer, port, said, printer.path)
        await self._page(port)

    def _store(self, store: stores.Asks, door: Door) -> Ask:
        async def ask(port: int) -> None:
            found = await store(self.prober.dialler, self.address, port)
            self.probed.software.append(f"{found.product} {found.version}".strip())
            answer = Answer.OPEN if found.lets_in else Answer.ASKS
            self.probed.add(door, answer, port, found.said, found.product)

        return ask

    async def _page(self, port: int) -> None:
        site = await websites.visit(self.prober.web, self.address, port)
        if site is None:
            return
        self.probed.sites.append(site)
        if server := site.front.headers.get("server"):
            self.probed.software.append(server[:80])
        if port in _APIS:
            await self._api(site, port)
        announced = [path for where, path in self.known.queues if where == port]
        if announced and port not in doors.IPP:
            found = await ipp.printers(self.prober.web, self.address, port, tuple(announced))
            for printer in found:
                if printer.prints is not None:
                    answer = Answer.OPEN if printer.prints else Answer.REFUSES
                    self.probed.add(Door.IPP, answer, port, "Validate-Job", printer.path)

    async def _api(self, site: Site, port: int) -> None:
        """Programs whose whole web interface is a way in: they answer, or ask for a password."""
        path, mark, product, door = _APIS[port]
        page = await site.look(path)
        if page and page.status == 200 and mark in page.text:
            self.probed.add(door, Answer.OPEN, port, f"GET {path} → 200", product)

    async def look_at_sites(self) -> None:
        """Look behind the web pages, the device's maker known from all of them."""
        said = (websites.maker_of(site) for site in self.probed.sites)
        maker = next((name for name in said if name), self.known.maker)
        for site in sorted(self.probed.sites, key=lambda one: one.port):
            try:
                tried = await websites.settings(site, maker)
            except Exception:  # as in `ask`
                log.exception("%s:%s could not be read", self.address, site.port)
                self.probed.unread.add(site.port)
                continue
            if tried:
                self.probed.tried.append(tried)
        opened = any(
            one.door is Door.SETTINGS and one.answer is Answer.OPEN for one in self.probed.tried
        )
        if self.prober.consent:
            await self._try_one_password(maker, () if opened else self.probed.sites)

    async def _try_one_password(self, maker: str, sites: Sequence[Site]) -> None:
        """Try one password on the whole device: the maker's on its pages, else `anonymous`."""
        for site in sites:
            tried = await websites.sold_password(site, maker)
            if tried:
                self.probed.tried.append(tried)
                return
        ftp = [one for one in self.probed.tried if one.door is Door.FTP]
        for one in ftp[:1] if not sites or not self._counts(sites) else ():
            if one.answer is Answer.OPEN:
                let_in = await transfers.lets_anybody_in(
                    self.prober.dialler, self.address, one.port
                )
                answer = Answer.OPEN if let_in else Answer.ASKS
                self.probed.add(Door.FTP_ANONYMOUS, answer, one.port, "anonymous")

    def _counts(self, sites: Sequence[Site]) -> bool:
        return any(counts_failures(site.front.text[:20_000]) for site in sites)


_STORES: tuple[tuple[tuple[int, ...], stores.Asks, Door], ...] = (
    (doors.POSTGRESQL, stores.postgresql, Door.DATABASE),
    ((doors.REDIS,), stores.redis, Door.DATABASE),
    ((doors.MEMCACHED,), stores.memcached, Door.DATABASE),
    ((doors.MONGODB,), stores.mongodb, Door.DATABASE),
    ((doors.MQTT,), stores.mqtt, Door.CONTROL),
    ((doors.RSYNC,), stores.rsync, Door.FILES),
)
_APIS = {
    doors.ELASTICSEARCH: ("/_cat/indices?format=json", "[", "Elasticsearch", Door.DATABASE),
    doors.COUCHDB: ("/_all_dbs", "[", "CouchDB", Door.DATABASE),
    doors.DOCKER: ("/version", "apiversion", "Docker", Door.CONTROL),
}
