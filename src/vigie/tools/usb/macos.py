"""MacOS: disks by DiskArbitration's own program, `diskutil`. Not yet run.

macOS has no switch that keeps a USB device from working: what can be refused is the mounting of a
disk (`diskutil unmountDisk`, which is DiskArbitration's DADiskUnmount), so keyboards are told of
and never refused. `system_profiler -json SPUSBDataType` says what is plugged in.
"""

import json
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from vigie.tools.usb import Seen

LIMIT = timedelta(seconds=20)
_STORAGE = (8, 6, 0x50)


class MacBus:
    """What is plugged in, as the system profiler says."""

    def devices(self) -> Sequence[Seen]:
        """Return every device, in the order of its location, which stands for its place."""
        said = json.loads(_said("system_profiler", "-json", "SPUSBDataType"))
        found = (seen for bus in said.get("SPUSBDataType", ()) for seen in _below(bus))
        return sorted(found, key=lambda seen: seen.place)

    def wait(self, seconds: float) -> bool:
        """Wait, and ask for another look."""
        time.sleep(seconds)
        return True

    def built_in_keyboards(self) -> int:
        """Return 0: a portable's own keyboard is not told from others here."""
        return 0


class MacDoor:
    """What may be mounted. The place of a disk is its location on the bus."""

    def __init__(self) -> None:
        self._bus = MacBus()

    def shut(self) -> None:
        """Do nothing: each disk is unmounted when it is refused."""

    def reopen(self) -> None:
        """Do nothing."""

    def let_in(self, place: str) -> None:
        """Do nothing: a key is read from its raw disk."""

    def keep_out(self, place: str) -> None:
        """Unmount every disk of the device at this place."""
        for seen in self._bus.devices():
            if seen.place == place:
                for disk in seen.disks:
                    _said("diskutil", "unmountDisk", "force", disk)


def _below(item: dict[str, Any]) -> Iterator[Seen]:
    for inner in item.get("_items", ()):
        yield from _below(inner)
    if "vendor_id" in item and "product_id" in item:
        media = [disk for disk in item.get("Media", ()) if "bsd_name" in disk]
        yield Seen(
            place=str(item.get("location_id", "")).split(" ")[0],
            number=0,
            vendor=_number(item["vendor_id"]),
            product=_number(item["product_id"]),
            untrusted_serial=str(item.get("serial_num", "")),
            untrusted_title=str(item.get("_name", "")),
            interfaces=frozenset({_STORAGE} if media else ()),
            disks=tuple(f"/dev/r{disk['bsd_name']}" for disk in media),
        )


def _number(said: object) -> int:
    """Return the number in a text such as `0x0951  (Kingston)`; 0 where there is none."""
    word = str(said).split(" ")[0]
    try:
        return int(word, 16)
    except ValueError:
        return 0


def _said(*command: str) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LIMIT.total_seconds()
        )
    except subprocess.TimeoutExpired as trouble:
        raise TimeoutError(command[0]) from trouble
    if done.returncode:
        raise OSError(done.stderr.strip() or f"{command[0]} failed")
    return done.stdout
