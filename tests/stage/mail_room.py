"""A mailbox at a real Dovecot, and the sensor that watches it, with a judge of the test's own."""

import itertools
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Self

from provider import observing

from vigie.sensors import Sink
from vigie.sensors.inbox.ledger import Ledger
from vigie.sensors.inbox.shelf import ASIDE, KIND
from vigie.sensors.inbox.watching import Account, Inbox, Opinion
from vigie.tools.dovecot import Dovecot
from vigie.tools.held import HeldStore
from vigie.tools.imap import Letter, Mailbox, Server
from vigie.tools.smtp import Credentials, Security

LOGIN, SECRET = "dr", "pw"
_numbers = itertools.count()


def letter(number: int, word: str = "Bonjour") -> bytes:
    return (
        f"From: Ameli <x@y.example>\r\nTo: dr@cabinet.example\r\nSubject: {word}\r\n"
        f"Message-ID: <{number}@y.example>\r\n\r\n{word}, lettre {number}.\r\n"
    ).encode()


class MailRoom:
    """`bad` says which letters are put aside, `odd` which are warned of."""

    def __init__(self, server: Dovecot, place: Path) -> None:
        self.server, self.place = server, place
        self.login = f"{LOGIN}{next(_numbers)}"
        self.store = HeldStore(place / "held")
        self.ledger = Ledger(place / "ledger.db")
        self.judged: list[bytes] = []
        self.progress: list[tuple[int, int]] = []
        self.bad: Callable[[bytes], bool] = lambda content: b"Subject: Remboursement" in content
        self.odd: Callable[[bytes], bool] = lambda content: b"Subject: Curieux" in content
        self.disarmed: Callable[[bytes], bytes | None] = lambda _: None
        self.before_moving: Callable[[], None] = lambda: None
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()
        self.ledger.close()
        self.store.close()

    def inbox(self, *, banner: bool = False, poll: float = 30) -> Inbox:
        account = Account(
            name="inbox_1",
            server=Server(host="127.0.0.1", port=self.server.port, security=Security.NONE),
            credentials=self.inbox_credentials,
            banner=banner,
            poll=timedelta(seconds=poll),
        )
        return Inbox(
            account,
            self.store,
            self.ledger,
            judge=self._judge,
            disarm=lambda content, _alive: self.disarmed(content),
            progress=lambda done, most: self.progress.append((done, most)),
        )

    def inbox_credentials(self) -> Credentials:
        return self.credentials()

    def credentials(self) -> Credentials:
        return Credentials(mechanism="PLAIN", login=self.login, secret=SECRET)

    def _judge(
        self, content: bytes, place: str, put_aside: Callable[[], bool], sink: Sink
    ) -> Opinion:
        del place, sink
        self.judged.append(content)
        if self.bad(content):
            self.before_moving()
            put_aside()
        return Opinion(warn=self.odd(content), sentence="Cette adresse est nouvelle.")

    def watch(self, *, banner: bool = False, poll: float = 30) -> threading.Event:
        return self.stack.enter_context(observing(self.inbox(banner=banner, poll=poll)))

    def box(self) -> Mailbox:
        server = Server(host="127.0.0.1", port=self.server.port, security=Security.NONE)
        return Mailbox(server, self.credentials())

    def put(self, content: bytes, folder: str = "INBOX") -> None:
        box = self.box()
        box.put(folder, content, (), None)
        box.close()

    def letters(self, folder: str = "INBOX") -> list[Letter]:
        box = self.box()
        try:
            if folder == ASIDE:
                box.make(box.named(ASIDE))
            box.select(folder)
            return list(box.fetch(box.after(0)))
        finally:
            box.close()

    def contents(self, folder: str = "INBOX") -> list[bytes]:
        return [one.content for one in self.letters(folder)]

    def states(self) -> list[str]:
        return [held.state for held in self.store.items(KIND)]
