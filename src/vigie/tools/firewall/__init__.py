"""The machine's firewall: cut off from everything but a few peers, and opened again."""

import socket
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Protocol

Address = IPv4Address | IPv6Address

# systemd-resolved shows its loopback stub in the first; what it asks itself stands in the second.
_RESOLVERS = Path("/etc/resolv.conf"), Path("/run/systemd/resolve/resolv.conf")


@dataclass(frozen=True, slots=True, order=True)
class Peer:
    """Someone outside the machine must still reach: a name or an address, and a TCP port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """What stays open: TCP to these addresses and ports, DNS to these resolvers.

    Loopback, DHCP and IPv6 neighbour discovery stay as well: without them the machine loses its
    address, and with it the console.
    """

    peers: tuple[tuple[Address, int], ...] = ()
    resolvers: tuple[Address, ...] = ()


class FirewallFailed(Exception):
    """The firewall did not do it. `reason` is a slug of the shared vocabulary."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


class Firewall(Protocol):
    """One system's firewall. Both verbs are idempotent and touch only what is Vigie's own."""

    def shut(self, opening: Opening) -> None:
        """Cut the machine off, at once and as a whole. Raise FirewallFailed."""

    def reopen(self) -> None:
        """Take away what `shut` put there. Raise FirewallFailed."""

    def is_shut(self) -> bool:
        """Return whether the machine is cut off by us. Raise FirewallFailed."""


def opening_for(
    peers: Sequence[Peer], resolver_files: Sequence[Path] = _RESOLVERS, *, at_once: bool = False
) -> Opening:
    """Given peers by name, return their addresses of this moment, with the system's resolvers.

    A name that cannot be resolved is left out, which may take half a minute to find out; `at_once`
    asks nobody, and leaves out every name that is not an address.
    """
    found: dict[tuple[Address, int], None] = {}
    flags = socket.AI_NUMERICHOST if at_once else 0
    for peer in peers:
        try:
            answers = socket.getaddrinfo(peer.host, peer.port, type=socket.SOCK_STREAM, flags=flags)
        except OSError:
            continue
        for answer in answers:
            found[ip_address(str(answer[4][0]).partition("%")[0]), peer.port] = None
    resolvers: dict[Address, None] = {}
    for file in resolver_files:
        for line in file.read_text("utf-8", "replace").splitlines() if file.is_file() else ():
            words = line.split()
            if words[:1] == ["nameserver"] and len(words) > 1:
                try:
                    resolvers[ip_address(words[1].partition("%")[0])] = None
                except ValueError:
                    continue
    return Opening(peers=tuple(found), resolvers=tuple(resolvers))
