"""macOS: a launch daemon. Not yet run: written against launchd.plist(5) and launchctl(1)."""

import plistlib
from pathlib import Path

from vigie.tools.service import Charge, ask, put_back, write_with_undo

LABEL = "org.vigie.agent"
DAEMONS = Path("/Library/LaunchDaemons")


class Launchd:
    """The service of macOS, described in `daemons`."""

    def __init__(self, daemons: Path = DAEMONS) -> None:
        self.file = daemons / f"{LABEL}.plist"

    def text(self, charge: Charge) -> str:
        """Return the property list. launchd has no limit on memory: the agent keeps to its own."""
        return plistlib.dumps(
            {
                "Label": LABEL,
                "ProgramArguments": list(charge.command),
                "EnvironmentVariables": {"VIGIE_HOME": str(charge.home)},
                "RunAtLoad": True,
                "KeepAlive": True,
                "ThrottleInterval": 5,
                "Umask": 0o077,
                "ExitTimeOut": 30,
                "StandardErrorPath": str(charge.home / "agent" / "agent.log"),
            }
        ).decode()

    def install(self, charge: Charge) -> None:
        """Write the property list and load it."""
        write_with_undo(self.file, self.text(charge).encode(), _former(charge))
        ask(["launchctl", "bootstrap", "system", str(self.file)])

    def remove(self, charge: Charge) -> None:
        """Unload the daemon, and put back what was there before."""
        if self.file.exists():
            ask(["launchctl", "bootout", f"system/{LABEL}"])
        put_back(self.file, _former(charge))


def _former(charge: Charge) -> Path:
    return charge.home / "agent" / "service.before"
