"""What devices announce by multicast DNS, read by zeroconf: names, models, paths to queues."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from zeroconf._dns import DNSPointer, DNSQuestion, DNSService, DNSText
from zeroconf._protocol.incoming import DNSIncoming
from zeroconf._protocol.outgoing import DNSOutgoing

from vigie.tools.network import datagrams

_GROUP, PORT = "224.0.0.251", 5353
_SERVICES = (
    "_ipp._tcp.local.",
    "_ipps._tcp.local.",
    "_printer._tcp.local.",
    "_pdl-datastream._tcp.local.",
    "_http._tcp.local.",
    "_smb._tcp.local.",
    "_rtsp._tcp.local.",
    "_axis-video._tcp.local.",
)
_QUERY, _PTR, _IN, _UNIQUE = 0, 12, 1, 0x8000
_MOST_TEXT = 60  # keys of one service


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One service of a device. `texts` are its keys and values, small letters and bounded."""

    service: str
    name: str
    port: int
    texts: dict[str, str]


async def announced(
    addresses: Iterable[str], wanted: Callable[[str], bool], *, own: str, seconds: float
) -> dict[str, list[Announced]]:
    """Ask the whole network, and each address, what it offers: address → its services."""
    question = _question()
    asked = [(target, PORT, question) for target in (*((_GROUP,) if own else ()), *addresses)]
    found: dict[str, list[Announced]] = {}
    for one in await datagrams.ask(asked, wanted, seconds=seconds, own=own, rounds=2):
        services = found.setdefault(one.address, [])
        for service in _read(one.content):
            if service not in services and len(services) < 32:
                services.append(service)
    return found


def _question() -> bytes:
    out = DNSOutgoing(_QUERY, multicast=False)
    for service in _SERVICES:
        out.add_question(DNSQuestion(service, _PTR, _IN | _UNIQUE))
    return out.packets()[0]


def _read(untrusted: bytes) -> list[Announced]:
    message = DNSIncoming(untrusted)  # broken ones are said to be so, and raise nothing
    if not message.valid:
        return []
    records = message.answers()
    texts = {r.name: _texts(r.text) for r in records if isinstance(r, DNSText)}
    pointed = {r.alias for r in records if isinstance(r, DNSPointer)}
    return [
        Announced(
            service=record.name.partition("._")[2].partition("._")[0],
            name=record.name.partition("._")[0][:80],
            port=record.port,
            texts=texts.get(record.name, {}),
        )
        for record in records
        if isinstance(record, DNSService) and (record.name in pointed or record.name in texts)
    ]


def _texts(packed: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    at = 0
    while at < len(packed) and len(found) < _MOST_TEXT:
        size = packed[at]
        piece = packed[at + 1 : at + 1 + size].decode("utf-8", "replace")
        key, _, value = piece.partition("=")
        found[key.lower()[:40]] = value[:120]
        at += 1 + size
    return found
