"""Which start of the machine this is: what was only in memory is gone with the one before."""

from pathlib import Path

import psutil

_LINUX = Path("/proc/sys/kernel/random/boot_id")


def this_start() -> bytes:
    """Return sixteen bytes that stay the same until the machine starts again."""
    try:
        return bytes.fromhex(_LINUX.read_text("ascii").replace("-", "").strip())[:16]
    except OSError:  # another system: the second at which it started
        return str(int(psutil.boot_time())).encode()[:16].rjust(16, b"0")
