"""A Mac, by `socketfilterfw`, `fdesetup`, `sw_vers` and `defaults` (*not yet run*).

The system's own XProtect always runs; how old its signatures are is not told here.
"""

import subprocess
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from vigie.domain.evidence.machine import MachineSeen
from vigie.knowledge.systems import supported_until
from vigie.sensors.machine import rooms
from vigie.tools import smartctl

_PATIENCE = 30.0  # seconds
_FIREWALL = "/usr/libexec/ApplicationFirewall/socketfilterfw"
_UPDATES = "/Library/Preferences/com.apple.SoftwareUpdate"

Ask = Callable[[Sequence[str]], str]


def _ask(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(
            list(command), capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout


class MacOS:
    """The machine as its own programs tell it; `ask` runs one and returns its words."""

    def __init__(self, ask: Ask = _ask) -> None:
        self._ask = ask

    def seen(self, at: datetime, machine: str, folders: Sequence[Path]) -> MachineSeen:
        """Return how the machine stands; see `System`."""
        wall = self._ask([_FIREWALL, "--getglobalstate"])
        vault = self._ask(["fdesetup", "status"])
        version = self._ask(["sw_vers", "-productVersion"]).strip()
        last = self._ask(["defaults", "read", _UPDATES, "LastSuccessfulDate"]).strip()
        disks = list(smartctl.disks())
        return MachineSeen(
            at=at,
            machine=machine,
            rooms=rooms(folders),
            disks=len(disks),
            failing=sum(disk.failing or disk.sectors > 0 for disk in disks),
            firewall="enabled" in wall if wall else None,
            antivirus=True,
            encrypted="FileVault is On" in vault if vault else None,
            supported_until=supported_until("macos", version),
            refreshed_days=_days_since(last, at),
        )


def _days_since(said: str, at: datetime) -> int | None:
    """Return the days since a moment as `defaults` writes it: `2026-11-24 08:12:00 +0000`."""
    try:
        return max(0, (at - datetime.strptime(said, "%Y-%m-%d %H:%M:%S %z")).days)
    except ValueError:
        return None
