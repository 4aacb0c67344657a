"""Imitations of what cannot run here: RDP, VNC, RTSP, LPD, FTP, telnet, PJL, web pages of devices.

Each counts what reaches it: bytes that would print, sign-ins that would lock an account.
"""

import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from namespaces import Lan

Talk = Callable[[socket.socket], None]


@dataclass
class Counted:
    """What one bed has seen: by address, and by what."""

    bytes_to_raw: Counter[str] = field(default_factory=Counter)
    passwords: Counter[str] = field(default_factory=Counter)
    changes: Counter[str] = field(default_factory=Counter)


def serve(lan: Lan, host: str, port: int, talk: Talk, tls: ssl.SSLContext | None = None) -> None:
    """Answer every connection to a port of a host, each in a thread."""
    listening = lan.listening(host, port)

    def one(line: socket.socket) -> None:
        with suppress(OSError, EOFError, struct.error, LookupError, ValueError), line:
            line.settimeout(5)
            if tls:
                with suppress(OSError), tls.wrap_socket(line, server_side=True) as safe:
                    talk(safe)
            else:
                talk(line)

    def accept() -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=one, args=(line,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()


def paper(counted: Counted, address: str) -> Talk:
    """Return a port that prints whatever arrives."""

    def talk(line: socket.socket) -> None:
        while heard := line.recv(4096):
            counted.bytes_to_raw[address] += len(heard)

    return talk


def hangs_up(line: socket.socket) -> None:
    """Accept and close at once, as a filter by addresses does."""
    line.shutdown(socket.SHUT_RDWR)


def trap(lan: Lan, host: str, port: int) -> None:
    """Accept at every port of a host and say nothing, as traps for scanners do."""
    serve(lan, host, port, lambda line: line.recv(1) and None)
    lan.done(
        host,
        ["nft", f"add table ip n; add chain ip n p {{ type nat hook prerouting priority -100; }}; "
         f"add rule ip n p tcp dport 1-65535 redirect to :{port}"],
    )  # fmt: skip


def telnet(line: socket.socket) -> None:
    line.sendall(b"\xff\xfd\x18\xff\xfb\x01\r\nlogin: ")
    line.recv(100)


def ftp(counted: Counted, address: str, *, anonymous: bool, tls_only: bool = False) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(b"220-Bienvenue\r\n220 FTP Server ready\r\n")
        name = b""
        while row := _row(line):
            word, _, rest = row.partition(b" ")
            if word.upper() == b"AUTH":
                line.sendall(b"234 AUTH TLS ok\r\n" if tls_only else b"502 no\r\n")
            elif word.upper() == b"USER" and tls_only:
                line.sendall(b"530 TLS required\r\n")
            elif word.upper() == b"USER":
                name = rest
                line.sendall(b"331 Password required\r\n")
            elif word.upper() == b"PASS":
                good = anonymous and name == b"anonymous"
                counted.passwords[address] += not good
                line.sendall(b"230 Logged in\r\n" if good else b"530 Login incorrect\r\n")
            else:
                line.sendall(b"500 ?\r\n")

    return talk


def remote_desktop(mode: str) -> Talk:
    """`nla` wants it, `tls` takes TLS without it, `plain` takes anything, `old` knows no choice."""

    def talk(line: socket.socket) -> None:
        head = _exactly(line, 4)
        body = _exactly(line, struct.unpack(">BBH", head)[2] - 4)
        wish = struct.unpack_from("<I", body, len(body) - 4)[0] if len(body) > 10 else 0
        answer = {
            "nla": (2, 2) if wish & 2 else (3, 5),
            "tls": (2, 1) if wish & 1 else (3, 1),
            "plain": (2, 0),
            "old": None,
        }[mode]
        more = struct.pack("<BBHI", answer[0], 0, 8, answer[1]) if answer else b""
        confirm = bytes([6 + len(more), 0xD0, 0, 0, 0x12, 0x34, 0]) + more
        line.sendall(struct.pack(">BBH", 3, 0, 4 + len(confirm)) + confirm)

    return talk


def screen(kinds: tuple[int, ...], *, old: bool = False) -> Talk:
    def talk(line: socket.socket) -> None:
        line.sendall(b"RFB 003.003\n" if old else b"RFB 003.008\n")
        _exactly(line, 12)
        line.sendall(struct.pack(">I", kinds[0]) if old else bytes([len(kinds), *kinds]))
        line.recv(100)

    return talk


def camera(path: str, *, password: bool) -> Talk:
    def talk(line: socket.socket) -> None:
        while True:
            question = b""
            while b"\r\n\r\n" not in question:
                piece = line.recv(2048)
                if not piece:
                    return
                question += piece
            asked = question.split(b" ")[1].decode()
            place = "/" + asked.split("/", 3)[3] if asked.count("/") > 2 else "/"
            if password:
                head = b'RTSP/1.0 401 Unauthorized\r\nCSeq: 1\r\nWWW-Authenticate: Digest realm="cam"\r\n\r\n'
                line.sendall(head)
            elif place != path:
                line.sendall(b"RTSP/1.0 404 Not Found\r\nCSeq: 1\r\n\r\n")
            else:
                sdp = b"v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=cam\r\nm=video 0 RTP/AVP 96\r\n"
                line.sendall(
                    b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nServer: GStreamer RTSP server\r\n"
                    b"Content-Type: application/sdp\r\nContent-Length: %d\r\n\r\n%s"
                    % (len(sdp), sdp)
                )

    return talk


def redis(*, password: bool) -> Talk:
    def talk(line: socket.socket) -> None:
        line.recv(100)
        line.sendall(b"-NOAUTH Authentication required.\r\n" if password else b"+PONG\r\n")

    return talk


def broker(code: int) -> Talk:
    def talk(line: socket.socket) -> None:
        line.recv(100)
        line.sendall(bytes([0x20, 2, 0, code]))

    return talk


@dataclass(frozen=True)
class Answered:
    """One web answer."""

    status: int = 200
    body: str = ""
    headers: tuple[tuple[str, str], ...] = ()


Asked = Callable[[str, str, Mapping[str, str], bytes], Answered]


def website(ask: Asked, server: str = "") -> Talk:
    """Return a web server that answers `ask(method, path, headers, body)`."""

    def talk(line: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = line.recv(4096)
            if not piece or len(head) > 65_536:
                return
            head += piece
        first, _, rest = head.partition(b"\r\n")
        fields, _, body = rest.partition(b"\r\n\r\n")
        headers = {
            key.strip().lower(): value.strip()
            for key, _, value in (
                row.partition(":") for row in fields.decode("latin-1").split("\r\n")
            )
        }
        while len(body) < int(headers.get("content-length", "0") or 0):
            body += line.recv(4096)
        if len(first.split(b" ")) < 2:
            return
        method, path = first.decode("latin-1").split(" ")[:2]
        answer = ask(method, path, headers, body)
        content = answer.body.encode() if isinstance(answer.body, str) else answer.body
        rows = [
            f"HTTP/1.1 {answer.status} X",
            f"Content-Length: {len(content)}",
            "Connection: close",
        ]
        names = {name.lower() for name, _ in answer.headers}
        rows += [] if "content-type" in names else ["Content-Type: text/html; charset=utf-8"]
        rows += [f"Server: {server}"] if server else []
        rows += [f"{name}: {value}" for name, value in answer.headers]
        line.sendall("\r\n".join(rows).encode() + b"\r\n\r\n" + content)

    return talk


def ipp_answers(*, says: str, accepts: bool, by_status: bool = False) -> Asked:
    """An IPP queue that says one thing about passwords and does another."""

    def text(tag: int, name: str, value: str) -> bytes:
        return (
            struct.pack(f">BH{len(name)}sH", tag, len(name), name.encode(), len(value))
            + value.encode()
        )

    def ask(method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answered:
        if method != "POST" or "ipp" not in headers.get("content-type", ""):
            return Answered(body="<html><title>Printer</title><body>Ready</body></html>")
        operation, number = struct.unpack_from(">HI", body, 2)
        start = text(0x47, "attributes-charset", "utf-8") + text(
            0x48, "attributes-natural-language", "en"
        )
        printer, status = b"", 0
        if path != "/ipp/print":
            status = 0x0406
        elif operation == 0x000B:
            printer = b"\x04" + b"".join(
                (
                    text(0x44, "uri-authentication-supported", says),
                    text(0x41, "printer-make-and-model", "Generic IPP Printer"),
                    text(0x42, "printer-name", "salle"),
                )
            )
        elif operation == 0x0004:
            if not accepts and by_status:
                return Answered(status=401, headers=(("WWW-Authenticate", 'Basic realm="IPP"'),))
            status = 0 if accepts else 0x0403
        else:
            status = 0x0501
        content = struct.pack(">BBHI", 2, 0, status, number) + b"\x01" + start + printer + b"\x03"
        return Answered(body=content, headers=(("Content-Type", "application/ipp"),))  # type: ignore[arg-type]

    return ask


def _row(line: socket.socket) -> bytes:
    row = b""
    while not row.endswith(b"\n"):
        piece = line.recv(1)
        if not piece:
            return b""
        row += piece
    return row.strip()


def _exactly(line: socket.socket, count: int) -> bytes:
    heard = b""
    while len(heard) < count:
        piece = line.recv(count - len(heard))
        if not piece:
            raise EOFError
        heard += piece
    return heard
