"""Backups, checks and proofs as routines with a calendar, for the agent's duties."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.evidence.backups import BackupFailed
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.routines.backups.checking import check
from vigie.routines.backups.making import Maker, Run
from vigie.routines.backups.times import due
from vigie.watch.calendar import next_quiet

CHECKED_AT = time(21, 30)  # after the evening backup, while the machine is still on

Say = Callable[[Sequence[Finding]], None]


class NotBackedUp(Exception):
    """No place took a backup: the duty failed, and is tried again. Its text names the troubles."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupDuty:
    """The backups of one machine. `made` hears every run, `say` its findings."""

    maker: Maker
    consultations: ConsultationHours
    made: Callable[[Run], None]
    say: Say
    name: str = "backups"
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE, Danger.POWER_LOSS, Danger.FAILED_UPDATE)

    def due_after(self, moment: datetime) -> datetime:
        """Return the first hour of the plan after `moment`, outside consultations."""
        return due(self.maker.plan.hours, self.consultations, moment, moment)

    def run(self) -> None:
        """Back up to every place. Raise NotBackedUp if none took it, RoomHeld if another runs."""
        run = self.maker.run()
        self.made(run)
        self.say([*run.findings, *(finding for made in run.made for finding in made.findings)])
        failures = [made.event for made in run.made if isinstance(made.event, BackupFailed)]
        if len(failures) == len(run.made):
            raise NotBackedUp(", ".join(failure.trouble for failure in failures))


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckDuty:
    """The daily look at each place that is there: structure, keys, a thirtieth of the data."""

    maker: Maker
    consultations: ConsultationHours
    say: Say
    name: str = "backup_checks"
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE,)
    clock: Callable[[], datetime] = field(default=lambda: datetime.now(UTC))

    def due_after(self, moment: datetime) -> datetime:
        """Return the first evening after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        evening = datetime.combine(local.date(), CHECKED_AT, local.tzinfo)
        later = evening if evening > moment else evening + timedelta(days=1)
        return next_quiet(self.consultations, later)

    def run(self) -> None:
        """Check each place that ought to be there; an offline disk in its drawer is not missed."""
        for place in self.maker.plan.places:
            if place.offline and place.location.startswith("/"):
                folder = self.maker.room.restic(place).repository.folder
                if folder is None or not folder.exists():
                    continue
            self.say(check(self.maker.room, place, clock=self.clock))
