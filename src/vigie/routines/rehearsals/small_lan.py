"""A small practice network on loopback, in a namespace of its own: four devices, two of them shut.

It counts the bytes that would print and the jobs that were taken, and is scanned twice, as a
practice is: once with every door open, once after the caretaker closed one.
"""

import socket
import struct
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv4Network

import msgspec

from vigie.domain.evidence.printers import Device
from vigie.sensors.network.asking import scan
from vigie.sensors.network.networks import ours
from vigie.tools.network.apart import alone

NETWORK = "127.77.0.0/29"
OPEN_PRINTER, SHUT_PRINTER, OLD_DEVICE, SHUT_BOX = (f"127.77.0.{last}" for last in (1, 2, 3, 4))
_IPP_HEAD = 8  # bytes
_GET_ATTRIBUTES, _VALIDATE_JOB = 0x000B, 0x0004
_LOGIN = (
    "<html><title>Box</title><form method=post action=/login><input name=user>"
    "<input type=password name=password><input type=submit></form></html>"
)


class Played(msgspec.Struct, frozen=True):
    """How it went: what each scan saw, the bytes and jobs that were counted, milliseconds."""

    first: tuple[Device, ...] = ()
    second: tuple[Device, ...] = ()
    raw_bytes: int = 0
    jobs: int = 0
    milliseconds: int = 0
    trouble: str = ""


class _Lan:
    def __init__(self) -> None:
        self.raw_bytes = 0
        self.jobs = 0
        self.open: dict[tuple[str, int], socket.socket] = {}

    def serve(self, address: str, port: int, talk: Callable[[socket.socket], None]) -> None:
        listening = socket.create_server((address, port), backlog=64)
        self.open[address, port] = listening
        threading.Thread(target=self._accept, args=(listening, talk), daemon=True).start()

    def close(self, address: str, port: int) -> None:
        listening = self.open.pop((address, port))
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()

    def _accept(self, listening: socket.socket, talk: Callable[[socket.socket], None]) -> None:
        while True:
            try:
                line, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=_one, args=(line, talk), daemon=True).start()

    def paper(self, line: socket.socket) -> None:
        """Print whatever arrives."""
        while heard := line.recv(4096):
            self.raw_bytes += len(heard)

    def queue(self, *, says: str, accepts: bool) -> Callable[[socket.socket], None]:
        """Return an IPP queue that says one thing about passwords and does another."""

        def talk(line: socket.socket) -> None:
            head, body = _request(line)
            if b"application/ipp" not in head.lower() or len(body) < _IPP_HEAD:
                _answer(line, "text/html", b"<html><title>Imprimante</title></html>")
                return
            operation, number = struct.unpack_from(">HI", body, 2)
            status, about = 0x0501, b""
            if operation == _GET_ATTRIBUTES:
                status, about = 0, b"\x04" + _text(0x44, "uri-authentication-supported", says)
                about += _text(0x42, "printer-name", "accueil")
            elif operation == _VALIDATE_JOB:
                status = 0 if accepts else 0x0402
            elif operation in {0x0002, 0x0005, 0x0006}:  # Print-Job, Create-Job, Send-Document
                self.jobs += 1
            start = _text(0x47, "attributes-charset", "utf-8")
            start += _text(0x48, "attributes-natural-language", "en")
            content = struct.pack(">BBHI", 2, 0, status, number) + b"\x01" + start + about
            _answer(line, "application/ipp", content + b"\x03")

        return talk


def main() -> None:
    """Play in this process, and write how it went."""
    try:
        alone()
    except OSError as trouble:
        played = Played(trouble=str(trouble))
    else:
        played = _play()
    sys.stdout.buffer.write(msgspec.json.encode(played))


def _play() -> Played:
    lan = _Lan()
    # It claims to want a name, and takes the job of somebody who gives none that it knows.
    lan.serve(OPEN_PRINTER, 631, lan.queue(says="requesting-user-name", accepts=True))
    lan.serve(OPEN_PRINTER, 9100, lan.paper)
    lan.serve(SHUT_PRINTER, 631, lan.queue(says="none", accepts=False))
    lan.serve(SHUT_PRINTER, 9100, lambda line: line.shutdown(socket.SHUT_RDWR))
    lan.serve(OLD_DEVICE, 515, lan.paper)
    lan.serve(OLD_DEVICE, 23, lambda line: line.sendall(b"\xff\xfd\x18login: "))
    lan.serve(SHUT_BOX, 80, _login)
    began = time.monotonic()
    first = _scanned()
    took = round((time.monotonic() - began) * 1000)
    lan.close(OPEN_PRINTER, 9100)
    second = _scanned()
    return Played(first, second, lan.raw_bytes, lan.jobs, took)


def _scanned() -> tuple[Device, ...]:
    return tuple(scan([IPv4Network(NETWORK)], ours()))


def _one(line: socket.socket, talk: Callable[[socket.socket], None]) -> None:
    with suppress(OSError, struct.error), line:
        line.settimeout(5)
        talk(line)
        with suppress(OSError):
            line.recv(1)


def _login(line: socket.socket) -> None:
    _request(line)
    _answer(line, "text/html", _LOGIN.encode())


def _request(line: socket.socket) -> tuple[bytes, bytes]:
    heard = b""
    while b"\r\n\r\n" not in heard:
        piece = line.recv(4096)
        if not piece:
            return heard, b""
        heard += piece
    head, _, body = heard.partition(b"\r\n\r\n")
    sizes = [
        row.split(b":")[1] for row in head.split(b"\r\n") if row.lower()[:15] == b"content-length:"
    ]
    while sizes and len(body) < int(sizes[0]):
        body += line.recv(4096)
    return head, body


def _answer(line: socket.socket, kind: str, content: bytes) -> None:
    head = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {len(content)}\r\n"
    line.sendall(head.encode() + b"Connection: close\r\n\r\n" + content)
    line.shutdown(socket.SHUT_WR)


def _text(tag: int, name: str, value: str) -> bytes:
    named = struct.pack(">BH", tag, len(name)) + name.encode()
    return named + struct.pack(">H", len(value)) + value.encode()
