import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from vigie.tools.usb.sysfs import SysfsDoor


@pytest.fixture
def bus(tmp_path: Path) -> Path:
    for name, file, value in (("usb1", "authorized_default", "1"), ("1-1", "authorized", "0")):
        (tmp_path / name).mkdir()
        (tmp_path / name / file).write_text(f"{value}\n")
    return tmp_path


def default(bus: Path) -> str:
    return (bus / "usb1" / "authorized_default").read_text().strip()


def test_the_door_is_shut_and_opened_as_it_was(bus: Path) -> None:
    door = SysfsDoor(bus)
    door.shut()
    door.shut()
    assert default(bus) == "0"
    door.reopen()
    assert default(bus) == "1"


def test_a_bus_left_shut_by_an_earlier_life_is_opened_in_the_end(bus: Path) -> None:
    (bus / "usb1" / "authorized_default").write_text("0\n")
    door = SysfsDoor(bus)
    door.shut()
    door.reopen()
    assert default(bus) == "1"


def test_a_device_is_let_in_and_kept_out(bus: Path) -> None:
    door = SysfsDoor(bus)
    door.let_in("1-1")
    assert (bus / "1-1" / "authorized").read_text() == "1"
    door.keep_out("1-1")
    assert (bus / "1-1" / "authorized").read_text() == "0"
    with pytest.raises(FileNotFoundError):
        door.let_in("9-9")


def test_killed_the_door_is_open_again_within_a_moment(bus: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from vigie.tools.usb.sysfs import SysfsDoor;"
        "SysfsDoor(Path(sys.argv[1])).shut(); print('shut', flush=True); time.sleep(60)"
    )
    held = subprocess.Popen(
        [sys.executable, "-c", script, bus],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert held.stdout
    assert held.stdout.readline() == "shut\n"
    assert default(bus) == "0"
    held.send_signal(signal.SIGKILL)
    held.wait()
    held.stdout.close()
    limit = time.monotonic() + 10
    while default(bus) != "1" and time.monotonic() < limit:
        time.sleep(0.02)
    assert default(bus) == "1"
