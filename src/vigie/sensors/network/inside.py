"""Inside the process that talks to devices: unprivileged, without files, answering in JSON lines.

Started by `asking`; everything is imported before the files are gone.
"""

import asyncio
import contextlib
import encodings.idna
import encodings.utf_16_le  # noqa: F401
import sys
from datetime import timedelta
from ipaddress import IPv4Network

import msgspec
import spnego._ntlm  # noqa: F401  (loaded by smbprotocol when the first guest knocks)
from spnego._ntlm_raw.crypto import rc4init

from vigie.knowledge.network import have_at_hand
from vigie.sensors.network.scanning import Wanted, scan
from vigie.sensors.network.wording import Found, Going, Wish
from vigie.tools.confinement import Limits, enter_talking
from vigie.tools.network import snmp
from vigie.tools.network.dialling import Dialler, NoAnswer
from vigie.tools.network.neighbours import Neighbours, of_this_system
from vigie.tools.network.pages import Web
from vigie.tools.network.smb import as_guest

_NOBODYS_PORT = 1
_LIMITS = Limits(memory=3 * 1024**3, life=timedelta(minutes=10), files=4096)


def main() -> None:
    """Read one wish from standard input, scan, and write a line for each device."""
    wish = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wish)
    neighbours = of_this_system()
    have_at_hand()
    asyncio.run(_warm())
    enter_talking(_LIMITS)
    asyncio.run(_scan(wish, neighbours))


async def _warm() -> None:
    """Do once, against ourselves, what loads modules when it is first done."""
    dialler = Dialler([IPv4Network("127.0.0.1/32")])
    async with Web(dialler) as web:
        for tls in (False, True):
            with contextlib.suppress(NoAnswer):
                await web.get("127.0.0.1", _NOBODYS_PORT, "/", tls=tls)
    rc4init(b"\0" * 16)
    await asyncio.to_thread(as_guest, "127.0.0.1", _NOBODYS_PORT)
    await dialler.touch("127.0.0.1", _NOBODYS_PORT)
    await snmp.told(["127.0.0.1"], dialler.inside, seconds=0.01, port=_NOBODYS_PORT)


async def _scan(wish: Wish, neighbours: Neighbours) -> None:
    wanted = Wanted(
        networks=tuple(IPv4Network(network) for network in wish.networks),
        own=wish.own,
        gateways=wish.gateways,
        consent=wish.consent,
    )
    async for device in scan(wanted, neighbours, lambda done, most: _say(Going(done, most))):
        _say(Found(device))
    _say(Going(1, 1))


def _say(word: Found | Going) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(word) + b"\n")
    sys.stdout.buffer.flush()
