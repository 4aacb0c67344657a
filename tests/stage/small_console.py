"""A small console over real TLS, with an authority of its own, for one test."""

import ipaddress
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from vigie.tools import keys
from vigie.wire import enrolment, envelope, reports
from vigie.wire.passkeys import Passkey

MACHINE = "m" * 16
AUTHORITY = "test authority"
Key = ec.EllipticCurvePrivateKey
PRACTICE = "p" * 16


@dataclass
class Console:
    """What the console keeps, and how it behaves; `refuse` may answer a request by a status."""

    address: str = ""
    authority: Path = Path()
    public: str = ""
    approved: bool = True
    caretakers: tuple[str, ...] = ()
    passkeys: tuple[Passkey, ...] = ()
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    kept: list[reports.Item] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    orders: list[reports.SignedOrder] = field(default_factory=list)
    refuse: Callable[[str, bytes], int | None] = lambda _path, _body: None
    pass_over: frozenset[str] = frozenset()
    raw_answer: bytes | None = None
    headers: list[dict[str, str]] = field(default_factory=list)
    pings: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Check the request as a console does, and answer it."""
        self.headers.append(headers)
        if status := self.refuse(path, body):
            return status, b"{}"
        at = datetime.fromisoformat(headers[envelope.TIME])
        request = envelope.Request(
            method="POST",
            path=path,
            machine=headers[envelope.MACHINE],
            at=at,
            id=headers[envelope.ID],
            body=body,
        )
        public = self.public
        if path == envelope.ENROL:
            public = self.public = enrolment.decode_application(body).key
        signed = keys.verified(public, request.canonical(), headers[envelope.SIGNATURE])
        if not signed or not envelope.fresh(at, self.clock()):
            return 401, b"{}"
        if self.raw_answer is not None:
            return 200, self.raw_answer
        if path in {envelope.ENROL, envelope.ADMISSION}:
            return 200, self._admission()
        return 200, self._receipt(body)

    def _admission(self) -> bytes:
        return reports.encode(
            enrolment.Admission(
                machine=MACHINE,
                practice=PRACTICE,
                fingerprint=keys.fingerprint(self.public),
                approved=self.approved,
                caretakers=self.caretakers if self.approved else (),
                passkeys=self.passkeys if self.approved else (),
            )
        )

    def _receipt(self, body: bytes) -> bytes:
        items = reports.decode_batch(body).items
        self.sizes.append(len(items))
        self.kept += [item for item in items if item.id not in self.pass_over]
        kept = tuple(item.id for item in items if item.id not in self.pass_over)
        return reports.encode(reports.Receipt(kept=kept, orders=tuple(self.orders)))


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make an authority and a certificate for 127.0.0.1; return (authority, certificate + key)."""
    now = datetime.now(UTC)

    def build(name: str, key: Key, signer: Key, *, authority: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY)]))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(authority, None), critical=True)
        )
        if not authority:
            names = [x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(signer, hashes.SHA256())

    pem = serialization.Encoding.PEM
    root, leaf = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_file, chain = folder / "authority.pem", folder / "chain.pem"
    authority = build(AUTHORITY, root, root, authority=True)
    authority_file.write_bytes(authority.public_bytes(pem))
    private = leaf.private_bytes(
        pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    certificate = build("127.0.0.1", leaf, root, authority=False)
    chain.write_bytes(private + certificate.public_bytes(pem))
    return authority_file, chain


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing of a client that hangs up: tests make them."""


@contextmanager
def small_console(folder: Path) -> Iterator[Console]:
    """Run a console on 127.0.0.1 until the block ends; `folder` holds its certificates."""
    authority, chain = _certificate(folder)
    console = Console(authority=authority)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30  # seconds a connection may stay silent

        def do_GET(self) -> None:
            console.pings.append((self.path, dict(self.headers.items())))
            self.send_response_only(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, answer = console.answer(self.path, dict(self.headers.items()), body)
            self.send_response_only(status)
            self.send_header("Date", format_datetime(console.clock(), usegmt=True))
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    server = _Quiet(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    console.address = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield console
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
