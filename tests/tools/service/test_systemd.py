import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from vigie.tools.service import Charge
from vigie.tools.service.systemd import NAME, Systemd, tell

CHARGE = Charge(
    command=("/usr/bin/true", "agent", "run", "--settings", "/etc/vigie/my agent.toml"),
    home=Path("/var/lib/vigie"),
    memory=2_000_000_000,
)
# Each of these gives the service a mount namespace of its own, where a folder put read-only stays
# writable for everybody else.
HIDING = "Protect", "Private", "ReadOnlyPaths", "InaccessiblePaths", "BindPaths", "TemporaryFile"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_finds_nothing_to_say_about_the_unit(tmp_path: Path) -> None:
    unit = tmp_path / NAME
    unit.write_text(Systemd().text(CHARGE))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if NAME in line]
    assert ours == []


def test_the_agent_is_started_again_whatever_happens_and_watched() -> None:
    lines = Systemd().text(CHARGE).splitlines()
    wanted = {"Restart=always", "StartLimitIntervalSec=0", "Type=notify", "WatchdogSec=60"}
    assert wanted <= set(lines)
    assert "MemoryMax=2000000000" in lines
    assert "NoNewPrivileges=yes" in lines


def test_no_option_hides_the_machines_mounts_from_the_agent() -> None:
    options = [line for line in Systemd().text(CHARGE).splitlines() if "=" in line]
    assert [option for option in options if option.startswith(HIDING)] == []


def test_a_path_with_a_space_is_one_word() -> None:
    assert '"/etc/vigie/my agent.toml"' in Systemd().text(CHARGE)


def test_systemd_hears_how_the_agent_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = tmp_path / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(str(address))
        ear.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", str(address))
        tell("READY=1")
        tell("WATCHDOG=1")
        assert [ear.recv(64), ear.recv(64)] == [b"READY=1", b"WATCHDOG=1"]


@pytest.mark.parametrize("name", ["", "/nowhere/notify", "@nobody"])
def test_a_supervisor_that_does_not_listen_stops_no_watch(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", name)
    tell("WATCHDOG=1")
    assert not Path("/nowhere").exists()


@pytest.fixture
def systemctl(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system whose systemctl writes down what it is asked: the real one would start it here."""
    said = tmp_path / "said"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\necho "$@" >> {said}\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    return said


def test_the_unit_is_written_started_and_taken_away_again(tmp_path: Path, systemctl: Path) -> None:
    (tmp_path / "home" / "agent").mkdir(parents=True)
    charge = Charge(command=CHARGE.command, home=tmp_path / "home", memory=CHARGE.memory)
    service = Systemd(tmp_path)
    service.install(charge)
    assert service.file.read_text() == service.text(charge)
    service.remove(charge)
    assert not service.file.exists()
    asked = systemctl.read_text().splitlines()
    assert asked == [
        "daemon-reload",
        f"enable {NAME}",
        f"restart {NAME}",
        f"disable --now {NAME}",
        "daemon-reload",
    ]
