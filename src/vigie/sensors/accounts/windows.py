"""Accounts of a Windows machine, by PowerShell's cmdlets and the registry (*not yet run*).

`Get-LocalUser` and `Get-LocalGroupMember` (Microsoft.PowerShell.LocalAccounts), `AutoAdminLogon`
(HKLM, Winlogon), `InactivityTimeoutSecs` (HKLM, Policies), and for each person with a loaded hive
`ScreenSaveActive`, `ScreenSaverIsSecure`, `ScreenSaveTimeOut` (HKU, Control Panel). The group
S-1-5-32-544 is the administrators' in every language. Habits are not told: Windows keeps no list.
"""

import json
import math
import os
import subprocess
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.domain.evidence.passwords import Account
from vigie.sensors import SensorBlind
from vigie.sensors.accounts import generic

_PATIENCE = 60.0  # seconds
# One fixed text: nothing of what people named goes into it.
QUESTION = r"""
$ErrorActionPreference='SilentlyContinue'
$w=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
$p=Get-ItemProperty 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System'
$a=@(Get-LocalGroupMember -SID S-1-5-32-544 | ForEach-Object {$_.SID.Value})
$u=@(Get-LocalUser | Where-Object Enabled | ForEach-Object {
 $h='Registry::HKEY_USERS\'+$_.SID.Value+'\Control Panel\Desktop'; $d=Get-ItemProperty $h
 @{name=$_.Name; sid=$_.SID.Value; required=$_.PasswordRequired; set=[bool]$_.PasswordLastSet;
   last=if($_.LastLogon){$_.LastLogon.ToUniversalTime().ToString('o')}else{$null};
   saver=$d.ScreenSaveActive; secure=$d.ScreenSaverIsSecure; timeout=$d.ScreenSaveTimeOut}})
@{users=$u; administrators=$a; alone=$w.AutoAdminLogon; who=$w.DefaultUserName;
  inactivity=$p.InactivityTimeoutSecs} | ConvertTo-Json -Depth 4 -Compress
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
    """The accounts as PowerShell tells them; `ask` returns its answer."""

    def __init__(self, ask: Callable[[], str] = _ask) -> None:
        self._ask = ask

    def homes(self) -> Sequence[Path]:
        """Return the folders of people below Users."""
        users = Path(os.environ.get("SYSTEMDRIVE", "C:") + "\\Users")
        apart = {"public", "default", "default user", "all users"}
        if not users.is_dir():
            return ()
        return [
            each for each in users.iterdir() if each.is_dir() and each.name.lower() not in apart
        ]

    def accounts(self, now: datetime, left: Collection[str]) -> Sequence[Account]:
        """Return the accounts that are enabled; see `System`."""
        try:
            said: Mapping[str, Any] = json.loads(self._ask())
        except (OSError, subprocess.SubprocessError, ValueError) as trouble:
            raise SensorBlind("not_supported", str(trouble)) from trouble
        gone = {name.casefold() for name in left}
        return [_account(user, said, now, gone) for user in said.get("users", [])]


def _account(
    user: Mapping[str, Any], said: Mapping[str, Any], now: datetime, gone: Collection[str]
) -> Account:
    name, last = str(user["name"]), user.get("last")
    idle = (now - datetime.fromisoformat(last)).days if last else None
    alone = str(said.get("alone") or "0") == "1" and name == said.get("who")
    return Account(
        name=name,
        administrator=user["sid"] in said.get("administrators", []),
        without_password=not user.get("required", True) and not user.get("set", True),
        opens_alone=alone,
        generic=generic(name),
        left=name.casefold() in gone,
        days=1 if idle == 0 else 0,
        idle=idle,
        locks_after=_locks_after(user, said),
    )


def _locks_after(user: Mapping[str, Any], said: Mapping[str, Any]) -> int | None:
    """Return the sooner of what the machine and the person's screen saver do."""
    times = []
    if (machine := _seconds(said.get("inactivity"))) > 0:
        times.append(machine)
    if str(user.get("saver")) == "1" and str(user.get("secure")) == "1":
        times.append(_seconds(user.get("timeout")))
    if times:
        return math.ceil(min(times) / 60)
    return None if user.get("saver") is None else 0


def _seconds(value: object) -> int:
    text = str(value or "0")
    return int(text) if text.isdigit() else 0
