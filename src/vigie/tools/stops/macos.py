"""macOS: `last` shows a reboot without a shutdown before it. Not yet run on macOS."""

import subprocess

from vigie.tools.stops import LastStop

LIMIT = 30.0


class MacStops:
    """The records of this machine."""

    def last(self) -> LastStop:
        """Return whether a shutdown stands before the last reboot."""
        try:
            done = subprocess.run(
                ["last", "reboot", "shutdown"],
                capture_output=True,
                text=True,
                timeout=LIMIT,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired):
            return LastStop()
        return stop_in(done.stdout)


def stop_in(raw: str) -> LastStop:
    """Given what `last` says, the newest line first, return what it tells."""
    words = [line.split()[0] for line in raw.splitlines() if line.split()]
    kinds = [word for word in words if word in {"reboot", "shutdown"}]
    if len(kinds) < 2 or kinds[0] != "reboot":  # noqa: PLR2004  (this start, and what was before)
        return LastStop()
    return LastStop(clean=kinds[1] == "shutdown")
