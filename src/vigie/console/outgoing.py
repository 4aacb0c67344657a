"""Requests that leave the console for an address a person typed: to the open network only.

An address can be a name that comes to mean another machine a second later, or one that sends its
caller on. So what is looked at is not the address but each connection at the moment it is made:
inside `outward()` this process can reach public addresses, and those that the console's own host
allows (`LOCAL_RECEIVERS`), and nothing else.
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
_NAT64 = IPv6Network("64:ff9b::/96")
_WATCHED = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_allowed: ContextVar[tuple[Network, ...] | None] = ContextVar("allowed", default=None)
_hooked = False


class NotOutward(ConnectionRefusedError):
    """The address lies inside: this host, its network, or nowhere."""


def networks(text: str) -> tuple[Network, ...]:
    """Given addresses or networks, separated by commas or spaces, return them.

    Raise ValueError for what is neither.
    """
    return tuple(ip_network(word) for word in text.replace(",", " ").split())


def may_reach(host: str, local: Sequence[Network] = ()) -> bool:
    """Return whether `host`, an IP address, is public or among the `local` ones."""
    try:
        address = _bare(ip_address(host.split("%", maxsplit=1)[0]))
    except ValueError:
        return False  # a name: whoever connects resolves it first
    if any(address in network for network in local if network.version == address.version):
        return True
    return address.is_global and not address.is_multicast


@contextmanager
def outward(local: Sequence[Network] = ()) -> Iterator[None]:
    """Let connections made in this block reach the open network and `local`, and nothing else.

    A connection elsewhere raises NotOutward in whoever makes it.
    """
    _hook()
    token = _allowed.set(tuple(local))
    try:
        yield
    finally:
        _allowed.reset(token)


def _hook() -> None:
    global _hooked  # noqa: PLW0603  (an audit hook cannot be removed, and one is enough)
    if not _hooked:
        sys.addaudithook(_look)
        _hooked = True


def _look(event: str, arguments: tuple[object, ...]) -> None:
    if event not in _WATCHED or (local := _allowed.get()) is None:
        return
    address = arguments[1] if len(arguments) > 1 else None
    host = address[0] if isinstance(address, tuple) and address else ""
    if not may_reach(str(host), local):
        raise NotOutward("this address lies inside")


def _bare(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address stands for, if it stands for one."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or address
