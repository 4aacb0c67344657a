"""A Linux machine tells about itself: by the programs it really has."""

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from vigie.sensors.machine.linux import Linux, firewall_on, pending, under_cipher

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
needs_nft = pytest.mark.skipif(
    os.geteuid() != 0 or not shutil.which("nft"), reason="needs root and nftables"
)


def ruleset(rules: str) -> str:
    """Let nft itself take rules in a network of their own, and list them."""
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", "nft -f - && nft --json list ruleset"],
        input=rules.replace("}", "}\n"),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


HOOK = "type filter hook input priority 0;"
TABLE = "table inet f "


@pytest.mark.kernel
@needs_nft
@pytest.mark.parametrize(
    ("rules", "on"),
    [
        ("", False),
        (f"{TABLE}{{ chain i {{ {HOOK} policy drop; }} }}", True),
        (f"{TABLE}{{ chain i {{ {HOOK} policy accept; }} }}", False),
        (f"{TABLE}{{ chain i {{ {HOOK} tcp dport 22 accept; reject; }} }}", True),
        (f"{TABLE}{{ chain o {{ type filter hook output priority 0; policy drop; }} }}", False),
        (f"{TABLE}{{ chain ufw {{ drop; }} chain i {{ {HOOK} jump ufw; }} }}", True),
        (f"table inet vigie_isolation {{ chain i {{ {HOOK} policy drop; }} }}", False),
    ],
    ids=["none", "drop", "accept", "reject", "outgoing", "ufw", "our own isolation"],
)
def test_a_firewall_is_what_refuses_what_comes_in(rules: str, on: bool) -> None:  # noqa: FBT001
    assert firewall_on(ruleset(rules)) is on


def test_a_firewall_nobody_can_ask_about_is_unknown() -> None:
    assert firewall_on("") is None
    assert firewall_on("Operation not permitted") is None


def lsblk(*kinds: str) -> str:
    device: dict[str, object] = {}
    for kind in reversed(kinds):
        device = {"name": kind, "type": kind, **({"children": [device]} if device else {})}
    return json.dumps({"blockdevices": [device]})


def test_a_disk_below_a_cipher_is_encrypted() -> None:
    assert under_cipher(lsblk("lvm", "crypt", "part", "disk")) is True
    assert under_cipher(lsblk("part", "disk")) is False
    assert under_cipher("") is None


def test_what_apt_would_install_for_security_is_counted() -> None:
    simulated = (
        "Inst libssl3 [3.0.11] (3.0.15 Debian-Security:12/stable-security [amd64])\n"
        "Inst nano [7.2] (7.2-1 Debian:12.8/stable [amd64])\n"
        "Conf libssl3 (3.0.15 Debian-Security:12/stable-security [amd64])\n"
        "Inst curl [8] (8.1 Ubuntu:24.04/noble-security [amd64])\n"
    )
    assert pending(simulated) == 2
    assert pending("") is None


def made(root: Path, *, release: str = 'ID=debian\nVERSION_ID="12"\n') -> Linux:
    for folder in ("etc", "var/lib/clamav", "var/lib/apt/lists/partial", "var/log/apt"):
        (root / folder).mkdir(parents=True)
    (root / "etc/os-release").write_text(release)
    return Linux(root)


def test_the_age_of_updates_is_read_from_apts_own_files(tmp_path: Path) -> None:
    machine = made(tmp_path)
    (tmp_path / "var/log/apt/history.log").write_text(
        "\nStart-Date: 2026-11-01  06:25:12\nCommandline: unattended-upgrade\n"
        "Upgrade: libssl3:amd64 (3.0.11, 3.0.15)\nEnd-Date: 2026-11-01  06:25:20\n"
        "\nStart-Date: 2026-11-20  10:00:00\nCommandline: apt install nmap\n"
        "Install: nmap:amd64 (7.93)\nEnd-Date: 2026-11-20  10:00:05\n"
    )
    looked = (NOW - timedelta(days=6)).timestamp()
    os.utime(tmp_path / "var/lib/apt/lists/partial", (looked, looked))
    seen = machine.seen(NOW, "m", [])
    assert (seen.updated_days, seen.refreshed_days) == (24, 6)
    assert seen.supported_until == date(2028, 6, 30)


def test_a_system_nobody_knows_is_unknown(tmp_path: Path) -> None:
    assert made(tmp_path, release="ID=haiku\n").seen(NOW, "m", []).supported_until is None


def test_a_system_may_say_its_own_end(tmp_path: Path) -> None:
    said = "ID=fedora\nVERSION_ID=41\nSUPPORT_END=2025-12-15\n"
    assert made(tmp_path, release=said).seen(NOW, "m", []).supported_until == date(2025, 12, 15)


def test_signatures_say_when_they_were_built(tmp_path: Path) -> None:
    machine = made(tmp_path)
    heading = b"ClamAV-VDB:22 Nov 2026 03-24 -0500:27824:2070312:90:abc:def:raynman:1"
    (tmp_path / "var/lib/clamav/daily.cvd").write_bytes(heading.ljust(512) + os.urandom(64))
    assert machine._signature_days(NOW) == 3


def test_this_very_machine_answers() -> None:
    seen = Linux().seen(datetime.now(UTC), "m", [Path("/")])
    assert any(room.free <= room.size for room in seen.rooms)
