"""The nights of a month: saved, missed, not known, or before the practice was in our care."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.console.intake.models import Backup, Proof
from vigie.console.letters.months import Month
from vigie.console.practices.models import Practice

SAVED, MISSED, UNKNOWN, BEFORE = "saved", "missed", "unknown", "before"
RESTORES = "restore"  # a trial whose slug begins so gave files back from a backup
_HALF_DAY = timedelta(hours=12)
_NOON = time(12)  # a night is over then


def nights_of(
    practice: Practice, proofs: Iterable[Proof], month: Month, upto: datetime
) -> tuple[tuple[str, ...], frozenset[int]]:
    """Return the nights of the month that are over, by their mornings, and those of trial restores.

    A night is saved when every machine that had ever spoken of backups has a snapshot of it, missed
    when one of them spoke later and has none. What no machine spoke of is unknown.
    """
    zone = ZoneInfo(practice.timezone)

    def morning(moment: datetime) -> date:
        return (moment.astimezone(zone) - _HALF_DAY).date() + timedelta(days=1)

    saved: dict[int, set[date]] = defaultdict(set)
    spoke: dict[int, list[date]] = defaultdict(list)
    rows = Backup.objects.filter(practice=practice, received_at__lt=upto)
    for machine, at, latest, received in rows.values_list(
        "machine_id", "at", "latest", "received_at"
    ).iterator():
        spoke[machine].append(morning(min(at, received)))
        if latest is not None:
            saved[machine].add(morning(min(latest, received)))
    since = {machine: min([*days, *saved[machine]]) for machine, days in spoke.items()}
    there = practice.since.astimezone(zone).date()  # its first evening comes after

    def kind(day: date) -> str:
        known = [machine for machine, first in since.items() if first <= day]
        lacking = [machine for machine in known if day not in saved[machine]]
        if not known or lacking:
            told = any(day <= max(spoke[machine]) for machine in lacking)
            return MISSED if told else BEFORE if day <= there else UNKNOWN
        return SAVED

    days = [month.first + timedelta(days=n) for n in range(month.days)]
    over = [day for day in days if datetime.combine(day, _NOON, zone) <= upto]
    restored = {
        morning(min(row.at, row.received_at))
        for row in proofs
        if row.held and row.trial.startswith(RESTORES)
    }
    return tuple(kind(day) for day in over), frozenset(d.day for d in days if d in restored)
