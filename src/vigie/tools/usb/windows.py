"""Windows: the installation policy of devices, by its documented registry keys. Not yet run.

`DenyDeviceClasses` with *layered evaluation* refuses the setup classes of disks, portable devices
and keyboards; `AllowInstanceIDs` names single devices and stands above it (Microsoft Learn,
"Manage device installation with Group Policy"). What was installed earlier goes on working, so the
keyboards present need no rule. What is plugged in comes from WMI (`Win32_PnPEntity`).
"""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from vigie.tools.usb import Seen

LIMIT = timedelta(seconds=20)
_KEY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\DeviceInstall\Restrictions"
_CLASSES = {
    "{4d36e967-e325-11ce-bfc1-08002be10318}": (8, 6, 0x50),  # disks
    "{eec5ad98-8080-425f-922a-dabf3de3f69a}": (6, 1, 1),  # portable devices: telephones, cameras
    "{4d36e96b-e325-11ce-bfc1-08002be10318}": (3, 1, 1),  # keyboards
}
_MOUSE = "{4d36e96f-e325-11ce-bfc1-08002be10318}"
_INSTANCE = re.compile(r"USB\\VID_([0-9A-F]{4})&PID_([0-9A-F]{4})(?:&[^\\]*)?\\(.+)", re.IGNORECASE)
_ASKED = (
    "Get-CimInstance Win32_PnPEntity | Where-Object { $_.PNPDeviceID -like 'USB\\VID_*' } | "
    "Select-Object PNPDeviceID, Name, ClassGuid, ConfigManagerErrorCode | ConvertTo-Json"
)
_REFUSED = 48  # CM_PROB_DRIVER_BLOCKED; 22 is a disabled device
_STOPPED = frozenset({22, _REFUSED})


class WindowsBus:
    """What is plugged in, by WMI. Between two looks, time passes: there is no event here yet."""

    def devices(self) -> Sequence[Seen]:
        """Return every device, in the order of its instance id, which stands for its place."""
        rows = json.loads(_said("powershell", "-NoProfile", "-Command", _ASKED) or "[]")
        return sorted(
            _seen(rows if isinstance(rows, list) else [rows]), key=lambda seen: seen.place
        )

    def wait(self, seconds: float) -> bool:
        """Wait, and ask for another look."""
        time.sleep(seconds)
        return True

    def built_in_keyboards(self) -> int:
        """Return 0: a portable's own keyboard is not told from others here."""
        return 0


class WindowsDoor:
    """What may be installed, by policy; what is installed is enabled and disabled by pnputil."""

    def shut(self) -> None:
        """Refuse the setup classes of what holds files or types, but for named devices."""
        _set(_KEY, "AllowDenyLayered", "1")
        _set(_KEY, "DenyDeviceClasses", "1")
        for number, guid in enumerate(_CLASSES, 1):
            _set(rf"{_KEY}\DenyDeviceClasses", str(number), guid, "REG_SZ")

    def reopen(self) -> None:
        """Refuse no class any more."""
        _set(_KEY, "DenyDeviceClasses", "0")

    def let_in(self, place: str) -> None:
        """Name a device among those that may be installed, and set it up."""
        _set(_KEY, "AllowInstanceIDs", "1")
        _set(rf"{_KEY}\AllowInstanceIDs", place, place, "REG_SZ")
        _said("pnputil", "/enable-device", place)
        _said("pnputil", "/scan-devices")

    def keep_out(self, place: str) -> None:
        """Disable a device."""
        _said("pnputil", "/disable-device", place)


def _seen(rows: Sequence[dict[str, object]]) -> Iterator[Seen]:
    for row in rows:
        instance = str(row.get("PNPDeviceID", ""))
        if found := _INSTANCE.fullmatch(instance):
            guid = str(row.get("ClassGuid", "")).lower()
            interface = (3, 1, 2) if guid == _MOUSE else _CLASSES.get(guid)
            yield Seen(
                place=instance,
                number=0,
                vendor=int(found[1], 16),
                product=int(found[2], 16),
                untrusted_serial="" if "&" in found[3] else found[3],  # made up by Windows
                untrusted_title=str(row.get("Name") or ""),
                interfaces=frozenset({interface} if interface else ()),
                open=row.get("ConfigManagerErrorCode") not in _STOPPED,
            )


def _set(key: str, name: str, value: str, kind: str = "REG_DWORD") -> None:
    _said("reg", "add", key, "/v", name, "/t", kind, "/d", value, "/f")


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
