"""What the relay costs a clean message: the same upstream, directly and through it, in turns.

    python -m benchmarks.relay [--messages 200] [--bytes 100000] [--judge]

Two delays for each message: until the sender hears 250, and until the provider has it (it answers
250). The provider writes each message to a file; each way has one connection a message, as a mail
program does it. `--judge` has the real reader and guard judge each message, with a store of
contacts that knows nobody.
"""

import argparse
import logging
import smtplib
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from vigie.guards.misdirected_mail.guard import judge as opinion
from vigie.readers.mail.reader import MailReader
from vigie.sensors import Sink
from vigie.sensors.outbox.leaving import envelope_of
from vigie.sensors.outbox.relay import Opening, Relay
from vigie.sensors.people import leaving
from vigie.tools import keys
from vigie.tools.contacts import Contacts
from vigie.tools.held import Held, HeldStore
from vigie.tools.loopback import free_port
from vigie.tools.seal import Seal
from vigie.tools.smtp import Provider, Security

PERCENTILE = 0.95
HEAD = (
    "From: Dr <dr@cabinet.example>\r\nTo: <a@b.example>\r\nSubject: Essai {0}\r\n"
    "Message-ID: <{0}.{1}@cabinet.example>\r\n\r\nBonjour,\r\n"
)


class Upstream:
    """Says when it has which message."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.at: dict[str, float] = {}

    async def handle_DATA(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one message."""
        del server, session
        content = envelope.original_content or b""
        name = content.partition(b"Message-ID: <")[2].partition(b"@")[0].decode()
        (self.folder / name).write_bytes(content)
        self.at[name] = time.perf_counter()
        return "250 OK"


def send(port: int, content: bytes) -> tuple[float, float]:
    """Send one message; return when that began, and when 250 was heard."""
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as client:
        client.sendmail("dr@cabinet.example", ["a@b.example"], content)
        return began, time.perf_counter()


def at_95(values: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(values)[int(PERCENTILE * (len(values) - 1))]


def really(store: HeldStore) -> Callable[[Held, bytes, Sink], bool]:
    """Return a judge as the agent has it: reader, contacts, guard."""
    del store
    reader, contacts = MailReader(), Contacts(":memory:")

    def judge(held: Held, content: bytes, sink: Sink) -> bool:
        del sink
        message = reader.read(content)
        people = envelope_of(held).recipients
        evidence = leaving(message, people, contacts, at=datetime.now(UTC), machine="benchmark")
        return bool(list(opinion([evidence])))

    return judge


def main() -> None:
    """Measure, and print the table."""
    options = argparse.ArgumentParser()
    options.add_argument("--messages", type=int, default=200)
    options.add_argument("--bytes", type=int, default=100_000)
    options.add_argument("--judge", action="store_true")
    wanted = options.parse_args()
    logging.disable(logging.CRITICAL)
    line = "Merci de confirmer la livraison des ramettes de papier, comme convenu hier.\r\n"
    body = line * (wanted.bytes // len(line))
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "taken").mkdir()
        upstream = Upstream(place / "taken")
        controller = Controller(upstream, hostname="127.0.0.1", port=free_port())
        controller.start()
        store, opened, port = HeldStore(place / "held"), threading.Event(), [0]

        def ready(listening: int) -> None:
            port[0] = listening
            opened.set()

        relay = Relay(
            Opening(port=0),
            Provider(host="127.0.0.1", port=controller.port, security=Security.NONE),
            store,
            folder=place / "outbox",
            seal=Seal(keys.make(place / "key"), "mail"),
            judge=really(store) if wanted.judge else (lambda _held, _content, _sink: False),
            ready=ready,
        )
        stop = threading.Event()
        thread = threading.Thread(target=relay.observe, args=(lambda _: None, stop))
        thread.start()
        opened.wait()
        heard: dict[str, list[float]] = {"direct": [], "relay": []}
        there: dict[str, list[float]] = {"direct": [], "relay": []}
        for number in range(wanted.messages):
            for way, to in (("direct", controller.port), ("relay", port[0])):
                # Other words each time: what was judged once is remembered for a moment.
                content = (
                    HEAD.format(number, way) + f"Commande {number} {way}.\r\n{body}"
                ).encode()
                began, answered = send(to, content)
                called = f"{number}.{way}"
                while called not in upstream.at:
                    time.sleep(0.0005)
                heard[way].append((answered - began) * 1000)
                there[way].append((upstream.at[called] - began) * 1000)
        stop.set()
        thread.join()
        controller.stop()
    print(f"{wanted.messages} messages of {len(body)} bytes; milliseconds, median / p95")
    for what, rows in (("sender hears 250", heard), ("provider has it", there)):
        cells = [f"{w} {statistics.median(rows[w]):.1f} / {at_95(rows[w]):.1f}" for w in rows]
        pairs = zip(rows["relay"], rows["direct"], strict=True)
        added = [one - other for one, other in pairs]
        print(
            f"{what}: {', '.join(cells)}, added {statistics.median(added):.1f} / {at_95(added):.1f}"
        )


if __name__ == "__main__":
    main()
