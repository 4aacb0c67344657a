"""The door of USBGuard, where it runs: its own policy goes on, ours is added to it.

Nothing permanent is written into its rules: what we decide holds for this plugging-in.
"""

import re
import shutil
import subprocess
from datetime import timedelta

PROGRAM = "usbguard"
LIMIT = timedelta(seconds=5)
_ROW = re.compile(r'^(\d+): (\w+) .*?via-port "([^"]+)"', re.MULTILINE)


def running() -> bool:
    """Return whether a USBGuard answers here."""
    if shutil.which(PROGRAM) is None:
        return False
    try:
        _run("list-devices")
    except OSError:
        return False
    return True


class UsbGuardDoor:
    """USBGuard decides first; where we decide otherwise, it is told."""

    def shut(self) -> None:
        """Do nothing: USBGuard holds the door."""

    def reopen(self) -> None:
        """Do nothing: USBGuard goes on."""

    def let_in(self, place: str) -> None:
        """Let the device at this place work."""
        _run("allow-device", self._number(place))

    def keep_out(self, place: str) -> None:
        """Stop the device at this place."""
        _run("block-device", self._number(place))

    def _number(self, place: str) -> str:
        """Return USBGuard's own number of what is plugged in here. Raise OSError if nothing is."""
        for number, _, port in _ROW.findall(_run("list-devices")):
            if port == place:
                return str(number)
        raise FileNotFoundError(f"USBGuard knows no device at {place}")


def _run(*arguments: str) -> str:
    try:
        done = subprocess.run(
            [PROGRAM, *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=LIMIT.total_seconds(),
        )
    except subprocess.TimeoutExpired as trouble:
        raise TimeoutError(str(trouble)) from trouble
    if done.returncode:
        raise OSError(done.stderr.strip() or f"usbguard {arguments[0]} failed")
    return done.stdout
