"""The door of Linux itself: `authorized_default` of each bus, `authorized` of each device.

If we are killed, a small process of its own opens the door again: a keyboard that is plugged in
while nobody watches must work.
"""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path

DEVICES = Path("/sys/bus/usb/devices")
_DEFAULT, _ONE = "authorized_default", "authorized"
_CLOSED = "0"
_FACTORY = "1"  # what the kernel starts with on wired buses

_KEEPER = """
import os, sys
while os.read(0, 4096):
    pass
for pair in sys.argv[1:]:
    path, _, value = pair.rpartition("=")
    try:
        with open(path, "w") as file:
            file.write(value)
    except OSError:
        pass
"""


class SysfsDoor:
    """The door over the devices in `folder`, which is sysfs' own list of them."""

    def __init__(self, folder: Path = DEVICES) -> None:
        self._folder = folder
        self._former: dict[Path, str] = {}
        self._keeper: subprocess.Popen[bytes] | None = None

    def shut(self) -> None:
        """Close every bus. Raise OSError where that is refused, with every bus as it was."""
        new = {bus: bus.read_text().strip() for bus in self._buses() if bus not in self._former}
        if not new:
            return
        # What an earlier life of ours left closed was open before.
        self._former |= {bus: _FACTORY if was == _CLOSED else was for bus, was in new.items()}
        self._watch_over()
        try:
            for bus in new:
                bus.write_text(_CLOSED)
        except OSError:
            self.reopen()
            raise

    def reopen(self) -> None:
        """Open every bus again."""
        for bus, former in self._former.items():
            with suppress(OSError):  # it is gone
                bus.write_text(former)
        self._former.clear()
        self._let_go()

    def let_in(self, place: str) -> None:
        """Let the device at this place work."""
        self._write(place, "1")

    def keep_out(self, place: str) -> None:
        """Stop the device at this place."""
        self._write(place, "0")

    def _write(self, place: str, value: str) -> None:
        file = self._folder / place / _ONE
        if file.read_text().strip() != value:  # written again, it would be set up again
            file.write_text(value)

    def _buses(self) -> list[Path]:
        return sorted(self._folder.glob(f"usb*/{_DEFAULT}"))

    def _watch_over(self) -> None:
        before, pairs = self._keeper, [f"{bus}={was}" for bus, was in self._former.items()]
        self._keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _KEEPER, *pairs],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, not for it
        )
        _end(before)

    def _let_go(self) -> None:
        keeper, self._keeper = self._keeper, None
        _end(keeper)


def _end(keeper: subprocess.Popen[bytes] | None) -> None:
    """End a keeper without its last deed."""
    if keeper:
        keeper.kill()
        keeper.wait()
        if keeper.stdin:
            keeper.stdin.close()
