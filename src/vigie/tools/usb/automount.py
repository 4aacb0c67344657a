"""Keeping the desktop from mounting keys: udev tells udisks to leave them alone, and us nothing.

An encrypted key is left to the desktop: it opens with its password, and may be written to.
"""

import fcntl
import os
import shutil
import struct
import subprocess
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

RULES = Path("/run/udev/rules.d")  # gone with the next start of the machine
_FILE = "61-vigie-keys.rules"
_RULE = (
    'SUBSYSTEM=="block", ENV{ID_BUS}=="usb", ENV{ID_FS_USAGE}!="crypto", ENV{UDISKS_IGNORE}="1"\n'
)
_LIMIT = timedelta(seconds=5)
_SET_READ_ONLY = 0x125D  # BLKROSET, linux/fs.h


def forbid(rules: Path = RULES) -> bool:
    """Tell udisks to leave keys alone; return whether there is a udev to tell it."""
    if not rules.parent.is_dir():
        return False
    rules.mkdir(exist_ok=True)
    (rules / _FILE).write_text(_RULE)
    _reload()
    return True


def permit(rules: Path = RULES) -> None:
    """Let udisks do as it did before."""
    if (rules / _FILE).exists():
        (rules / _FILE).unlink()
        _reload()


def read_only(device: Path) -> bool:
    """Let nobody write to a block device; return whether the system agreed."""
    with suppress(OSError):
        descriptor = os.open(device, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _SET_READ_ONLY, struct.pack("i", 1))
        finally:
            os.close(descriptor)
        return True
    return False


def _reload() -> None:
    if shutil.which("udevadm"):
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(
                ["udevadm", "control", "--reload"],
                capture_output=True,
                check=False,
                timeout=_LIMIT.total_seconds(),
            )
