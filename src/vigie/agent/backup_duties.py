"""The duties about backups, put together: make, check and prove them, and say how it went."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from vigie.agent.outbox import Outbox
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.domain.verdict import Verdict, report
from vigie.routines.backups import times
from vigie.routines.backups.disks import on_another_disk
from vigie.routines.backups.duty import BackupDuty, CheckDuty
from vigie.routines.backups.making import Maker, Run
from vigie.routines.backups.manifest import Inspect
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room
from vigie.routines.restore_proofs.apart import open_apart
from vigie.routines.restore_proofs.duty import ProofDuty
from vigie.routines.restore_proofs.proving import TRIAL, Proven, Prover
from vigie.tools.journal import Journal, latest_trials
from vigie.watch.quiet import Quiet
from vigie.wire.reports import report_word


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """The backups of one machine. `inspect` looks at changed documents, apart."""

    plan: BackupPlan
    room: Room
    journal: Path
    machine: str
    hours: ConsultationHours
    outbox: Outbox
    inspect: Inspect
    quiet: Quiet = field(default_factory=Quiet)

    def duties(self) -> tuple[BackupDuty, CheckDuty, ProofDuty]:
        """Return the three duties. What they make and prove is brought on by the carrier."""
        maker = Maker(plan=self.plan, room=self.room, machine=self.machine, inspect=self.inspect)
        prover = Prover(
            room=self.room,
            journal=Journal(self.journal),
            machine=self.machine,
            opener=open_apart,
        )
        return (
            BackupDuty(maker=maker, consultations=self.hours, made=_carried, say=self.tell),
            CheckDuty(maker=maker, consultations=self.hours, say=self.tell),
            ProofDuty(
                prover=prover,
                places=self.plan.places,
                consultations=self.hours,
                proven=_carried,
                say=self.tell,
            ),
        )

    def tell(self, findings: Sequence[Finding]) -> None:
        """Report these findings to the console, each once a day."""
        at = datetime.now(UTC)
        news = self.quiet.unsaid(Danger.RANSOMWARE, findings, at)
        if news:
            verdict = Verdict(danger=Danger.RANSOMWARE, at=at, machine=self.machine, findings=news)
            self.outbox.keep(report_word(report(verdict, (), report_id=uuid.uuid4().hex)))

    def missing(self, now: datetime) -> tuple[str, ...]:
        """Return what is missing from 3-2-1-1-0, as slugs."""
        with closing(Journal(self.journal)) as journal:
            proof = latest_trials(journal).get((Danger.RANSOMWARE, TRIAL))
        return times.missing(
            self.plan,
            self.room.state().places,
            proven=proof.at if proof and proof.held else None,
            other_disk=on_another_disk(self.plan),
            now=now,
        )


def _carried(_: Run | Proven) -> None:
    """Do nothing: the carrier reads what was made and proven from its own files."""
