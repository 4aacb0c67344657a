"""A USB bus in a folder: the files that sysfs has, and devices that are plugged in by hand.

The door of the agent writes to these files as it does to the kernel's; the machine's own bus is not
looked at.
"""

import shutil
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from vigie.tools.usb import Seen

Interface = tuple[int, int, int]
KEYBOARD, MOUSE, STORAGE = (3, 1, 1), (3, 1, 2), (8, 6, 0x50)
_VENDOR = 0xF055  # free for anybody who makes something up


def descriptors(interfaces: Iterable[Interface]) -> bytes:
    """Return what a device's firmware says of itself: device, configuration, interfaces."""
    rows = [bytes([9, 4, n, 0, 1, *each, 0]) for n, each in enumerate(interfaces)]
    device = bytes([18, 1, 0, 2, 0, 0, 0, 64]) + bytes(9) + bytes([1])
    total = (9 + 9 * len(rows)).to_bytes(2, "little")
    return device + bytes([9, 2]) + total + bytes([len(rows), 1, 0, 0x80, 50]) + b"".join(rows)


@dataclass(slots=True)
class MadeUpBus:
    """One bus with its devices, in `folder`."""

    folder: Path
    _count: int = 0
    _changed: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Make the bus; it is open, as the kernel starts it."""
        (self.folder / "usb1").mkdir(parents=True)
        (self.folder / "usb1" / "authorized_default").write_text("1\n")

    def plug(
        self, place: str, interfaces: Iterable[Interface], model: int, serial: str = ""
    ) -> None:
        """Plug a device in; it works at once if the door is open."""
        device, self._count = self.folder / f".{place}", self._count + 1
        device.mkdir()
        door = (self.folder / "usb1" / "authorized_default").read_text()
        for name, text in (("authorized", door), ("number", str(self._count)),
                           ("model", str(model)), ("serial", serial)):  # fmt: skip
            (device / name).write_text(text)
        (device / "descriptors").write_bytes(descriptors(interfaces))
        device.rename(self.folder / place)  # whole, or not there: another thread looks at it
        self._changed.set()

    def pull(self, place: str) -> None:
        """Take a device out."""
        shutil.rmtree((self.folder / place).rename(self.folder / f".{place}"))
        self._changed.set()

    def works(self, place: str) -> bool:
        """Return whether the device at this place may work."""
        return (self.folder / place / "authorized").read_text().strip() == "1"

    def devices(self) -> Sequence[Seen]:
        """Return what is plugged in."""
        seen = []
        for path in sorted(self.folder.glob("[!.]*")):
            if path.name != "usb1":
                with suppress(FileNotFoundError):  # taken out meanwhile
                    seen.append(self._seen(path))
        return seen

    def wait(self, seconds: float) -> bool:
        """Return once something changed, or False after that time."""
        if not self._changed.wait(seconds):
            return False  # not cleared: what changes just now is for the next wait
        self._changed.clear()
        return True

    def built_in_keyboards(self) -> int:
        """Return none: this machine stands on a desk."""
        return 0

    def _seen(self, path: Path) -> Seen:
        return Seen(
            place=path.name,
            number=int((path / "number").read_text()),
            vendor=_VENDOR,
            product=int((path / "model").read_text()),
            untrusted_serial=(path / "serial").read_text(),
            untrusted_title=f"rehearsal {path.name}",
            untrusted_descriptors=(path / "descriptors").read_bytes(),
            open=self.works(path.name),
        )
