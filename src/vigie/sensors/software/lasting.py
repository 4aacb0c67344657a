"""Does an application last? Looked at after an update that was kept, until its way back closes."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from vigie.domain.danger import Danger
from vigie.domain.evidence.updates import ApplicationEndedLate
from vigie.sensors import Sink

LOOK_EVERY = 20.0  # seconds
SILENT_FOR = 60.0  # seconds without an answer before we start it: people restart it themselves


class Lasting(Protocol):
    """One application whose update can still be taken back."""

    @property
    def unit(self) -> str:
        """Return the application's name."""

    @property
    def run(self) -> str:
        """Return the run of its update."""

    @property
    def update(self) -> int:
        """Return the update's number."""

    def answers(self) -> bool:
        """Return whether it answers."""

    def start(self) -> bool:
        """Start it; return whether it answers then."""


class LastingSensor:
    """Looks at each application; one that stays silent is started, and told of if that fails."""

    name = "software"
    blinds = (Danger.FAILED_UPDATE,)

    def __init__(
        self,
        applications: Callable[[], Sequence[Lasting]],
        *,
        machine: str,
        every: float = LOOK_EVERY,
        silent_for: float = SILENT_FOR,
    ) -> None:
        self._applications = applications
        self._machine = machine
        self._every = every
        self._silent_for = silent_for
        self._silent: dict[str, float] = {}
        self._told: set[str] = set()

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Look until told to stop."""
        while not stop.wait(self._every):
            for application in self._applications():
                self._look(application, sink)

    def _look(self, application: Lasting, sink: Sink) -> None:
        run = application.run
        if run in self._told:
            return
        if application.answers():
            self._silent.pop(run, None)
            return
        since = self._silent.setdefault(run, time.monotonic())
        silent = time.monotonic() - since
        if silent < self._silent_for:
            return
        if application.start():
            self._silent.pop(run, None)
            return
        self._told.add(run)
        sink(
            ApplicationEndedLate(
                at=datetime.now(UTC),
                machine=self._machine,
                unit=application.unit,
                run=run,
                update=application.update,
                minutes=max(1, round(silent / 60)),
            )
        )
