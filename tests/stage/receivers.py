"""Real receivers on loopback: an HTTP server and a mail server that keep what they are sent."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

LOOPBACK = (ip_network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class WebReceiver:
    """Keeps requests, and answers each with `status`; `meanwhile` runs before the answer."""

    port: int = 0
    status: int = 200
    location: str = ""
    received: list[Received] = field(default_factory=list)
    meanwhile: Callable[[], None] = lambda: None


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that was killed: tests make them."""


@contextmanager
def web_receiver() -> Iterator[WebReceiver]:
    """Run an HTTP server on 127.0.0.1 until the block ends."""
    kept = WebReceiver()

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            kept.received.append(Received(self.path, dict(self.headers.items()), body))
            kept.meanwhile()
            self.send_response_only(kept.status)
            if kept.location:
                self.send_header("Location", kept.location)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        do_GET = do_PUT = do_POST  # noqa: N815  (the names http.server looks for)

    server = _Quiet(("127.0.0.1", 0), Handler)
    kept.port = int(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield kept
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class MailReceiver:
    """Keeps the messages of a real SMTP conversation."""

    port: int = 0
    received: list[EmailMessage] = field(default_factory=list)


@contextmanager
def mail_receiver() -> Iterator[MailReceiver]:
    """Run an SMTP server on 127.0.0.1 until the block ends."""
    kept = MailReceiver()

    class Handler:
        async def handle_DATA(  # noqa: N802  (aiosmtpd finds its hooks by these names)
            self, server: SMTP, session: Session, envelope: Envelope
        ) -> str:
            del server, session
            content = envelope.content
            assert isinstance(content, bytes)
            message = message_from_bytes(content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            kept.received.append(message)
            return "250 kept"

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        kept.port = int(probe.getsockname()[1])
    controller = Controller(Handler(), hostname="127.0.0.1", port=kept.port)
    controller.start()
    try:
        yield kept
    finally:
        controller.stop()
