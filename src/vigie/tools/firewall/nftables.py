"""Linux: one nftables table of our own, put in and taken out as a whole."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from datetime import timedelta

from vigie.tools.firewall import Address, FirewallFailed, Opening

TABLE = "vigie_isolation"
LIMIT = timedelta(seconds=10)  # nft answers in milliseconds; beyond this something is wrong

# Before the filters of others (0): what they accept, we may still drop; what they drop stays so.
_PRIORITY = -10


class Nftables:
    """The firewall of Linux. `program` is how nft is called."""

    def __init__(self, program: Sequence[str] = ("nft",)) -> None:
        self._program = tuple(program)

    def shut(self, opening: Opening) -> None:
        """Cut the machine off in one transaction; a former cut is replaced, never opened between.

        Connections that stand are cut as well, those to the peers excepted.
        """
        self._run("-f", "-", rules=ruleset(opening))

    def reopen(self) -> None:
        """Remove our table, if it is there."""
        self._run("-f", "-", rules=f"add table inet {TABLE}\ndelete table inet {TABLE}\n")

    def is_shut(self) -> bool:
        """Return whether our table is there."""
        return f"table inet {TABLE}\n" in self._run("list", "tables") + "\n"

    def _run(self, *words: str, rules: str | None = None) -> str:
        if shutil.which(self._program[0]) is None:
            raise FirewallFailed("missing_program", f"{self._program[0]} is not installed")
        try:
            done = subprocess.run(
                [*self._program, *words],
                input=rules,
                capture_output=True,
                text=True,
                check=False,
                timeout=LIMIT.total_seconds(),
            )
        except subprocess.TimeoutExpired as trouble:
            raise FirewallFailed("timed_out", "nft does not answer") from trouble
        if done.returncode:
            refused = "not permitted" in done.stderr
            raise FirewallFailed("no_permission" if refused else "died", done.stderr.strip())
        return done.stdout


def ruleset(opening: Opening) -> str:
    """Given what stays open, return the whole table as nft reads it."""
    incoming = "\n".join(f"    {line}" for line in _incoming(opening))
    outgoing = "\n".join(f"    {line}" for line in _outgoing(opening))
    return f"""add table inet {TABLE}
delete table inet {TABLE}
table inet {TABLE} {{
  chain incoming {{
    type filter hook input priority {_PRIORITY}; policy drop;
{incoming}
  }}
  chain outgoing {{
    type filter hook output priority {_PRIORITY}; policy drop;
{outgoing}
  }}
  chain through {{
    type filter hook forward priority {_PRIORITY}; policy drop;
  }}
}}
"""


def _incoming(opening: Opening) -> Iterator[str]:
    yield 'iif "lo" accept'
    # Answers alone: a peer's address opens no way in.
    for address, port in opening.peers:
        yield f"{_ip(address)} saddr {address} tcp sport {port} ct state established accept"
    for address in opening.resolvers:
        for protocol in ("udp", "tcp"):
            yield f"{_ip(address)} saddr {address} {protocol} sport 53 ct state established accept"
    yield "udp sport 67 udp dport 68 accept"
    yield "udp sport 547 udp dport 546 accept"
    # Path MTU: without it a backup of large packets hangs in silence.
    yield "icmp type destination-unreachable ct state related accept"
    yield "icmpv6 type packet-too-big ct state related accept"
    yield "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept"


def _outgoing(opening: Opening) -> Iterator[str]:
    yield 'oif "lo" accept'
    for address, port in opening.peers:
        yield f"{_ip(address)} daddr {address} tcp dport {port} accept"
    for address in opening.resolvers:
        for protocol in ("udp", "tcp"):
            yield f"{_ip(address)} daddr {address} {protocol} dport 53 accept"
    yield "udp sport 68 udp dport 67 accept"
    yield "udp sport 546 udp dport 547 accept"
    yield "icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept"


def _ip(address: Address) -> str:
    return "ip" if address.version == 4 else "ip6"  # noqa: PLR2004  (the protocol's own number)
