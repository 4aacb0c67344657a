"""The monthly rehearsal, for the agent's duties."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from vigie.domain.danger import Danger
from vigie.domain.practice import ConsultationHours
from vigie.routines.rehearsals.rehearsal import (
    SAMPLE,
    CannotPlay,
    Rehearsal,
    Stage,
    playable,
    rehearse,
)
from vigie.tools.journal import JOURNAL, Journal, record_proof
from vigie.watch.calendar import next_quiet

SUNDAY, PLAYED_AT = 6, time(11, 0)  # an hour after the proof of the backups, and nobody consults
FIRST_WEEK = 7  # of the month


def play(dangers: Sequence[Danger], home: Path, machine: str, *, files: int) -> Iterator[Rehearsal]:
    """Play these dangers in a folder of their own below `home`; yield each once it is proven.

    The proofs are in the machine's journal before the rehearsal is yielded; the agent brings them
    to the console.
    """
    with (
        tempfile.TemporaryDirectory(prefix="rehearsal-", dir=home) as scratch,
        closing(Journal(home / JOURNAL)) as journal,
    ):
        for rehearsal in rehearse(dangers, Stage(scratch=Path(scratch), files=files)):
            for proof in rehearsal.proofs(machine=machine, at=datetime.now(UTC)):
                record_proof(journal, proof)
            yield rehearsal


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalDuty:
    """Plays, on the first Sunday of each month, every danger that can be played here."""

    home: Path
    machine: str
    consultations: ConsultationHours
    dangers: Sequence[Danger] = ()
    name: str = "rehearsal"
    blinds: tuple[Danger, ...] = tuple(Danger)

    def due_after(self, moment: datetime) -> datetime:
        """Return the first Sunday of a month after `moment`, outside consultations."""
        local = moment.astimezone(ZoneInfo(self.consultations.timezone))
        day = local.date()
        while True:
            then = datetime.combine(day, PLAYED_AT, local.tzinfo)
            if day.weekday() == SUNDAY and day.day <= FIRST_WEEK and then > moment:
                return next_quiet(self.consultations, then)
            day += timedelta(days=1)

    def run(self) -> None:
        """Play. Raise CannotPlay for the first danger that this machine cannot play."""
        dangers = self.dangers or playable()
        for rehearsal in play(dangers, self.home, self.machine, files=SAMPLE):
            if unplayed := [t for t in rehearsal.trials if t.name == "not_played"]:
                raise CannotPlay(unplayed[0].reason)
