"""The nightly look at every document, and the one after a stop that was no shutdown."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.evidence.power import BaseChecked, DiskWearsOut, PowerEvidence
from vigie.domain.practice import ConsultationHours
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.integrity.judging import State
from vigie.routines.integrity.keeping import MOST_BYTES, Keeper, Recorded
from vigie.routines.integrity.proving import Tally
from vigie.routines.integrity.verifying import Seen
from vigie.routines.integrity.workshop import repairer, verifier
from vigie.tools import database_servers, smartctl
from vigie.tools.journal import Journal, record_proof
from vigie.watch.calendar import next_quiet

AT = clock_time(20, 45)  # after the evening's backup has begun, before the machine rests


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrityDuty:
    """Verifies, repairs and records the documents in `folders`; `see` takes the evidence.

    Damaged documents are put back at once. What people deleted is let go, and what may be a
    correction is told once and then taken for one: its earlier state stays for thirty days.
    """

    home: Path
    folders: Sequence[Path]
    machine: str
    consultations: ConsultationHours
    journal: Journal
    see: Callable[[PowerEvidence], object]
    plan: BackupPlan | None = None
    copies: bool = True
    most_bytes: int = MOST_BYTES
    name: str = "integrity"
    blinds: tuple[Danger, ...] = (Danger.POWER_LOSS,)
    clock: Callable[[], datetime] = field(default=_now)

    def due_after(self, moment: datetime) -> datetime:
        """Return the first evening after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        evening = datetime.combine(local.date(), AT, local.tzinfo)
        later = evening if evening > moment else evening + timedelta(days=1)
        return next_quiet(self.consultations, later)

    def run(self) -> None:
        """Look at everything. Raise RoomHeld if another verification is under way."""
        self.look(None)

    def look(self, cut: datetime | None) -> None:
        """Look at everything, after a power cut at `cut` or on an ordinary evening (None)."""
        begun, tally = time.monotonic(), Tally()
        places = [folder for folder in self.folders if folder.exists()]
        with verifier(self.home) as work:
            seen = [self._as_found(each, cut) for each in work.run(places)]
            for each in seen:
                if each.state is not State.MISSING:  # somebody's deletion, by now
                    tally.count(each)
            mender = repairer(work, self.home, self.plan, missing=False)
            tally.mend(mender.run(tally.trouble))
            keeper = Keeper(
                verifier=work, copies=self.copies, most_bytes=self.most_bytes, takes_doubtful=True
            )
            left = [each for each in seen if each.state is not State.DAMAGED]
            list(keeper.take(left, Recorded()))
            work.room.tidy()
        at, seconds = self.clock(), time.monotonic() - begun
        record_proof(self.journal, tally.proof(at=at, machine=self.machine, seconds=seconds))
        self.see(tally.evidence(at=at, machine=self.machine, cut=self._here(cut)))
        self._ask_servers()
        self._ask_disks()

    def _here(self, cut: datetime | None) -> datetime | None:
        """Return a moment in the practice's own time, as people read it."""
        return cut.astimezone(ZoneInfo(self.consultations.timezone)) if cut else None

    @staticmethod
    def _as_found(seen: Seen, cut: datetime | None) -> Seen:
        """After a cut, call damaged what its folder lost without anybody taking it away."""
        if cut and seen.state is State.MISSING and seen.known and _lost(seen, cut):
            return replace(seen, state=State.DAMAGED, defect="lost")
        return seen

    def _ask_servers(self) -> None:
        named = self.plan.databases if self.plan else ()
        files = [path for folder in self.folders for path in folder.rglob("*.fdb")]
        for each in (
            *map(database_servers.postgresql, named),
            *database_servers.mariadb(),
            *map(database_servers.firebird, files),
        ):
            if each and (each.mended or not each.sound):
                self.see(
                    BaseChecked(
                        at=self.clock(),
                        machine=self.machine,
                        name=each.name,
                        mended=each.mended,
                        said=each.said,
                    )
                )

    def _ask_disks(self) -> None:
        for disk in smartctl.disks():
            self.see(
                DiskWearsOut(
                    at=self.clock(),
                    machine=self.machine,
                    device=disk.device,
                    failing=disk.failing,
                    sectors=disk.sectors,
                )
            )


def _lost(seen: Seen, cut: datetime) -> bool:
    """Return whether a document vanished with nobody there to delete it.

    A deletion dates the folder it was in, before the cut. A folder that was not written since
    the document was recorded, or only after the cut (by the repair of the file system), or that
    is gone as well, has lost it.
    """
    try:
        written = seen.path.parent.stat().st_mtime
    except OSError:
        return True
    at = seen.known.at if seen.known else 0.0
    return written <= at or written >= cut.timestamp()
