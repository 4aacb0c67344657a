"""Windows: the firewall's default set to block, our own rules beside it. Not yet run.

Written against Microsoft's documentation of `netsh advfirewall`. An allow rule of someone else
still passes while the default blocks: `shut` therefore exports the policy, removes every rule and
adds ours; `reopen` imports the exported policy again.
"""

import subprocess
from pathlib import Path

from vigie.tools.firewall import FirewallFailed, Opening


class Netsh:
    """The firewall of Windows. `kept` is where the former policy lies meanwhile."""

    def __init__(self, kept: Path) -> None:
        self._kept = kept

    def shut(self, opening: Opening) -> None:
        """Keep the policy once, then replace it by ours."""
        commands = shutting(opening)
        if not self.is_shut():
            commands.insert(0, ["export", str(self._kept)])
        for words in commands:
            _run(words)

    def reopen(self) -> None:
        """Bring the former policy back, if one was kept."""
        if self.is_shut():
            _run(["import", str(self._kept)])
            self._kept.unlink()

    def is_shut(self) -> bool:
        """Return whether a former policy waits to come back."""
        return self._kept.exists()


def shutting(opening: Opening) -> list[list[str]]:
    """Given what stays open, return the words after `netsh advfirewall`, one list per call."""
    ways = [
        (f"vigie {address} {port}", f"remoteip={address}", "protocol=tcp", f"remoteport={port}")
        for address, port in opening.peers
    ]
    ways += [
        (f"vigie dns {address} {protocol}", f"remoteip={address}", f"protocol={protocol}", "53")
        for address in opening.resolvers
        for protocol in ("udp", "tcp")
    ]
    ways = [(*way[:3], way[3] if "=" in way[3] else f"remoteport={way[3]}") for way in ways]
    ways.append(("vigie dhcp", "protocol=udp", "localport=68", "remoteport=67"))
    return [
        ["set", "allprofiles", "state", "on"],
        ["set", "allprofiles", "firewallpolicy", "blockinbound,blockoutbound"],
        ["firewall", "delete", "rule", "name=all"],
        *(
            ["firewall", "add", "rule", f"name={name}", "dir=out", "action=allow", *rest]
            for name, *rest in ways
        ),
    ]


def _run(words: list[str]) -> None:
    try:
        done = subprocess.run(
            ["netsh", "advfirewall", *words], capture_output=True, text=True, check=False
        )
    except FileNotFoundError as trouble:
        raise FirewallFailed("missing_program", "netsh is not here") from trouble
    if done.returncode:
        raise FirewallFailed("died", done.stdout.strip())
