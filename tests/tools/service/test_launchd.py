import plistlib
from pathlib import Path

from vigie.tools.service import Charge
from vigie.tools.service.launchd import LABEL, Launchd

CHARGE = Charge(command=("/opt/vigie", "agent", "run"), home=Path("/var/lib/vigie"), memory=1)


def test_the_daemon_of_macos_starts_with_the_machine_and_again_when_it_ends() -> None:
    said = plistlib.loads(Launchd().text(CHARGE).encode())
    assert said["Label"] == LABEL
    assert said["ProgramArguments"] == ["/opt/vigie", "agent", "run"]
    assert said["EnvironmentVariables"] == {"VIGIE_HOME": "/var/lib/vigie"}
    assert said["RunAtLoad"] is True
    assert said["KeepAlive"] is True
    assert said["Umask"] == 0o077


def test_its_file_is_named_after_its_label() -> None:
    assert Launchd().file == Path(f"/Library/LaunchDaemons/{LABEL}.plist")
