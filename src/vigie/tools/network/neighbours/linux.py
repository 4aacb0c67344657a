"""Linux: /proc/net/arp, opened once so that it can be read from a process with an empty root."""

import os
from collections.abc import Mapping

_COMPLETE = 0x2  # ATF_COM
_MOST_BYTES = 1 << 20


class Linux:
    """The kernel's table of neighbours, of the network namespace it was opened in."""

    def __init__(self) -> None:
        self._file = os.open("/proc/net/arp", os.O_RDONLY | os.O_CLOEXEC)

    def seen(self) -> Mapping[str, str]:
        """Return address → hardware address of those that answered."""
        os.lseek(self._file, 0, os.SEEK_SET)
        content = b""
        while len(content) < _MOST_BYTES and (piece := os.read(self._file, 65_536)):
            content += piece
        found = {}
        for row in content.decode("ascii", "replace").splitlines()[1:]:
            address, _, flags, mac, *_ = row.split()
            if int(flags, 16) & _COMPLETE and mac != "00:00:00:00:00:00":
                found[address] = mac
        return found

    def close(self) -> None:
        """Close the table."""
        os.close(self._file)
