"""The misdirected report, played for real: a leak is held by the relay, clean mail passes.

The real relay, reader and guard, before a small provider of our own (aiosmtpd) on loopback.
"""

import smtplib
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.domain.danger import Danger
from vigie.readers.mail.reader import MailReader
from vigie.routines.rehearsals.mail_parts import CLEAN, CLEAN_TO, LEAK, LEAK_TO, MACHINE
from vigie.routines.rehearsals.mail_parts import held as is_held
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.sensors import Sink
from vigie.sensors.outbox.leaving import KIND, State, envelope_of
from vigie.sensors.outbox.relay import Opening, Relay
from vigie.sensors.people import leaving
from vigie.tools.contacts import Contacts
from vigie.tools.held import Held, HeldStore
from vigie.tools.loopback import free_port
from vigie.tools.seal import Seal
from vigie.tools.smtp import Provider, Security

PATIENCE = 30.0  # seconds, on a busy machine


class SmallProvider:
    """Keeps what reaches it."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take one message."""
        del server, session
        self.taken.append(envelope.original_content or b"")
        return "250 OK"


def play(stage: Stage) -> Iterator[Trial]:
    """Send a leak and a clean message through the relay; yield how it went."""
    provider = SmallProvider()
    controller = Controller(provider, hostname="127.0.0.1", port=free_port())
    controller.start()
    try:
        yield _through_the_relay(stage.scratch, provider, controller.port)
    except (OSError, smtplib.SMTPException) as trouble:
        raise CannotPlay("died") from trouble
    finally:
        controller.stop()


def _through_the_relay(scratch: Path, provider: SmallProvider, port: int) -> Trial:
    opened, stop = threading.Event(), threading.Event()
    ports: list[int] = []

    def ready(listening: int) -> None:
        ports.append(listening)
        opened.set()

    with (
        closing(HeldStore(scratch / "held")) as store,
        MailReader() as reader,
        Contacts(":memory:") as contacts,
    ):

        def judge(held: Held, content: bytes, sink: Sink) -> bool:
            del sink
            people = envelope_of(held).recipients
            now, message = datetime.now(UTC), reader.read(content)
            seen = leaving(message, people, contacts, at=now, machine=MACHINE, place=held.id)
            return is_held(Danger.MISDIRECTED_MAIL, [seen])

        relay = Relay(
            Opening(port=0),
            Provider(host="127.0.0.1", port=port, security=Security.NONE),
            store,
            folder=scratch / "outbox",
            seal=Seal(Ed25519PrivateKey.generate(), "rehearsal"),
            judge=judge,
            ready=ready,
        )
        thread = threading.Thread(target=relay.observe, args=(lambda _: None, stop), daemon=True)
        thread.start()
        if not opened.wait(PATIENCE):
            raise CannotPlay("timed_out")
        began = time.monotonic()
        for content, to in ((LEAK, LEAK_TO), (CLEAN, CLEAN_TO)):
            with smtplib.SMTP("127.0.0.1", ports[0], timeout=PATIENCE) as client:
                client.sendmail("dr@cabinet.example", [to], content)
        while time.monotonic() < began + PATIENCE and not _settled(store):
            time.sleep(0.02)
        took = round((time.monotonic() - began) * 1000)
        waits = store.items(KIND, [State.ASKED])
        whole = [store.content(one.id) for one in waits] == [LEAK]
        stop.set()
        thread.join(PATIENCE)
    return Trial(
        name="leak_held",
        held=whole and provider.taken == [CLEAN],
        numbers={"messages": 2, "milliseconds": took},
    )


def _settled(store: HeldStore) -> bool:
    states = sorted(one.state for one in store.items(KIND))
    return states == sorted([State.ASKED, State.SENT])
