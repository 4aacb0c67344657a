"""macOS: one pf anchor of our own, loaded and flushed as a whole. Not yet run.

Written against pfctl(8) and pf.conf(5). The system's pf.conf evaluates the anchors below
`com.apple/*`, which is where ours lies, so that no file of the system is changed.
"""

import subprocess

from vigie.tools.firewall import FirewallFailed, Opening

ANCHOR = "com.apple/vigie"


class Pf:
    """The firewall of macOS."""

    def shut(self, opening: Opening) -> None:
        """Load our anchor, switch pf on and forget the connections that stand."""
        _run("-a", ANCHOR, "-f", "-", rules=ruleset(opening))
        _run("-E")
        _run("-F", "states")

    def reopen(self) -> None:
        """Empty our anchor; pf itself stays as it is."""
        _run("-a", ANCHOR, "-F", "rules")

    def is_shut(self) -> bool:
        """Return whether our anchor holds rules."""
        return bool(_run("-a", ANCHOR, "-s", "rules").strip())


def ruleset(opening: Opening) -> str:
    """Given what stays open, return the anchor's rules as pfctl reads them."""
    lines = ["pass quick on lo0 all"]
    lines += [f"pass out quick proto tcp to {a} port {p} keep state" for a, p in opening.peers]
    lines += [
        f"pass out quick proto {{ udp, tcp }} to {address} port 53 keep state"
        for address in opening.resolvers
    ]
    lines += [
        "pass out quick proto udp from any port 68 to any port 67 keep state",
        "pass quick proto ipv6-icmp icmp6-type { neighbrsol, neighbradv, routersol, routeradv }",
        "block drop quick all",
    ]
    return "\n".join(lines) + "\n"


def _run(*words: str, rules: str | None = None) -> str:
    try:
        done = subprocess.run(
            ["pfctl", *words], input=rules, capture_output=True, text=True, check=False
        )
    except FileNotFoundError as trouble:
        raise FirewallFailed("missing_program", "pfctl is not here") from trouble
    if done.returncode:
        raise FirewallFailed("died", done.stderr.strip())
    return done.stdout
