"""smartctl: what a disk observes about itself (SMART), read as JSON; nothing is changed."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

LIMIT = 60.0
# ATA attributes whose raw value counts sectors: reallocated, pending, uncorrectable.
SECTORS = frozenset({5, 197, 198})


@dataclass(frozen=True, slots=True, kw_only=True)
class Disk:
    """One disk. `failing`: it says so itself; `sectors` it could not read or has given up."""

    device: str
    failing: bool
    sectors: int = 0


def disks() -> Iterator[Disk]:
    """Yield every disk that smartctl can ask; nothing where it is not installed."""
    for row in _asked("--scan").get("devices", ()):
        name, kind = str(row.get("name", "")), str(row.get("type", ""))
        told = _asked("-H", "-A", "-d", kind, name) if name.startswith("/dev/") else {}
        if found := disk_in(told, name):
            yield found


def disk_in(told: Mapping[str, Any], name: str) -> Disk | None:
    """Given what smartctl says of one disk, return it; None where the disk says nothing."""
    status = told.get("smart_status")
    if not isinstance(status, Mapping) or "passed" not in status:
        return None
    table = told.get("ata_smart_attributes", {}).get("table", ())
    sectors = sum(
        int(row.get("raw", {}).get("value", 0)) & 0xFFFFFFFF
        for row in table
        if row.get("id") in SECTORS
    )
    health = told.get("nvme_smart_health_information_log", {})
    failing = not status["passed"] or bool(health.get("critical_warning", 0))
    return Disk(device=name, failing=failing, sectors=sectors + int(health.get("media_errors", 0)))


def _asked(*words: str) -> Mapping[str, Any]:
    program = shutil.which("smartctl") or "/usr/sbin/smartctl"
    try:
        done = subprocess.run(
            [program, "--json", *words], capture_output=True, text=True, timeout=LIMIT, check=False
        )
        told = json.loads(done.stdout)  # its exit status is a set of bits, and says less
    except (OSError, subprocess.TimeoutExpired, ValueError):
        return {}
    return told if isinstance(told, dict) else {}
