"""A local network of its own: namespaces around one bridge, and nothing of it outside."""

import ctypes
import os
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_NEW_NETWORK = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def possible() -> bool:
    """Return whether this machine lets us make networks."""
    if os.geteuid():
        return False
    name = f"vigie-t-{uuid.uuid4().hex[:6]}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, check=False)
    if made.returncode:
        return False
    veth = subprocess.run(
        ["ip", "-n", name, "link", "add", "a0", "type", "veth", "peer", "name", "b0"],
        capture_output=True,
        check=False,
    )
    subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)
    return veth.returncode == 0


class Lan:
    """One switch, hosts on it, and whatever they run. Everything ends with it."""

    def __init__(self, prefix: str, folder: Path) -> None:
        """`prefix` like `192.168.7`: the hosts are .1 to .254 of it."""
        self.prefix = prefix
        self.folder = folder
        self.name = f"vigie-{uuid.uuid4().hex[:6]}"
        self.hosts: dict[str, str] = {}
        self.started: list[subprocess.Popen[bytes]] = []
        self.sockets: list[socket.socket] = []
        self._switch = f"{self.name}-sw"
        _ip(f"netns add {self._switch}")
        _batch(self._switch, ["link set lo up", "link add name br0 type bridge", "link set br0 up"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def address(self, last: int) -> str:
        """Return the address that ends so."""
        return f"{self.prefix}.{last}"

    def host(self, *lasts: int, mac: str = "") -> str:
        """Make a host with these addresses; return its namespace."""
        name = f"{self.name}-{lasts[0]}"
        port = f"p{lasts[0]}"
        _ip(f"netns add {name}")
        more = f"address {mac} " if mac else ""
        _ip(f"-n {self._switch} link add {port} type veth peer name eth0 {more}netns {name}")
        _batch(self._switch, [f"link set {port} master br0", f"link set {port} up"])
        _batch(
            name,
            [
                "link set lo up",
                "link set eth0 up",
                *(f"addr add {self.address(last)}/24 dev eth0" for last in lasts),
            ],
        )
        for last in lasts:
            self.hosts[self.address(last)] = name
        return name

    def wan(self, name: str, address: str) -> None:
        """Give a host a second interface, towards an Internet that is not there."""
        _ip(f"-n {name} link add wan type veth peer name far")
        _batch(name, [f"addr add {address}/24 dev wan", "link set wan up", "link set far up"])

    def run(
        self, name: str, command: Sequence[str], *, log: str = "", own_run: bool = False
    ) -> subprocess.Popen[bytes]:
        """Start a program on a host. With `own_run` it has a /run of its own."""
        words = ["ip", "netns", "exec", name]
        if own_run:
            words += ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /run; exec "$@"', "sh"]
        out = (self.folder / (log or f"{name}.log")).open("ab")
        with out:
            program = subprocess.Popen(
                [*words, *command],
                stdout=out,
                stderr=out,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.started.append(program)
        return program

    def done(self, name: str, command: Sequence[str]) -> str:
        """Run a program on a host to its end; return what it said."""
        ran = subprocess.run(
            ["ip", "netns", "exec", name, *command], capture_output=True, text=True, check=True
        )
        return ran.stdout

    def listening(
        self, name: str, port: int, *, udp: bool = False, backlog: int = 64
    ) -> socket.socket:
        """Return a socket that listens on a host."""
        made: list[socket.socket] = []

        def make() -> None:
            place = os.open(f"/run/netns/{name}", os.O_RDONLY)
            try:
                if _libc.setns(place, _NEW_NETWORK):
                    raise OSError(ctypes.get_errno(), "setns")
                kind = socket.SOCK_DGRAM if udp else socket.SOCK_STREAM
                line = socket.socket(socket.AF_INET, kind)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                line.bind(("0.0.0.0", port))  # noqa: S104  (a network of its own)
                if not udp:
                    line.listen(backlog)
                made.append(line)
            finally:
                os.close(place)

        thread = threading.Thread(target=make)
        thread.start()
        thread.join()
        self.sockets += made
        return made[0]

    def wait(self, name: str, *ports: int, seconds: float = 90.0) -> None:
        """Wait until these ports are listened on."""
        until = time.monotonic() + seconds
        missing = set(ports)
        while missing and time.monotonic() < until:
            shown = self.done(name, ["ss", "-ltnH"])
            missing = {port for port in missing if f":{port} " not in shown}
            if missing:
                time.sleep(0.1)
        if missing:
            raise TimeoutError(f"{name}: nobody listens on {sorted(missing)}")

    def close(self) -> None:
        """End what was started here, and take the network away."""
        for line in self.sockets:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
            line.close()
        for ending in (signal.SIGTERM, signal.SIGKILL):
            for program in self.started:
                if program.poll() is None:
                    with suppress(ProcessLookupError):
                        os.killpg(program.pid, ending)
            until = time.monotonic() + 3
            for program in self.started:
                with suppress(subprocess.TimeoutExpired):
                    program.wait(max(0.05, until - time.monotonic()))
        for name in {*self.hosts.values(), self._switch}:
            for pid in subprocess.run(
                ["ip", "netns", "pids", name], capture_output=True, text=True, check=False
            ).stdout.split():
                with suppress(ProcessLookupError):
                    os.kill(int(pid), signal.SIGKILL)
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)


def _ip(words: str) -> None:
    subprocess.run(["ip", *words.split()], check=True, capture_output=True)


def _batch(name: str, rows: Sequence[str]) -> None:
    subprocess.run(
        ["ip", "-n", name, "-batch", "-"],
        input="\n".join(rows) + "\n",
        text=True,
        check=True,
        capture_output=True,
    )
