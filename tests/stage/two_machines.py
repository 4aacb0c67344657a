"""Two machines on one cable, each in a network namespace of its own: never this machine's."""

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

HERE = "10.77.0.1"
CONSOLE = "10.77.0.2"  # on the other machine, as is the stranger
STRANGER = "10.77.0.3"
PORT = 8443

_ANSWER = """
import socket, sys, threading
def serve(address, port):
    ear = socket.create_server((address, port))
    while True:
        way, _ = ear.accept()
        threading.Thread(target=echo, args=(way,), daemon=True).start()
def echo(way):
    while data := way.recv(64):
        way.sendall(data)
for address, port in [a.split(":") for a in sys.argv[1:]]:
    threading.Thread(target=serve, args=(address, int(port)), daemon=True).start()
print("ready", flush=True)
sys.stdin.read()
"""

_CALL = """
import socket, sys
try:
    with socket.create_connection((sys.argv[1], int(sys.argv[2])), 2) as way:
        way.sendall(b"hello")
        sys.exit(0 if way.recv(64) == b"hello" else 1)
except OSError:
    sys.exit(1)
"""

_HOLD = """
import socket, sys
way = socket.create_connection((sys.argv[1], int(sys.argv[2])), 2)
way.settimeout(2)
print("open", flush=True)
for _ in sys.stdin:
    try:
        way.sendall(b"still there")
        answered = way.recv(64) == b"still there"
    except OSError:
        answered = False
    print("answered" if answered else "silent", flush=True)
"""


@dataclass(frozen=True)
class Machines:
    """`here` is the machine that is cut off, `there` everybody else."""

    here: str
    there: str

    @property
    def nft(self) -> tuple[str, ...]:
        """Return how nft is called on `here`."""
        return ("ip", "netns", "exec", self.here, "nft")

    def reaches(self, address: str, port: int = PORT, *, from_there: bool = False) -> bool:
        """Return whether a connection is answered."""
        name = self.there if from_there else self.here
        words = [*_inside(name), "-c", _CALL, address, str(port)]
        return subprocess.run(words, check=False).returncode == 0

    @contextmanager
    def held(self, address: str) -> Iterator["Held"]:
        """Open a connection from `here` that lasts for the whole block."""
        words = [*_inside(self.here), "-c", _HOLD, address, str(PORT)]
        with subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        ) as child:
            held = Held(child)
            assert held.line() == "open"
            yield held


@dataclass(frozen=True)
class Held:
    """A connection that stands."""

    child: "subprocess.Popen[str]"

    def line(self) -> str:
        """Return the next word of the other process."""
        assert self.child.stdout
        return self.child.stdout.readline().strip()

    def answers(self) -> bool:
        """Return whether the other side still answers on this connection."""
        assert self.child.stdin
        self.child.stdin.write("\n")
        self.child.stdin.flush()
        return self.line() == "answered"


def _inside(name: str) -> list[str]:
    return ["ip", "netns", "exec", name, sys.executable]


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


@contextmanager
def two_machines() -> Iterator[Machines]:
    """Lay the cable, let the other machine listen; take everything away at the end."""
    mark = f"{os.getpid() % 10_000:04d}{uuid.uuid4().hex[:3]}"
    here, there = f"vigie-h-{mark}", f"vigie-t-{mark}"
    names = (here, there)
    try:
        for name in names:
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        end = ("type", "veth", "peer", "name", "cable", "netns", there)
        _ip("-n", here, "link", "add", "cable", *end)
        _ip("-n", here, "address", "add", f"{HERE}/24", "dev", "cable")
        for address in (CONSOLE, STRANGER):
            _ip("-n", there, "address", "add", f"{address}/24", "dev", "cable")
        for name in names:
            _ip("-n", name, "link", "set", "cable", "up")
        doors = [f"{CONSOLE}:{PORT}", f"{STRANGER}:{PORT}", f"{CONSOLE}:53", f"{CONSOLE}:22"]
        listen = [*_inside(there), "-c", _ANSWER, *doors]
        near = [*_inside(here), "-c", _ANSWER, f"{HERE}:{PORT}", f"127.0.0.1:{PORT}"]
        with _running(listen), _running(near):
            yield Machines(here, there)
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False)


@contextmanager
def _running(words: list[str]) -> Iterator[None]:
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"ready\n"
        try:
            yield
        finally:
            child.kill()
