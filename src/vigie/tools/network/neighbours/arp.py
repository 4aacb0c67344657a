"""Windows and macOS: `arp -a`. Not yet run on either."""

import re
import subprocess
from collections.abc import Mapping

# `? (192.168.1.1) at a:b:c:d:e:f on en0`, `  192.168.1.1   aa-bb-cc-dd-ee-ff   dynamic`
_ROW = re.compile(
    r"(\d+\.\d+\.\d+\.\d+)\)?\s+(?:at\s+)?((?:[0-9a-f]{1,2}[:-]){5}[0-9a-f]{1,2})", re.IGNORECASE
)
_SECONDS = 10
_NOBODY = {"00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"}


class Arp:
    """The table as the system's own program shows it."""

    def seen(self) -> Mapping[str, str]:
        """Return address → hardware address of those that answered."""
        shown = subprocess.run(
            ["arp", "-a"], capture_output=True, text=True, timeout=_SECONDS, check=False
        )
        return rows(shown.stdout)

    def close(self) -> None:
        """Nothing is open."""


def rows(text: str) -> Mapping[str, str]:
    """Given what `arp -a` printed, return address → hardware address."""
    found = {}
    for address, mac in _ROW.findall(text):
        whole = ":".join(part.zfill(2) for part in re.split("[:-]", mac.lower()))
        if whole not in _NOBODY:
            found[address] = whole
    return found
