"""Power: stop, sleep and wake this machine, as its system does it; one module per system."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol


class PowerFailed(Exception):
    """The system did not do it. `reason` is a slug of the shared vocabulary."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(said or reason)
        self.reason = reason


class MachinePower(Protocol):
    """One system's way. Every method may raise PowerFailed."""

    def stop_databases(self) -> Sequence[str]:
        """Stop the database servers cleanly; return the names of those that ended."""

    def shut_down(self, *, polite: bool) -> None:
        """Shut down; a polite one is refused while something inhibits it."""

    def sleep(self) -> None:
        """Suspend to memory, politely."""

    def wake_at(self, moment: datetime) -> bool:
        """Have the machine wake then; return False where it has no clock that can."""

    def inhibitors(self) -> Sequence[str]:
        """Return who asks that the machine go on (a presentation, packages being installed)."""

    def idle(self) -> timedelta | None:
        """Return for how long nobody has touched this machine; None where nothing tells."""

    def somebodys_desk(self) -> bool:
        """Return whether this is a computer at which people sit, and no server."""
