"""A Windows machine, by PowerShell's cmdlets and the registry (*not yet run*).

`Get-NetFirewallProfile`, `Get-MpComputerStatus`, `Get-BitLockerVolume`, `Get-HotFix`,
`Get-PhysicalDisk`, and `DisplayVersion` and `CurrentBuildNumber` of the registry's CurrentVersion.
Another antivirus than Microsoft's shows in the Security Center (bit 12 of its state: running).
"""

import json
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.domain.evidence.machine import MachineSeen
from vigie.knowledge.systems import supported_until
from vigie.sensors.machine import rooms

_PATIENCE = 120.0  # seconds
_ELEVEN = 22_000  # the first build of Windows 11; the registry still says 10
_RUNNING = 0x1000
# One fixed text: nothing of what people named goes into it.
QUESTION = r"""
$ErrorActionPreference='SilentlyContinue'
$v=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$m=Get-MpComputerStatus
$o=@(Get-CimInstance -Namespace root/SecurityCenter2 -ClassName AntiVirusProduct |
 ForEach-Object {$_.productState})
$h=Get-HotFix | Sort-Object InstalledOn | Select-Object -Last 1
@{build=[int]$v.CurrentBuildNumber; display=$v.DisplayVersion;
  firewall=@(Get-NetFirewallProfile | ForEach-Object {[bool]$_.Enabled});
  defender=$m.AntivirusEnabled; signatures=$m.AntivirusSignatureAge; others=$o;
  bitlocker=@(Get-BitLockerVolume | Where-Object VolumeType -ne 'RemovableData' |
   ForEach-Object {[string]$_.ProtectionStatus});
  health=@(Get-PhysicalDisk | ForEach-Object {[string]$_.HealthStatus});
  fixed=if($h.InstalledOn){$h.InstalledOn.ToString('yyyy-MM-dd')}else{$null}
 } | ConvertTo-Json -Depth 3 -Compress
"""


def _ask() -> str:
    done = subprocess.run(
        ["powershell.exe", "-NoProfile", "-NonInteractive", "-Command", QUESTION],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=_PATIENCE,
        check=False,
    )
    return done.stdout


class Windows:
    """The machine as PowerShell tells it; `ask` returns its answer."""

    def __init__(self, ask: Callable[[], str] = _ask) -> None:
        self._ask = ask

    def seen(self, at: datetime, machine: str, folders: Sequence[Path]) -> MachineSeen:
        """Return how the machine stands; see `System`."""
        try:
            said: Mapping[str, Any] = json.loads(self._ask())
        except (OSError, subprocess.SubprocessError, ValueError):
            return MachineSeen(at=at, machine=machine, rooms=rooms(folders))
        fixed = said.get("fixed")
        health = list(said.get("health") or ())
        others = any(int(state) & _RUNNING for state in said.get("others") or ())
        volumes = [str(state) for state in said.get("bitlocker") or ()]
        profiles = said.get("firewall")
        return MachineSeen(
            at=at,
            machine=machine,
            rooms=rooms(folders),
            disks=len(health),
            failing=sum(state != "Healthy" for state in health),
            firewall=all(profiles) if profiles else None,
            antivirus=bool(said.get("defender")) or others,
            signature_days=said.get("signatures") if said.get("defender") else None,
            encrypted=all(state in {"On", "1"} for state in volumes) if volumes else None,
            supported_until=supported_until("windows", _version(said)),
            updated_days=(at.date() - datetime.fromisoformat(fixed).date()).days if fixed else None,
        )


def _version(said: Mapping[str, Any]) -> str:
    return f"11 {said.get('display')}" if int(said.get("build") or 0) >= _ELEVEN else "10"
