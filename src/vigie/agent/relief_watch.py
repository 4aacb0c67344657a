"""The relief sheet and the count of interruptions in the agent: two small duties."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.duties import Routine
from vigie.agent.loop import Agent
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.verdict import Verdict, report
from vigie.routines.interruptions.duty import InterruptionsDuty
from vigie.routines.relief_sheets.duty import ReliefDuty
from vigie.routines.relief_sheets.keeping import PURPOSE
from vigie.tools.notices import Notices
from vigie.tools.seal import Seal
from vigie.wire.reports import report_word

FOLDER = "relief"  # in Vigie's home
_MARK = "interruptions.day"  # in the agent's own folder


def relief_watch(agent: Agent, home: Path) -> list[Routine]:
    """Return the duties: the count always, the sheet where the settings name an export."""

    def tell(identity: str, danger: Danger, *findings: Finding) -> None:
        at = datetime.now(UTC)
        verdict = Verdict(danger=danger, at=at, machine=agent.machine, findings=findings)
        agent.outbox.keep(report_word(report(verdict, (), report_id=identity)))

    def say(danger: Danger, findings: Sequence[Finding]) -> None:
        tell(uuid.uuid4().hex, danger, *findings)

    def count(since: datetime, until: datetime) -> int:
        with closing(Notices(agent.folder / "notices.db")) as notices:
            return notices.interruptions(since, until)

    hours = agent.settings.practice.hours
    duties: list[Routine] = [
        InterruptionsDuty(
            count=count,
            say=tell,
            mark=agent.folder / _MARK,
            machine=agent.machine,
            consultations=hours,
        )
    ]
    if exports := agent.settings.relief.exports:
        duties.append(
            ReliefDuty(
                exports=exports,
                folder=home / FOLDER,
                seal=Seal(agent.enrolment.key, PURPOSE),
                consultations=hours,
                say=say,
            )
        )
    return duties
