r"""Volume shadow copies, by `Win32_ShadowCopy` through PowerShell. Not yet run.

`Create(Volume, "ClientAccessible")` returns an id; the copy is read below its `DeviceObject`,
by a link (learn.microsoft.com/previous-versions/windows/desktop/vsswmi, looked at on 2026-11-25).
"""

import json
import subprocess
from pathlib import Path

from vigie.tools.snapshots import SnapshotFailed, Taken

LIMIT = 300.0  # seconds
TAKE = (
    "$r = (Get-CimClass Win32_ShadowCopy | Invoke-CimMethod -MethodName Create -Arguments"
    " @{Volume=$env:VIGIE_VOLUME; Context='ClientAccessible'});"
    " @{code=$r.ReturnValue; id=$r.ShadowID} | ConvertTo-Json -Compress"
)
LOOK = (
    "(Get-CimInstance Win32_ShadowCopy | Where-Object ID -eq $env:VIGIE_ID).DeviceObject"
    " | ConvertTo-Json -Compress"
)
DROP = "Get-CimInstance Win32_ShadowCopy | Where-Object ID -eq $env:VIGIE_ID | Remove-CimInstance"


class Vss:
    """Shadow copies; `links` is a folder of ours."""

    kind = "vss"

    def __init__(self, links: Path) -> None:
        self._links = links

    def volume(self, path: Path) -> Path | None:
        """Return the drive."""
        return Path(path.anchor) if path.anchor else None

    def take(self, volume: Path, name: str) -> Taken:
        """Take one."""
        answer = json.loads(_powershell(TAKE, VIGIE_VOLUME=str(volume), VIGIE_NAME=name))
        if answer["code"]:
            raise SnapshotFailed(str(answer["code"]))
        return Taken(volume=str(volume), place=answer["id"])

    def look(self, taken: Taken) -> Path:
        """Link to it, and return the link."""
        link = self._links / taken.place.strip("{}")
        if not link.exists():
            self._links.mkdir(parents=True, exist_ok=True)
            device = json.loads(_powershell(LOOK, VIGIE_ID=taken.place))
            link.symlink_to(f"{device}\\", target_is_directory=True)
        return link

    def drop(self, taken: Taken) -> None:
        """Remove it."""
        (self._links / taken.place.strip("{}")).unlink(missing_ok=True)
        _powershell(DROP, VIGIE_ID=taken.place)


def _powershell(script: str, **environment: str) -> str:
    """Run one of the scripts above; values travel in the environment and never in the script."""
    try:
        done = subprocess.run(
            ["powershell", "-NoProfile", "-NonInteractive", "-Command", script],
            capture_output=True,
            text=True,
            timeout=LIMIT,
            check=False,
            env=environment,
        )
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise SnapshotFailed(str(failure)) from failure
    if done.returncode:
        raise SnapshotFailed(done.stderr.strip())
    return done.stdout
