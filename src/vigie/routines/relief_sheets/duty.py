"""The evening's relief sheet, for the agent's duties."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import ConsultationHours
from vigie.readers.agenda.reader import Export, read_export
from vigie.readers.sandbox.cell import ReadFailed
from vigie.routines.relief_sheets.keeping import keep, put_together
from vigie.tools.seal import Seal
from vigie.watch.calendar import next_quiet

MADE_AT = time(18, 30)  # after the practice's own export, before machines go to rest
DAYS = 7  # of appointments: a bad day may last a week
OLD = timedelta(days=3)  # an export of Friday evening serves until Monday night
REMINDER = timedelta(days=7)
DANGER = Danger.FAILED_UPDATE  # what blocks the practice's software in a consultation

Say = Callable[[Danger, Sequence[Finding]], None]


class Read(Protocol):
    """What reads an open export in a cell, such as `read_export`."""

    def __call__(self, descriptor: int, name: str, *, zone: str, first: date, last: date) -> Export:
        """Return what it holds. Raise ReadFailed where there is no answer."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True, kw_only=True)
class ReliefDuty:
    """Reads what the practice exports, and keeps it sealed in `folder`."""

    exports: Sequence[Path]
    folder: Path
    seal: Seal
    consultations: ConsultationHours
    say: Say
    read: Read = read_export
    clock: Callable[[], datetime] = _now
    name: str = "relief_sheet"
    blinds: tuple[Danger, ...] = ()
    warned: datetime | None = None

    def due_after(self, moment: datetime) -> datetime:
        """Return the first evening after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        then = datetime.combine(local.date(), MADE_AT, local.tzinfo)
        return next_quiet(self.consultations, then if then > moment else then + timedelta(days=1))

    def run(self) -> None:
        """Renew the sheet; where nothing can be read, the one before stays."""
        now = self.clock()
        made = [self._look(path, now) for path in self.exports]
        read = [export for export, _ in made if export is not None]
        oldest = max((age for _, age in made), default=timedelta(0))
        if read:
            relief = put_together(
                (a for export in read for a in export.appointments),
                (t for export in read for t in export.telephones),
                now - oldest,
            )
            keep(relief, self.folder, self.seal)
        if len(read) < len(made) or oldest > OLD:
            self._warn(oldest, now)
            return
        self.warned = None
        numbers = {
            "appointments": len(relief.appointments),
            "telephones": len(relief.telephones),
        }
        self.say(DANGER, (Finding(gravity=Gravity.NOTE, fact="relief_kept", numbers=numbers),))

    def _look(self, path: Path, now: datetime) -> tuple[Export | None, timedelta]:
        """Return what an export holds, None where it cannot be read, and how old it is."""
        try:
            with path.open("rb") as file:
                made = datetime.fromtimestamp(path.stat().st_mtime, UTC)
                today = now.astimezone(ZoneInfo(self.consultations.timezone)).date()
                export = self.read(
                    file.fileno(),
                    path.name,
                    zone=self.consultations.timezone,
                    first=today,
                    last=today + timedelta(days=DAYS),
                )
        except (OSError, ReadFailed):
            return None, timedelta(0)
        return export, max(now - made, timedelta(0))

    def _warn(self, age: timedelta, now: datetime) -> None:
        if self.warned is not None and now - self.warned < REMINDER:
            return
        self.warned = now
        finding = Finding(
            gravity=Gravity.CONCERN, fact="relief_missing", numbers={"days": age.days}
        )
        self.say(DANGER, (finding,))
