"""The weekly proof, and the first of each month's larger one, for the agent's duties."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.practice import ConsultationHours
from vigie.routines.backups.plan import Place
from vigie.routines.restore_proofs.proving import MONTHLY, WEEKLY, Proven, Prover
from vigie.watch.calendar import next_quiet

SUNDAY, PROVEN_AT = 6, time(10, 0)  # nobody consults, and the machine can be woken for it
FIRST_WEEK = 7  # the month's first Sunday: the larger proof


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofDuty:
    """Proves each place's last backup. `proven` hears each proof, `say` its findings."""

    prover: Prover
    places: Sequence[Place]
    consultations: ConsultationHours
    proven: Callable[[Proven], None]
    say: Callable[[Sequence[Finding]], None]
    name: str = "restore_proofs"
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE,)

    def due_after(self, moment: datetime) -> datetime:
        """Return the first Sunday morning after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        day = local.date() + timedelta(days=(SUNDAY - local.weekday()) % 7)
        then = datetime.combine(day, PROVEN_AT, local.tzinfo)
        return next_quiet(self.consultations, then if then > moment else then + timedelta(days=7))

    def run(self) -> None:
        """Prove each place, offline disks apart. Raise NothingToProve before the first backup."""
        monthly = self.prover.clock().day <= FIRST_WEEK
        for place in self.places:
            if place.offline:
                continue
            done = self.prover.run(
                place, files=MONTHLY if monthly else WEEKLY, all_databases=monthly
            )
            self.proven(done)
            self.say(done.findings)
