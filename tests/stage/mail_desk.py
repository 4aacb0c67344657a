"""A relay before a provider of our own, and everything it was told."""

import smtplib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from provider import SmallProvider, observing, until

from vigie.sensors import Sink
from vigie.sensors.outbox.leaving import KIND, Event
from vigie.sensors.outbox.relay import Opening, Relay
from vigie.tools import keys
from vigie.tools.held import Held, HeldStore
from vigie.tools.seal import Seal
from vigie.tools.smtp import Provider, Security

BODY = b"From: Dr <dr@cabinet.example>\r\nTo: <a@b.example>\r\nSubject: Essai\r\n"


def letter(number: int = 0, size: int = 200) -> bytes:
    identity = b"Message-ID: <%d@cabinet.example>\r\n" % number
    lines = b"Un compte rendu.\r\n.une ligne qui commence par un point\r\n"
    return BODY + identity + b"\r\n" + lines + (b"y" * 70 + b"\r\n") * (size // 72)


ME, YOU = "dr@cabinet.example", "a@b.example"


def hand_in(
    post: "Post", content: bytes, *to: str, **named: object
) -> dict[str, tuple[int, bytes]]:
    """Hand a message in as a mail program does, signed in with `login` and `password` if given."""
    with smtplib.SMTP("127.0.0.1", post.port, timeout=20) as client:
        if named:
            client.login(str(named["login"]), str(named["password"]))
        return client.sendmail(ME, to or (YOU,), content)


@dataclass
class Post:
    """A relay before a provider of our own, and everything it was told."""

    place: Path
    provider: SmallProvider
    stack: ExitStack
    hold: Callable[[Held, bytes], bool] = lambda _held, _content: False
    news: list[tuple[Event, str]] = field(default_factory=list)
    port: int = 0
    ahead: timedelta = timedelta(0)
    reached_at: int = 0  # the port of the line to the provider, where that is not its own
    store: HeldStore = field(init=False)

    def __post_init__(self) -> None:
        self.store = HeldStore(self.place / "held")
        self.stack.callback(self.store.close)

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def relay(self, **opening: Any) -> Relay:  # noqa: ANN401
        def judge(held: Held, content: bytes, sink: Sink) -> bool:
            del sink
            return self.hold(held, content)

        def ready(port: int) -> None:
            self.port = port

        return Relay(
            Opening(**{"port": 0, **opening}),
            Provider(
                host="127.0.0.1",
                port=self.reached_at or self.provider.port,
                security=Security.NONE,
            ),
            self.store,
            folder=self.place / "outbox",
            seal=Seal(keys.make(self.place / "machine.key"), "mail"),
            judge=judge,
            news=lambda event, held: self.news.append((event, held.id)),
            ready=ready,
            clock=self.clock,
        )

    def open(self, **opening: Any) -> None:  # noqa: ANN401
        self.port = 0
        self.stack.enter_context(observing(self.relay(**opening)))
        assert until(lambda: self.port)

    def states(self) -> list[str]:
        return [held.state for held in self.store.items(KIND)]
