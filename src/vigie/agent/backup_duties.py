"""The duties about backups: make them, check them, prove them, and say how it went."""

import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.agent.outbox import Outbox
from vigie.domain.danger import Danger
from vigie.domain.evidence.backups import BackupFailed
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.domain.verdict import Verdict, report
from vigie.routines.backups import times
from vigie.routines.backups.checking import check
from vigie.routines.backups.disks import on_another_disk
from vigie.routines.backups.making import Maker
from vigie.routines.backups.manifest import Inspect
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import Room
from vigie.routines.restore_proofs.apart import open_apart
from vigie.routines.restore_proofs.proving import MONTHLY, TRIAL, WEEKLY, NothingToProve, Prover
from vigie.tools.journal import Journal, latest_trials
from vigie.watch.calendar import next_quiet
from vigie.watch.quiet import Quiet
from vigie.wire.reports import report_word

DAILY = timedelta(days=1)
PROOF_EVERY = timedelta(days=7)
LARGE_PROOFS = 4  # one proof in four is the large one, with every database

_BLINDS = (Danger.RANSOMWARE,)


class BackupWanting(Exception):
    """A backup, a check or a proof could not be done; the findings have been reported."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """What the three duties share. `inspect` looks at changed documents, apart."""

    plan: BackupPlan
    room: Room
    journal: Path
    machine: str
    hours: ConsultationHours
    outbox: Outbox
    inspect: Inspect | None
    quiet: Quiet

    def tell(self, findings: Sequence[Finding]) -> None:
        """Report these findings to the console, each once a day."""
        at = datetime.now(UTC)
        news = self.quiet.unsaid(Danger.RANSOMWARE, findings, at)
        if news:
            verdict = Verdict(danger=Danger.RANSOMWARE, at=at, machine=self.machine, findings=news)
            self.outbox.keep(report_word(report(verdict, (), report_id=uuid.uuid4().hex)))

    def last_made(self) -> datetime | None:
        """Return when the last backup to any place was made."""
        states = (self.room.place(place).made for place in self.plan.places)
        return max((made for made in states if made), default=None)

    def last_proof(self) -> datetime | None:
        """Return when a restore was last proven, and held."""
        with closing(Journal(self.journal)) as journal:
            proof = latest_trials(journal).get((Danger.RANSOMWARE, TRIAL))
        return proof.at if proof and proof.held else None

    def missing(self, now: datetime) -> tuple[str, ...]:
        """Return what is missing from 3-2-1-1-0, as slugs."""
        return times.missing(
            self.plan,
            self.room.state().places,
            proven=self.last_proof(),
            other_disk=on_another_disk(self.plan),
            now=now,
        )


@dataclass(frozen=True, slots=True)
class MakeBackup:
    """Back up to every place, at the plan's hours; what was missed is caught up."""

    keeping: Keeping
    name: str = "backup"
    blinds: tuple[Danger, ...] = _BLINDS

    def due_after(self, moment: datetime) -> datetime:
        """Return when the next backup begins."""
        keeping = self.keeping
        return times.due(keeping.plan.hours, keeping.hours, keeping.last_made(), moment)

    def run(self) -> None:
        """Make it. Raise BackupWanting if no place took it."""
        keeping = self.keeping
        run = Maker(
            plan=keeping.plan,
            room=keeping.room,
            machine=keeping.machine,
            inspect=keeping.inspect,
        ).run()
        keeping.tell([*run.findings, *(f for made in run.made for f in made.findings)])
        if all(isinstance(made.event, BackupFailed) for made in run.made):
            raise BackupWanting("no place took the backup")


@dataclass(frozen=True, slots=True)
class CheckBackup:
    """Check each repository, and read a thirtieth of its data, once a day."""

    keeping: Keeping
    name: str = "backup_check"
    blinds: tuple[Danger, ...] = _BLINDS

    def due_after(self, moment: datetime) -> datetime:
        """Return the first quiet moment a day later."""
        return next_quiet(self.keeping.hours, moment + DAILY)

    def run(self) -> None:
        """Check. Raise BackupWanting if something does not hold."""
        findings = [
            finding
            for place in self.keeping.plan.places
            if not place.offline
            for finding in check(self.keeping.room, place)
        ]
        self.keeping.tell(findings)
        if findings:
            raise BackupWanting("a repository does not hold")


@dataclass(frozen=True, slots=True)
class ProveRestore:
    """Restore a sample and open it, once a week; the carrier brings the proof to the console."""

    keeping: Keeping
    name: str = "restore_proof"
    blinds: tuple[Danger, ...] = _BLINDS

    def due_after(self, moment: datetime) -> datetime:
        """Return the first quiet moment a week after the last proof that held."""
        last = self.keeping.last_proof()
        return next_quiet(self.keeping.hours, max(moment, last + PROOF_EVERY if last else moment))

    def run(self) -> None:
        """Prove each place that is plugged in. Raise BackupWanting if a proof did not hold."""
        keeping = self.keeping
        with closing(Journal(keeping.journal)) as journal:
            number = sum(1 for _ in journal.entries(kind="proof"))
            large = number % LARGE_PROOFS == 0
            prover = Prover(
                room=keeping.room, journal=journal, machine=keeping.machine, opener=open_apart
            )
            held = True
            for place in keeping.plan.places:
                if place.offline:
                    continue
                try:
                    proven = prover.run(
                        place, files=MONTHLY if large else WEEKLY, all_databases=large
                    )
                except NothingToProve as nothing:
                    raise BackupWanting("there is no backup to prove yet") from nothing
                keeping.tell(proven.findings)
                held = held and proven.proof.held
        if not held:
            raise BackupWanting("a restore did not hold")
