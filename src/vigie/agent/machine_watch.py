"""The machine itself in the agent: the daily look, and what the agent knows besides."""

import sys
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from vigie.agent import password_watch
from vigie.agent.loop import Agent
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.verdict import Verdict, report
from vigie.guards.exposed_password.by_account import LOCKS_WITHIN
from vigie.routines.surveillance.duty import SurveillanceDuty
from vigie.sensors import SensorBlind
from vigie.sensors.machine import System
from vigie.sensors.machine.linux import Linux
from vigie.sensors.machine.macos import MacOS
from vigie.sensors.machine.windows import Windows
from vigie.wire.reports import report_word

MEMORY = "machine.json"  # in the agent's own folder


def system() -> System:
    """Return how this system tells about itself."""
    if sys.platform == "win32":
        return Windows()
    if sys.platform == "darwin":
        return MacOS()
    return Linux()


def screens_lock() -> bool | None:
    """Return whether every screen that is known of locks soon; None where none is."""
    try:
        accounts = password_watch.system().accounts(datetime.now(UTC), ())
    except SensorBlind:
        return None
    times = [a.locks_after for a in accounts if a.locks_after is not None]
    return all(0 < minutes <= LOCKS_WITHIN for minutes in times) if times else None


def machine_watch(agent: Agent) -> SurveillanceDuty:
    """Return the duty that looks at this machine once a day."""

    def say(danger: Danger, findings: Sequence[Finding]) -> None:
        at = datetime.now(UTC)
        verdict = Verdict(danger=danger, at=at, machine=agent.machine, findings=tuple(findings))
        agent.outbox.keep(report_word(report(verdict, (), report_id=uuid.uuid4().hex)))

    def clock_seconds() -> int | None:
        """Return how far this clock is from the console's; unknown without a console."""
        heard = agent.enrolment.membership() is not None
        return round(agent.console.skew.total_seconds()) if heard else None

    return SurveillanceDuty(
        system=system(),
        memory=agent.folder / MEMORY,
        machine=agent.machine,
        folders=agent.settings.watch.folders,
        consultations=agent.settings.practice.hours,
        say=say,
        locks=screens_lock,
        clock_seconds=clock_seconds,
    )
