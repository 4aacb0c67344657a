"""A real USBGuard over devices of umockdev's: `umockdev-wrapper python usbguard_play.py FOLDER`."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

from usb_room import KEYBOARD, STORAGE, descriptors

from vigie.tools.usb import usbguard

_BUS = "/devices/pci0/usb1"
_CONF = """RuleFile={folder}/rules.conf
ImplicitPolicyTarget=block
PresentDevicePolicy=apply-policy
PresentControllerPolicy=keep
InsertedDevicePolicy=apply-policy
RestoreControllerDeviceState=false
DeviceManagerBackend=umockdev
IPCAllowedUsers=root
DeviceRulesWithPort=false
AuditBackend=FileAudit
AuditFilePath={folder}/audit.log
"""


def _text(path: str, number: int, raw: bytes, **attributes: str) -> str:
    named = {"authorized": "0", "devnum": str(number), "busnum": "1", **attributes}
    rows = [f"P: {path}", "E: SUBSYSTEM=usb", "E: DEVTYPE=usb_device"]
    rows += [f"A: {name}={value}\\n" for name, value in named.items()]
    return "\n".join([*rows, f"H: descriptors={raw.hex()}"]) + "\n\n"


def main(folder: Path) -> None:
    """Start the daemon, let the keyboard in and out through our door, and say what it did."""
    (folder / "devices").mkdir()
    (folder / "devices" / "bus.umockdev").write_text(
        "P: /devices/pci0\nE: SUBSYSTEM=pci\n\n"
        + _text(_BUS, 1, descriptors((9, 0, 0)), idVendor="1d6b", idProduct="0002",
                authorized="1", authorized_default="1", product="hub")
        + _text(f"{_BUS}/1-1", 2, descriptors(KEYBOARD), idVendor="1234", idProduct="0001",
                product="keyboard")
        + _text(f"{_BUS}/1-2", 3, descriptors(STORAGE), idVendor="1234", idProduct="0009",
                product="key", serial="A")
    )  # fmt: skip
    for name, text in (("conf", _CONF.format(folder=folder)), ("rules.conf", "")):
        (folder / name).write_text(text)
        (folder / name).chmod(0o600)
    before = usbguard.running()
    daemon = subprocess.Popen(
        ["usbguard-daemon", "-P", "-K", "-c", folder / "conf"],
        env={**os.environ, "USBGUARD_UMOCKDEV_DEVICEDIR": str(folder / "devices")},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        said = [_states()] if _until_running() else []
        door = usbguard.UsbGuardDoor()
        door.shut()
        door.let_in("1-1")
        said.append(_states())
        door.keep_out("1-1")
        said.append(_states())
        try:
            door.let_in("7-7")
        except FileNotFoundError:
            said.append({"7-7": "unknown"})
        door.reopen()
    finally:
        daemon.kill()
        daemon.wait()
    json.dump({"before": before, "said": said}, sys.stdout)


def _until_running() -> bool:
    limit = time.monotonic() + 20
    while time.monotonic() < limit:
        if usbguard.running() and _states():
            return True
        time.sleep(0.1)
    return False


def _states() -> dict[str, str]:
    rows = subprocess.run(["usbguard", "list-devices"], capture_output=True, text=True, check=True)
    found = re.findall(r'^\d+: (\w+) .*via-port "(1-\d)"', rows.stdout, re.MULTILINE)
    return {port: state for state, port in found}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
