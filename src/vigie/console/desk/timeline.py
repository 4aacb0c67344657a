"""Thirty nights of backups as a thin picture: saved, not saved, restored for proof, not known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vigie.console.intake.models import Backup, Proof

NIGHTS = 30
STEP = 16  # picture units a night: 30 nights are as wide as a phone allows
BAR = 10
HORIZON = timedelta(days=NIGHTS)
SAVED, MISSED, UNKNOWN = "saved", "missed", "unknown"
RESTORES = "restore"  # a trial whose slug begins so gave files back from a backup


@dataclass(frozen=True, slots=True)
class Night:
    """One night of the picture. `kind` is saved, missed or unknown."""

    day: date
    kind: str
    restored: bool
    x: int

    @property
    def middle(self) -> int:
        """Return the middle of the bar, in picture units."""
        return self.x + BAR // 2


def nights(
    backups: Iterable[Backup], proofs: Iterable[Proof], zone: str, now: datetime
) -> Sequence[Night]:
    """Return thirty nights, oldest first.

    A snapshot counts for the night before noon of its day's end: work of Monday is saved in the
    night to Tuesday. Before the first word about backups, a night is unknown, not missed.
    """
    place = ZoneInfo(zone)

    def night_of(moment: datetime) -> date:
        return (moment.astimezone(place) - timedelta(hours=12)).date()

    told = list(backups)
    saved = {night_of(min(b.latest, b.received_at)) for b in told if b.latest}
    restored = {night_of(p.at) for p in proofs if p.held and p.trial.startswith(RESTORES)}
    known_from = min([*(night_of(b.at) for b in told), *saved], default=None)
    last = night_of(now)

    def kind(day: date) -> str:
        if day in saved:
            return SAVED
        known = known_from is not None and known_from <= day < last
        return MISSED if known else UNKNOWN

    days = [last - timedelta(days=back) for back in range(NIGHTS - 1, -1, -1)]
    return [
        Night(day=day, kind=kind(day), restored=day in restored, x=place_in_row * STEP)
        for place_in_row, day in enumerate(days)
    ]


def summary(of: Sequence[Night]) -> str:
    """Return the picture in one sentence."""
    saved = sum(night.kind == SAVED for night in of)
    missed = sum(night.kind == MISSED for night in of)
    restored = sum(night.restored for night in of)
    if not saved and not missed:
        return _("No machine has spoken of its backups yet.")
    parts = [
        ngettext("%(n)d night saved of the last 30", "%(n)d nights saved of the last 30", saved)
        % {"n": saved}
    ]
    if missed:
        parts.append(ngettext("%(n)d missed", "%(n)d missed", missed) % {"n": missed})
    parts.append(
        ngettext("%(n)d trial restore", "%(n)d trial restores", restored) % {"n": restored}
        if restored
        else _("no trial restore")
    )
    return ", ".join(parts) + "."
