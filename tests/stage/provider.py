"""A mail provider of our own, on loopback: takes messages as told to, and writes down what it took.

A file a message, fsynced before it says 250: what it has is told apart from what it answered.
"""

import asyncio
import base64
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from vigie.sensors import Sensor, Sink

Behaviour = Callable[["SmallProvider", Envelope], str | None]


class _Server(SMTP):
    line_length_limit = 1 << 16

    def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
        super().__init__(*given, **named)
        self.command_size_limits["AUTH"] = 12_288


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@dataclass
class Taken:
    """One message that was taken."""

    sender: str
    recipients: tuple[str, ...]
    content: bytes


@dataclass
class SmallProvider:
    """`accounts` are who may sign in (nobody has to, if there are none); `behave` answers DATA."""

    folder: Path
    accounts: dict[str, str] = field(default_factory=dict)
    behave: Behaviour | None = None
    refuse: dict[str, str] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    sign_ins: int = 0
    port: int = 0
    _controller: Controller | None = None

    def start(self) -> None:
        self.folder.mkdir(exist_ok=True)
        named: dict[str, Any] = {"auth_require_tls": False, "authenticator": self._authenticate}
        self._controller = _Controller(
            self,
            hostname="127.0.0.1",
            port=self.port,
            enable_SMTPUTF8=True,
            server_hostname="provider",
            data_size_limit=50_000_000,
            **named,
        )
        # aiosmtpd knocks at the port it was given, which must then be known.
        if not self.port:
            self._controller.port = self.port = free_port()
        self._controller.start()

    def stop(self) -> None:
        if self._controller:
            self._controller.stop()
            self._controller = None

    def _authenticate(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
    ) -> AuthResult:
        self.sign_ins += 1
        assert isinstance(data, LoginPassword)
        known = self.accounts.get(data.login.decode())
        right = known is not None and known == data.password.decode()
        return AuthResult(success=right, handled=False)

    async def handle_EHLO(
        self,
        _server: SMTP,
        session: Session,
        _envelope: Envelope,
        hostname: str,
        responses: list[str],
    ) -> list[str]:
        session.host_name = hostname
        return [line for line in responses if self.accounts or not line.startswith("250-AUTH")]

    async def handle_MAIL(
        self, _server: SMTP, session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.accounts and not session.authenticated:
            return "530 5.7.0 Authentication required"
        envelope.mail_from = address
        return "250 OK"

    async def auth_XOAUTH2(self, server: SMTP, words: list[str]) -> AuthResult:
        said = base64.b64decode(words[1]).decode()
        login = said.partition("\1")[0].removeprefix("user=")
        token = said.split("\1")[1].removeprefix("auth=Bearer ")
        if self.accounts.get(login) == token:
            return AuthResult(success=True, auth_data=login)
        await server.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: object
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        if self.behave:
            answer = await asyncio.to_thread(self.behave, self, envelope)
            if answer == "close":
                assert server.transport is not None
                server.transport.abort()
                return "250 never heard"
            if answer:
                return answer
        self.take(envelope)
        return "250 OK"

    def take(self, envelope: Envelope) -> None:
        content = envelope.original_content or b""
        (self.folder / uuid.uuid4().hex).write_bytes(content)
        self.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), content))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def small_provider(folder: Path, accounts: dict[str, str] | None = None) -> Iterator[SmallProvider]:
    provider = SmallProvider(folder, accounts=accounts or {})
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()


def until(what: Callable[[], object], seconds: float = 60) -> bool:
    limit = time.monotonic() + seconds
    while not (done := bool(what())) and time.monotonic() < limit:
        time.sleep(0.01)
    return done


@contextmanager
def observing(sensor: Sensor, sink: Sink = lambda _: None) -> Iterator[threading.Event]:
    """Run a sensor in a thread of its own until the block ends; what it fell over is raised."""
    stop = threading.Event()
    trouble: list[Exception] = []

    def live() -> None:
        try:
            sensor.observe(sink, stop)
        except Exception as failure:  # noqa: BLE001  (raised again by whoever waits)
            trouble.append(failure)

    thread = threading.Thread(target=live)
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(30)
    if trouble:
        raise trouble[0]
