"""Windows: the System log. 41 and 6008 tell an unclean stop, 6006 a clean one. Not yet run there.

Event 41 (Kernel-Power): "The system has rebooted without cleanly shutting down first." 6008
(EventLog): "The previous system shutdown was unexpected." 6006: "The Event log service was
stopped."
"""

import re
import subprocess
from datetime import UTC, datetime

from vigie.tools.stops import LastStop

LIMIT = 60.0
_QUERY = "*[System[(EventID=41 or EventID=6008 or EventID=6006 or EventID=1074)]]"
_EVENT = re.compile(r"<EventID[^>]*>(\d+)</EventID>.*?SystemTime=['\"]([^'\"]+)['\"]", re.DOTALL)
_UNCLEAN = frozenset({"41", "6008"})


class WindowsStops:
    """The records of this machine."""

    def last(self) -> LastStop:
        """Return what the newest of those events tells."""
        argv = ["wevtutil", "qe", "System", f"/q:{_QUERY}", "/c:1", "/rd:true", "/f:xml"]
        try:
            done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return LastStop()
        return stop_in(done.stdout)


def stop_in(raw: str) -> LastStop:
    """Given the newest of those events as XML, return what it tells."""
    found = _EVENT.search(raw)
    if not found:
        return LastStop()
    number, when = found.groups()
    at = datetime.fromisoformat(when[:26].rstrip("Z")).replace(tzinfo=UTC)
    return LastStop(clean=number not in _UNCLEAN, at=at)
