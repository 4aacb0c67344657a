"""The bus as Linux shows it: udev says that something changed, sysfs says what is there now.

Each look is a whole one: an event that is lost, or comes twice, changes nothing.
"""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pyudev

from vigie.tools.usb import Seen

_SUBSYSTEMS = ("usb", "hid", "input", "block")
_LONGEST = 200  # characters of what a device calls itself
_MOST_DESCRIPTORS, _MOST_REPORT = 65_536, 4_096  # bytes
_MOST_REPORTS = 32
_PLACE = re.compile(r"\d+-\d+(\.\d+)*")
_PORTABLE = frozenset({"8", "9", "10", "11", "14", "30", "31", "32"})  # SMBIOS chassis types
_CHASSIS = Path("/sys/class/dmi/id/chassis_type")
_MOUNTS, _SWAPS = Path("/proc/self/mountinfo"), Path("/proc/swaps")


class LinuxBus:
    """The devices of this machine. Raise OSError where there is no udev."""

    def __init__(self) -> None:
        self._context = pyudev.Context()
        self._monitor = pyudev.Monitor.from_netlink(self._context)
        for subsystem in _SUBSYSTEMS:
            self._monitor.filter_by(subsystem)
        self._monitor.start()

    def devices(self) -> Sequence[Seen]:
        """Return every device but the machine's own hubs, in the order of their places."""
        found = []
        for device in self._context.list_devices(subsystem="usb", DEVTYPE="usb_device"):
            with suppress(pyudev.DeviceNotFoundError, OSError, ValueError):  # gone meanwhile
                if _PLACE.fullmatch(device.sys_name):
                    found.append(self._seen(device))
        return sorted(found, key=lambda seen: seen.place)

    def wait(self, seconds: float) -> bool:
        """Return once something changed, or False after that time."""
        if self._monitor.poll(seconds) is None:
            return False
        while self._monitor.poll(0) is not None:
            pass  # one look answers all of them
        return True

    def built_in_keyboards(self) -> int:
        """Return 1 for a portable, whose own keyboard hangs on no bus that anybody plugs into."""
        with suppress(OSError):
            return int(_CHASSIS.read_text().strip() in _PORTABLE)
        return 0

    def _seen(self, device: pyudev.Device) -> Seen:
        path = Path(device.sys_path)
        disks = self._disks(device)
        names = " ".join(filter(None, (_text(path, "manufacturer"), _text(path, "product"))))
        return Seen(
            place=device.sys_name,
            number=int(_text(path, "devnum") or device.properties.get("DEVNUM", "0")),
            vendor=int(_text(path, "idVendor"), 16),
            product=int(_text(path, "idProduct"), 16),
            untrusted_serial=_text(path, "serial"),
            untrusted_title=names[:_LONGEST],
            untrusted_descriptors=_bytes(path / "descriptors", _MOST_DESCRIPTORS),
            untrusted_reports=tuple(_reports(path)),
            interfaces=frozenset(_interfaces(path)),
            typing=self._typing(device),
            open=_text(path, "authorized") != "0",
            disks=tuple(disk.device_node for disk in disks if disk.device_node),
            in_use=any(_in_use(disk) for disk in disks),
        )

    def _disks(self, device: pyudev.Device) -> list[pyudev.Device]:
        below = self._context.list_devices(subsystem="block", parent=device)
        return [disk for disk in below if disk.device_type == "disk"]

    def _typing(self, device: pyudev.Device) -> bool:
        below = self._context.list_devices(subsystem="input", parent=device)
        return any(each.properties.get("ID_INPUT_KEYBOARD") == "1" for each in below)


def _text(path: Path, name: str) -> str:
    return _bytes(path / name, _LONGEST * 4).decode("utf-8", "replace").strip()[:_LONGEST]


def _bytes(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return b""


def _interfaces(path: Path) -> Iterator[tuple[int, int, int]]:
    """Yield class, subclass and protocol of each interface the system has set up."""
    for interface in path.glob(f"{path.name}:*"):
        numbers = [_text(interface, f"bInterface{of}") for of in ("Class", "SubClass", "Protocol")]
        with suppress(ValueError):
            kind, subclass, protocol = (int(number, 16) for number in numbers)
            yield kind, subclass, protocol


def _reports(path: Path) -> Iterator[bytes]:
    files = path.glob(f"{path.name}:*/*/report_descriptor")
    for _, file in zip(range(_MOST_REPORTS), files, strict=False):
        yield _bytes(file, _MOST_REPORT)


def _in_use(disk: pyudev.Device) -> bool:
    """Return whether the disk or a part of it is mounted, swapped to, or holds another device."""
    path = Path(disk.sys_path)
    parts = [path, *(entry.parent for entry in path.glob("*/partition"))]
    numbers = {_text(part, "dev") for part in parts} - {""}
    mounted = {row.split()[2] for row in _MOUNTS.read_text().splitlines()}
    swapped = {row.split()[0] for row in _SWAPS.read_text().splitlines()[1:]}
    held = any(entry for part in parts for entry in part.glob("holders/*"))
    return held or bool(numbers & mounted) or any(f"/dev/{part.name}" in swapped for part in parts)
