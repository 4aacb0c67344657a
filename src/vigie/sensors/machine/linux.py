"""A Linux machine: from its own files, and from programs that only look."""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import psutil

from vigie.domain.evidence.machine import MachineSeen
from vigie.knowledge.systems import supported_until
from vigie.sensors.machine import rooms
from vigie.tools import smartctl

_PATIENCE = 60.0  # seconds
_SIGNATURES = "daily.cld", "daily.cvd", "main.cvd"
_BUILT = re.compile(rb"ClamAV-VDB:(\d{1,2} \w{3} \d{4} \d{2}-\d{2} [+-]\d{4}):")
# Programs that look at files as they are opened; ClamAV by itself only when it is asked.
_ANTIVIRUS = frozenset(
    {"clamd", "clamonacc", "wdavdaemon", "falcon-sensor", "savd", "esets_daemon", "oaeventd"}
)
_OURS = "vigie"  # tables of Vigie's own isolation are no firewall
_SECURITY = re.compile(r"^Inst \S+ .*(?:Debian-Security|-security)", re.MULTILINE)
_STAMPS = "var/lib/apt/periodic/update-success-stamp", "var/lib/apt/lists/partial"
_HISTORY = "var/log/apt/history.log"
_UPGRADED = re.compile(r"Start-Date: (\d{4}-\d{2}-\d{2})[^\n]*\n(?:[^\n]+\n)*?Upgrade:")


class Linux:
    """The machine below `root`, which is this system's unless a test says otherwise."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def seen(self, at: datetime, machine: str, folders: Sequence[Path]) -> MachineSeen:
        """Return how the machine stands; see `System`."""
        disks = list(smartctl.disks())
        age = self._signature_days(at)
        running = any(p.info["name"] in _ANTIVIRUS for p in psutil.process_iter(["name"]))
        return MachineSeen(
            at=at,
            machine=machine,
            rooms=rooms(folders),
            disks=len(disks),
            failing=sum(disk.failing or disk.sectors > 0 for disk in disks),
            firewall=firewall_on(_said("nft", "--json", "list", "ruleset")),
            antivirus=running,
            signature_days=age if running else None,
            encrypted=_encrypted([Path("/"), *folders]),
            supported_until=self._supported_until(),
            refreshed_days=self._refreshed_days(at),
            updated_days=self._updated_days(at),
            pending=pending(_said("apt-get", "--simulate", "-oDebug::NoLocking=1", "dist-upgrade")),
        )

    def _signature_days(self, at: datetime) -> int | None:
        """Return how old ClamAV's newest daily signatures are."""
        for name in _SIGNATURES:
            try:
                with (self._root / "var/lib/clamav" / name).open("rb") as file:
                    found = _BUILT.match(file.read(512))
            except OSError:
                continue
            if found:
                built = datetime.strptime(found[1].decode(), "%d %b %Y %H-%M %z")
                return max(0, (at - built).days)
        return None

    def _supported_until(self) -> date | None:
        said = dict(self._release())
        if end := said.get("SUPPORT_END"):
            return date.fromisoformat(end)
        return supported_until(said.get("ID", ""), said.get("VERSION_ID", ""))

    def _release(self) -> Iterator[tuple[str, str]]:
        try:
            text = (self._root / "etc/os-release").read_text("utf-8")
        except OSError:
            return
        for line in text.splitlines():
            key, _, value = line.partition("=")
            yield key, value.strip("\"'")

    def _refreshed_days(self, at: datetime) -> int | None:
        """Return the days since the system looked for updates."""
        for stamp in _STAMPS:
            try:
                last = (self._root / stamp).stat().st_mtime
            except OSError:
                continue
            return max(0, (at - datetime.fromtimestamp(last, UTC)).days)
        return None

    def _updated_days(self, at: datetime) -> int | None:
        """Return the days since updates were installed, by apt's own history."""
        try:
            text = (self._root / _HISTORY).read_text("utf-8", errors="replace")
        except OSError:
            return None
        days = [date.fromisoformat(day) for day in _UPGRADED.findall(text)]
        return max(0, (at.date() - max(days)).days) if days else None


def firewall_on(ruleset: str) -> bool | None:
    """Given nft's ruleset as JSON, return whether anything that comes in is refused."""
    try:
        parts = json.loads(ruleset)["nftables"]
    except (ValueError, KeyError, TypeError):
        return None
    chains = {
        (c["family"], c["table"], c["name"]): c
        for part in parts
        if (c := part.get("chain")) and c.get("hook") == "input" and _OURS not in c["table"]
    }
    if any(chain.get("policy") == "drop" for chain in chains.values()):
        return True
    rules = (part["rule"] for part in parts if "rule" in part)
    return any((r["family"], r["table"], r["chain"]) in chains and _refuses(r) for r in rules)


def _refuses(rule: Mapping[str, Any]) -> bool:
    """Return whether a rule refuses, or sends on to a chain of a firewall's own that does."""
    return any(
        word in said
        for said in rule.get("expr", ())
        if isinstance(said, dict)
        for word in ("drop", "reject", "jump", "goto")
    )


def pending(simulated: str) -> int | None:
    """Given what apt would install, return how much of it is for security; None if it is silent."""
    return len(_SECURITY.findall(simulated)) if simulated else None


def _encrypted(folders: Sequence[Path]) -> bool | None:
    """Return whether the disks below all these folders are encrypted; None if it is not known."""
    known = []
    for folder in folders:
        source = _said("findmnt", "--noheadings", "--output", "SOURCE", "--target", str(folder))
        device = source.strip().split("[")[0]
        if device.startswith("/dev/"):
            told = _said("lsblk", "--json", "--inverse", "--output", "NAME,TYPE", device)
            known.append(under_cipher(told))
    answers = [answer for answer in known if answer is not None]
    return all(answers) if answers else None


def under_cipher(told: str) -> bool | None:
    """Given lsblk's answer about a device and what it lies on, return whether a cipher is there."""
    try:
        devices = json.loads(told)["blockdevices"]
    except (ValueError, KeyError, TypeError):
        return None
    kinds = set()
    while devices:
        device = devices.pop()
        kinds.add(device.get("type"))
        devices += device.get("children", [])
    return "crypt" in kinds if kinds else None


def _said(*command: str) -> str:
    """Return what a program says on standard output; nothing where it fails or is not there."""
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
            env={"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""
