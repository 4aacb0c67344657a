"""From everything a device said of itself to what a person would call it: kind, maker, name."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from vigie.domain.evidence.printers import Answer, Device, Door, Kind, Tried
from vigie.knowledge.network import card_maker, made_by, maker_in
from vigie.sensors.network import doors
from vigie.sensors.network.probing import Probed
from vigie.tools.network import snmp
from vigie.tools.network.multicast_dns import Announced
from vigie.tools.network.upnp import Described

_PRINTING = {Door.IPP, Door.RAW, Door.LPD}
_MOST = 24  # products of one device
_PRINTING_SERVICES = {"_ipp", "_ipps", "_printer", "_pdl-datastream"}
_COMPUTER_PORTS = {135, 3389, 5357, 22}
_NAS_PORTS = {5000, 5001, 548}


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard of a device before any of its doors was asked."""

    address: str
    network: str
    mac: str = ""
    ports: tuple[int, ...] = ()
    told: snmp.Told | None = None
    services: tuple[Announced, ...] = ()
    described: tuple[Described, ...] = ()
    nat_pmp: str | None = None
    gateway: bool = False

    @property
    def maker(self) -> str:
        """Return who made it, by its own words first and its network card last."""
        words = [
            *(one.texts.get("usb_mfg", "") or one.texts.get("ty", "") for one in self.services),
            *([self.told.model, self.told.values.get(snmp.DESCRIPTION, "")] if self.told else ()),
            *(f"{one.maker} {one.name} {one.model}" for one in self.described),
        ]
        maker = maker_in(*words)
        return maker.name if maker else card_maker(self.mac)


def device(heard: Heard, probed: Probed) -> Device:
    """Given what was heard and what was tried, return the device."""
    queue = probed.printers[0] if probed.printers else None
    words = [queue.model] if queue else []
    words += [word for site in probed.sites for word in site.words[:2]]
    spoken = maker_in(*words)
    maker = spoken.name if spoken else heard.maker
    told = heard.told
    model = next(filter(None, _models(heard, probed)), "")
    return Device(
        address=heard.address,
        network=heard.network,
        mac=heard.mac,
        name=next(filter(None, _names(heard, probed)), "")[:80],
        maker=maker,
        model=model[:80],
        kind=_kind(heard, probed, maker),
        ports=heard.ports,
        tried=_each_once([*probed.tried, *_without_connection(heard)]),
        pages=told.pages if told and told.pages is not None else queue.pages if queue else None,
        unread=tuple(sorted(probed.unread)),
        software=tuple(dict.fromkeys(_software(heard, probed)))[:_MOST],
    )


def _each_once(tried: list[Tried]) -> tuple[Tried, ...]:
    """Return each door once, the gravest answer of it."""
    order = list(Answer)
    best: dict[tuple[Door, int, str], Tried] = {}
    for one in tried:
        kept = best.get(one.key)
        if kept is None or order.index(one.answer) < order.index(kept.answer):
            best[one.key] = one
    return tuple(best.values())


def _without_connection(heard: Heard) -> Iterator[Tried]:
    described = heard.told.values.get(snmp.DESCRIPTION, "")[:60] if heard.told else ""
    for community, version in (heard.told.communities if heard.told else {}).items():
        door = Door.SNMP_PRIVATE if community == "private" else Door.SNMP_PUBLIC
        said = f"SNMPv{'2c' if version else '1'} « {community} » : {described}"
        yield Tried(door=door, answer=Answer.OPEN, port=snmp.PORT, said=said)
    for one in heard.described:
        if one.gateway and one.answers:
            said = f"GetExternalIPAddress → {one.outside or '—'}"
            yield Tried(door=Door.UPNP, answer=Answer.OPEN, port=one.port, said=said)
        for way in one.mappings:
            yield Tried(
                door=Door.MAPPING,
                answer=Answer.OPEN,
                port=way.outside,
                about=f"{way.protocol} {way.outside} → {way.address}:{way.inside}",
                said=way.purpose[:60],
                numbers={"outside": way.outside, "inside": way.inside},
            )
    if heard.nat_pmp is not None:
        said = f"adresse extérieure {heard.nat_pmp or '—'}"
        yield Tried(door=Door.NAT_PMP, answer=Answer.OPEN, port=5351, said=said)


def _models(heard: Heard, probed: Probed) -> Iterator[str]:
    yield from (printer.model for printer in probed.printers)
    yield from (one.texts.get("ty", "") for one in heard.services)
    if heard.told:
        yield heard.told.model
    yield from (one.model for one in heard.described)


def _names(heard: Heard, probed: Probed) -> Iterator[str]:
    yield from (p.location and f"{p.name} ({p.location})" for p in probed.printers)
    yield from (p.name for p in probed.printers)
    yield from (one.name for one in heard.services)
    yield from (one.name for one in heard.described)
    if heard.told:
        yield heard.told.values.get(snmp.NAME, "")
    yield from (site.view.title for site in probed.sites)


def _kind(heard: Heard, probed: Probed, maker: str) -> Kind:
    """Return what it is, by the surest sign of it: what it does before who made it."""
    answered = {one.door for one in probed.tried}
    services = {one.service for one in heard.services}
    ports = set(heard.ports)
    known = made_by(maker)
    counts = heard.told is not None and heard.told.pages is not None
    obeys = any(one.gateway for one in heard.described) or heard.nat_pmp is not None
    signs = (
        (Kind.BOX, obeys or heard.gateway),
        (Kind.PRINTER, bool(probed.printers) or counts),
        (Kind.CAMERA, Door.CAMERA in answered),
        (Kind.PRINTER, bool(services & _PRINTING_SERVICES or answered & _PRINTING)),
        (known.kind if known else Kind.OTHER, known is not None),
        (Kind.COMPUTER, Door.REMOTE_DESKTOP in answered or bool(ports & _COMPUTER_PORTS)),
        (Kind.NAS, bool(ports & set(doors.SMB)) and bool(ports & _NAS_PORTS)),
    )
    return next((kind for kind, holds in signs if holds), Kind.OTHER)


def _software(heard: Heard, probed: Probed) -> Iterator[str]:
    for printer in probed.printers:
        if printer.firmware:
            yield f"{printer.model} {printer.firmware}"[:120]
    if heard.told:
        described = heard.told.values.get(snmp.DESCRIPTION, "")
        if described:
            yield re.sub(r"\s+", " ", described)[:160]
    yield from (one.model for one in heard.described if one.model)
    yield from (one[:120] for one in probed.software)
