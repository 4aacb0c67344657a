"""Asking the process that talks to devices, and believing only what has the right shape."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Network
from pathlib import Path

import msgspec

from vigie.domain.evidence.printers import Device
from vigie.sensors.network.networks import Ours
from vigie.sensors.network.wording import Found, Going, Wish

_START = "import sys; sys.path[:] = {path!r}; from vigie.sensors.network.inside import main; main()"
_LONGEST_LINE = 1 << 20
_LONGEST = 300.0  # seconds for everything

_decode = msgspec.json.Decoder(Found | Going).decode


class ScanFailed(Exception):
    """The process that talks to devices ended early, or said what nobody understands."""


def scan(
    networks: Sequence[IPv4Network],
    known: Sequence[Ours],
    *,
    consent: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _most: None,
) -> Iterator[Device]:
    """Yield the devices of these networks. Raise ScanFailed where it could not be done."""
    wish = Wish(
        networks=tuple(str(network) for network in networks),
        own=tuple(one.own for one in known),
        gateways=gateways(),
        consent=consent,
    )
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", _START.format(path=sys.path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"MALLOC_ARENA_MAX": "2"},
        cwd="/",
    )
    late = threading.Timer(_LONGEST, child.kill)
    late.start()
    try:
        yield from _heard(child, wish, progress)
        if child.wait(timeout=_LONGEST):
            raise ScanFailed("it ended early")
    finally:
        late.cancel()
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            if pipe:
                pipe.close()


def _heard(
    child: "subprocess.Popen[bytes]", wish: Wish, progress: Callable[[int, int], None]
) -> Iterator[Device]:
    if child.stdin is None or child.stdout is None:
        raise ScanFailed("no pipes")
    try:
        child.stdin.write(msgspec.json.encode(wish) + b"\n")
        child.stdin.flush()
    except OSError as trouble:
        raise ScanFailed("it did not start") from trouble
    while line := child.stdout.readline(_LONGEST_LINE):
        try:
            word = _decode(line)
        except msgspec.MsgspecError as trouble:
            raise ScanFailed("nonsense") from trouble
        if isinstance(word, Going):
            progress(word.done, word.most)
        else:
            yield word.device


def gateways() -> tuple[str, ...]:
    """Return the addresses through which this machine leaves its networks (Linux; else none)."""
    try:
        rows = Path("/proc/net/route").read_text("ascii").splitlines()[1:]
    except OSError:
        return ()
    found = []
    for row in rows:
        _, destination, gateway, *_ = row.split()
        if destination == "00000000" and gateway != "00000000":
            parts = [str(int(gateway[at : at + 2], 16)) for at in (6, 4, 2, 0)]
            found.append(".".join(parts))
    return tuple(found)
