"""UPnP and NAT-PMP: whether the box opens ports for whoever asks, and which are open already.

Only what reads: the list of mappings, the outside address. Nothing is added and nothing deleted,
though any program in the practice could.
"""

import re
import struct
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit

from vigie.tools.network import datagrams
from vigie.tools.network.dialling import NoAnswer, NotAllowed
from vigie.tools.network.pages import Web, within

_GROUP, _SSDP, _NAT_PMP = "239.255.255.250", 1900, 5351
_GATEWAYS = (
    "upnp:rootdevice",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
)
_MOST_MAPPINGS = 128
_LOCATION = re.compile(rb"^location:\s*(\S{1,300})", re.IGNORECASE | re.MULTILINE)
_SERVICE = re.compile(r"<service>(.*?)</service>", re.DOTALL | re.IGNORECASE)
_CONNECTION = re.compile(r"urn:schemas-upnp-org:service:WAN(?:IP|PPP)Connection:\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mapping:
    """One way from the Internet to the inside, as the box keeps it."""

    outside: int
    inside: int
    address: str
    protocol: str
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """One device as it describes itself. `gateway` says that it opens ports for whoever asks."""

    name: str
    maker: str
    model: str
    port: int
    gateway: bool
    answers: bool = False
    outside: str = ""
    mappings: tuple[Mapping, ...] = ()
    kind: str = ""


async def announced(
    addresses: Iterable[str], wanted: Callable[[str], bool], *, own: str, seconds: float
) -> dict[str, list[str]]:
    """Ask the whole network, and each address, for UPnP devices: address → descriptions."""
    asked = [
        (target, _SSDP, _search(kind)) for kind in _GATEWAYS for target in (_GROUP, *addresses)
    ]
    found: dict[str, list[str]] = {}
    for one in await datagrams.ask(asked, wanted, seconds=seconds, own=own, rounds=2):
        location = _LOCATION.search(one.content)
        if location:
            link = location[1].decode("latin-1")
            places = found.setdefault(one.address, [])
            if link not in places and len(places) < 8:
                places.append(link)
    return found


async def described(web: Web, address: str, link: str) -> Described | None:
    """Return what a description says, and what a gateway has open; None where there is none.

    A link to any other address than its sender's is not followed.
    """
    try:
        parts = urlsplit(link)
        port = parts.port or 80
    except ValueError:
        return None
    if parts.scheme != "http" or parts.hostname != address:
        return None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        page = await web.get(address, port, path)
    except (NoAnswer, NotAllowed):
        return None
    text = page.text
    about = Described(
        name=_tag(text, "friendlyName"),
        maker=_tag(text, "manufacturer"),
        model=" ".join(filter(None, (_tag(text, "modelName"), _tag(text, "modelNumber")))),
        port=port,
        gateway=bool(_CONNECTION.search(text)),
        kind=_tag(text, "deviceType"),
    )
    return await _gateway(web, address, about, text, path) if about.gateway else about


async def _gateway(web: Web, address: str, about: Described, text: str, path: str) -> Described:
    base = _tag(text, "URLBase")
    for service in _SERVICE.findall(text):
        kind = _tag(service, "serviceType")
        if not _CONNECTION.fullmatch(kind):
            continue
        control = within(path, _tag(service, "controlURL"), address, about.port, tls=False)
        if control is None and base:
            control = within(path, base.rstrip("/") + "/", address, about.port, tls=False)
        if control is None:
            continue
        asked = _Control(web, address, about.port, control, kind)
        outside = await asked.ask("GetExternalIPAddress")
        mappings = tuple([one async for one in asked.mappings()])
        if outside is not None or mappings:
            return Described(
                name=about.name,
                maker=about.maker,
                model=about.model,
                port=about.port,
                gateway=True,
                answers=True,
                outside=_tag(outside or "", "NewExternalIPAddress"),
                mappings=mappings,
                kind=about.kind,
            )
    return about


@dataclass(frozen=True, slots=True)
class _Control:
    """The control address of one gateway service."""

    web: Web
    address: str
    port: int
    path: str
    kind: str

    async def ask(self, action: str, inside: str = "") -> str | None:
        """Return the answer's text, None for a refusal."""
        body = (
            '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
            's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
            f'<u:{action} xmlns:u="{self.kind}">{inside}</u:{action}></s:Body></s:Envelope>'
        )
        try:
            page = await self.web.send(
                "POST",
                self.address,
                self.port,
                self.path,
                body=body.encode(),
                headers={
                    "Content-Type": 'text/xml; charset="utf-8"',
                    "SOAPAction": f'"{self.kind}#{action}"',
                },
            )
        except (NoAnswer, NotAllowed):
            return None
        return page.text if page.status == 200 and f"{action}Response" in page.text else None

    async def mappings(self) -> AsyncIterator[Mapping]:
        """Yield every mapping, until the box says that there is no further one."""
        for number in range(_MOST_MAPPINGS):
            inside = f"<NewPortMappingIndex>{number}</NewPortMappingIndex>"
            text = await self.ask("GetGenericPortMappingEntry", inside)
            if text is None:
                return
            for one in _mapping(text):
                yield one


def _mapping(text: str) -> Iterator[Mapping]:
    outside, inside = _tag(text, "NewExternalPort"), _tag(text, "NewInternalPort")
    if not outside.isdigit() or not inside.isdigit() or _tag(text, "NewEnabled") == "0":
        return
    yield Mapping(
        outside=int(outside),
        inside=int(inside),
        address=_tag(text, "NewInternalClient"),
        protocol=_tag(text, "NewProtocol").upper(),
        purpose=_tag(text, "NewPortMappingDescription"),
    )


async def obeys_nat_pmp(
    addresses: Iterable[str], wanted: Callable[[str], bool], *, seconds: float
) -> dict[str, str]:
    """Ask each address for its outside address (RFC 6886, 3.2): address → outside address."""
    asked = [(address, _NAT_PMP, b"\0\0") for address in addresses]
    found: dict[str, str] = {}
    for one in await datagrams.ask(asked, wanted, seconds=seconds, rounds=2):
        if one.port != _NAT_PMP or len(one.content) < 8 or one.content[:2] != b"\0\x80":
            continue
        (result,) = struct.unpack_from(">H", one.content, 2)
        if result == 0 and len(one.content) >= 12:
            found[one.address] = ".".join(str(part) for part in one.content[8:12])
        elif result != 2:  # anything but "not authorised" comes from one that obeys
            found[one.address] = ""
    return found


def _search(kind: str) -> bytes:
    return (
        f"M-SEARCH * HTTP/1.1\r\nHOST: {_GROUP}:{_SSDP}\r\n"
        f'MAN: "ssdp:discover"\r\nMX: 1\r\nST: {kind}\r\n\r\n'
    ).encode()


def _tag(text: str, name: str) -> str:
    """Return what stands in the first tag of that name: boxes write XML that no reader takes."""
    found = re.search(rf"<(?:\w+:)?{name}\b[^>]*>([^<]{{0,300}})</", text)
    return " ".join(unescape(found[1]).split()) if found else ""
