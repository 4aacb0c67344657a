"""The Windows Update Agent, by its COM interface through PowerShell. Not yet run.

`Microsoft.Update.Session` (learn.microsoft.com/windows/win32/wua_sdk, looked at on 2026-11-25):
search, download and install with a result for each update. Microsoft advises to switch its own
orchestrator off where another program installs. What Windows can take back, it takes back by
`IUpdateInstaller.Uninstall`, and never documents.
"""

import json
import subprocess
from collections.abc import Sequence

from vigie.tools.packages import Change, PackagesFailed

LIMIT = 3600.0  # seconds
SEARCH = """
$session = New-Object -ComObject Microsoft.Update.Session
$found = $session.CreateUpdateSearcher().Search("IsInstalled=0 and IsHidden=0").Updates
@($found | ForEach-Object { @{ id = $_.Identity.UpdateID; title = $_.Title;
  reboot = $_.InstallationBehavior.RebootBehavior } }) | ConvertTo-Json -Compress
"""
INSTALL = """
$session = New-Object -ComObject Microsoft.Update.Session
$found = $session.CreateUpdateSearcher().Search("IsInstalled=0 and IsHidden=0").Updates
$chosen = New-Object -ComObject Microsoft.Update.UpdateColl
$found | Where-Object { $env:VIGIE_UPDATES.Split(' ') -contains $_.Identity.UpdateID } |
  ForEach-Object { [void]$chosen.Add($_) }
$downloader = $session.CreateUpdateDownloader(); $downloader.Updates = $chosen
[void]$downloader.Download()
$installer = $session.CreateUpdateInstaller(); $installer.Updates = $chosen
$result = $installer.Install()
@{ code = $result.ResultCode; reboot = $result.RebootRequired } | ConvertTo-Json -Compress
"""
SUCCEEDED = 2  # orcSucceeded


def waiting() -> tuple[Change, ...]:
    """Return the updates that wait, by their ids. Raise PackagesFailed."""
    rows = json.loads(_powershell(SEARCH, ()) or "[]")
    return tuple(Change(package=row["id"], before="", after=row["title"]) for row in rows)


def install(updates: Sequence[str]) -> bool:
    """Install these updates; return whether the machine must start again. Raise PackagesFailed."""
    answer = json.loads(_powershell(INSTALL, updates))
    if answer["code"] != SUCCEEDED:
        raise PackagesFailed("not_installed", str(answer["code"]))
    return bool(answer["reboot"])


def _powershell(script: str, updates: Sequence[str]) -> str:
    """Run one of the scripts above; ids travel in the environment and never in the script."""
    try:
        done = subprocess.run(
            ["powershell", "-NoProfile", "-NonInteractive", "-Command", script],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env={"VIGIE_UPDATES": " ".join(updates)},
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PackagesFailed("missing_program", str(failure)) from failure
    if done.returncode:
        raise PackagesFailed("not_installed", done.stderr.strip()[:2000])
    return done.stdout
