"""The outbox's sensor: a submission server on this machine or in the practice, and its courier."""

import asyncio
import logging
import ssl
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol

import msgspec

from vigie.domain.danger import Danger
from vigie.sensors import SensorBlind, Sink
from vigie.sensors.outbox.courier import Courier
from vigie.sensors.outbox.credentials import KnownCredentials
from vigie.sensors.outbox.door import Door, speaking
from vigie.sensors.outbox.leaving import ENDED, KIND, WAITS, Event, News, State
from vigie.sensors.outbox.lines import Lines
from vigie.tools.held import Held, HeldStore
from vigie.tools.kept_file import keep
from vigie.tools.marks import Marks
from vigie.tools.seal import Seal
from vigie.tools.smtp import NoAnswer, Provider, Refused

log = logging.getLogger(__name__)

TICK = timedelta(seconds=0.5)  # how soon a choice made at the command line is acted on
HANDS = 4  # messages judged and sent at the same time
FIRST_REMINDER, NEXT_REMINDER = timedelta(hours=4), timedelta(days=1)
TIDY = timedelta(minutes=10)
_OFFERS = "provider.json"  # what the provider could do when it was last reached


class Judge(Protocol):
    """Who says whether a message must wait for a person."""

    def __call__(self, held: Held, content: bytes, sink: Sink) -> bool:
        """Given a kept message, hand evidence to `sink`; return whether it is to be held."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Where the relay listens. `tls` names certificate and key, needed beyond this machine."""

    address: str = "127.0.0.1"
    port: int = 1587
    tls: tuple[Path, Path] | None = None
    tls_at_once: bool = False

    @property
    def local(self) -> bool:
        """Return whether only this machine can reach it."""
        return self.address == "localhost" or ip_address(self.address).is_loopback


class Relay:
    """The submission relay of one practice, between its mail programs and `provider`.

    `folder` keeps what it must remember besides the held store. `ready` is told the port it
    listens on, each time it opens.
    """

    name = "outbox"
    blinds = (Danger.MISDIRECTED_MAIL,)

    def __init__(  # noqa: PLR0913  (what it stands between)
        self,
        opening: Opening,
        provider: Provider,
        store: HeldStore,
        *,
        folder: Path,
        seal: Seal,
        judge: Judge,
        news: News = lambda _event, _held: None,
        ready: Callable[[int], None] = lambda _: None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._opening, self._store, self._folder = opening, store, folder
        self._lines = Lines(provider)
        self._known = KnownCredentials(folder / "credentials", seal)
        self._judge, self._news, self._ready, self._clock = judge, news, ready, clock
        self._pulse = time.monotonic()

    def pulse(self) -> float:
        """Return when it last showed a sign of life."""
        return self._pulse

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Take messages in, have each judged and sent, until `stop` is set."""
        marks = Marks(self._folder / "marks")
        with closing(marks), ThreadPoolExecutor(HANDS, thread_name_prefix="courier") as hands:
            courier = Courier(
                self._store,
                marks,
                self._lines,
                self._known,
                news=self._news,
                clock=self._clock,
            )
            courier.recover()
            work = _Work(self._store, courier, self._judge, sink, hands, self._clock)
            try:
                asyncio.run(self._open(work, courier, stop))
            finally:
                self._lines.tidy(everything=True)

    async def _open(self, work: "_Work", courier: Courier, stop: threading.Event) -> None:
        await asyncio.to_thread(self._ask_offers)
        door = Door(self._store, self._lines, self._known, kept=work.begin, clock=self._clock)
        loop = asyncio.get_running_loop()
        tls = self._tls()
        at_once = self._opening.tls_at_once
        try:
            server = await loop.create_server(
                speaking(door, offers=self._lines.offers, tls=tls, tls_at_once=at_once),
                self._opening.address,
                self._opening.port,
                ssl=tls if at_once else None,
            )
        except OSError as trouble:
            raise SensorBlind("no_permission", str(trouble)) from trouble
        async with server:
            self._ready(server.sockets[0].getsockname()[1])
            tidied = 0.0
            while not stop.is_set():
                self._pulse = time.monotonic()
                work.look()
                await asyncio.to_thread(courier.write_down)
                await asyncio.to_thread(self._remind)
                self._lines.tidy()
                if self._pulse - tidied > TIDY.total_seconds():
                    tidied = self._pulse
                    await asyncio.to_thread(self._store.clear, KIND, ENDED, self._clock())
                await asyncio.sleep(TICK.total_seconds())

    def _ask_offers(self) -> None:
        """Learn what the provider offers; where it is silent, what it offered the last time."""
        try:
            self._lines.give_back(None, self._lines.fresh(None))
            offers = msgspec.json.encode(dict(self._lines.offers))
            keep(self._folder / _OFFERS, offers)
        except (NoAnswer, Refused) as trouble:
            log.warning("the provider does not answer: %s", trouble)
            self._lines.offers = _remembered(self._folder / _OFFERS)

    def _tls(self) -> ssl.SSLContext | None:
        if self._opening.tls is None:
            if not self._opening.local:
                raise SensorBlind("no_permission", "beyond this machine, only with a certificate")
            return None
        certificate, key = self._opening.tls
        trust = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        try:
            trust.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as trouble:
            raise SensorBlind("damaged", str(trouble)) from trouble
        return trust

    def _remind(self) -> None:
        """Say again that a message waits: it never expires into silence."""
        now = self._clock()
        for held in self._store.due(KIND, WAITS, now):
            if self._store.move(held.id, [held.state], held.state, due=now + NEXT_REMINDER):
                self._news(Event.REMINDER, held)


def _remembered(path: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, str])
    except (OSError, msgspec.MsgspecError):
        return {"auth": "PLAIN LOGIN", "8bitmime": ""}


class _Work:
    """What is done with each message on a hand of its own: judged, then held or sent."""

    def __init__(  # noqa: PLR0913, PLR0917  (what the work is done with)
        self,
        store: HeldStore,
        courier: Courier,
        judge: Judge,
        sink: Sink,
        hands: ThreadPoolExecutor,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._courier, self._judge = store, courier, judge
        self._sink, self._hands, self._clock = sink, hands, clock
        self._begun: dict[str, Future[None]] = {}

    def begin(self, held: Held) -> None:
        """Begin with a new message, unless somebody is at it already. Called in the loop."""
        if held.id not in self._begun:
            self._begun[held.id] = self._hands.submit(self._do, held.id)

    def look(self) -> None:
        """Send what is due; raise what a hand fell over, so that the supervisor hears of it."""
        for name, future in tuple(self._begun.items()):
            if future.done():
                del self._begun[name]
                future.result()
        for held in self._courier.due(self._clock()):
            self.begin(held)

    def _do(self, name: str) -> None:
        held = self._store.find(name)
        if held is not None and held.state == State.NEW:
            hold = self._judge(held, self._store.content(held.id), self._sink)
            if hold:
                due = self._clock() + FIRST_REMINDER
                self._store.move(held.id, [State.NEW], State.ASKED, due=due)
                return
        self._courier.send(name)
