"""Which networks may be looked at: private ones that this machine is on, and nothing else."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv4Network

import psutil

_PRIVATE = tuple(
    IPv4Network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8")
)
_MOST = 4096  # addresses of one network: a practice has one room of them, not a city


class NotOurs(Exception):
    """The network is not the practice's; the text is one sentence for people."""


@dataclass(frozen=True, slots=True)
class Ours:
    """One network of this machine, and this machine's address on it."""

    network: IPv4Network
    own: str


def ours() -> tuple[Ours, ...]:
    """Return the networks that this machine is on, loopback included."""
    found: dict[str, Ours] = {}
    for addresses in psutil.net_if_addrs().values():
        for one in addresses:
            if one.family.name == "AF_INET" and one.netmask:
                interface = IPv4Interface(f"{one.address}/{one.netmask}")
                found[str(interface)] = Ours(interface.network, one.address)
    return tuple(found.values())


def checked(texts: Iterable[str], known: Sequence[Ours]) -> tuple[IPv4Network, ...]:
    """Return the networks these texts name. Raise NotOurs for one that may not be looked at."""
    return tuple(_checked(text, known) for text in texts)


def to_watch(known: Sequence[Ours]) -> tuple[IPv4Network, ...]:
    """Return the networks of this machine that a practice's devices are on."""
    return tuple(
        one.network
        for one in known
        if _private(one.network)
        and not one.network.is_loopback
        and not one.network.is_link_local
        and 2 < one.network.num_addresses <= _MOST
    )


def _checked(text: str, known: Sequence[Ours]) -> IPv4Network:
    try:
        network = IPv4Network(text, strict=False)
    except ValueError as trouble:
        raise NotOurs(
            f"{text} n’est pas un réseau IPv4. Écrivez-le comme 192.168.1.0/24."
        ) from trouble
    if not _private(network):
        raise NotOurs(f"{text} est public\u202f; seul le réseau du cabinet peut être regardé.")
    if not any(network.subnet_of(one.network) for one in known):
        raise NotOurs(
            f"Cette machine n’est pas sur le réseau {text}. "
            "Donnez un réseau auquel elle est reliée, ou passez par une machine qui l’est."
        )
    if network.num_addresses > _MOST:
        raise NotOurs(f"{text} est trop grand. Donnez au plus un /20, soit {_MOST} adresses.")
    return network


def _private(network: IPv4Network) -> bool:
    return any(network.subnet_of(private) for private in _PRIVATE)
