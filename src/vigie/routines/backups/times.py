"""When the next backup is due, and what is still missing from 3-2-1-1-0: pure rules."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from vigie.domain.practice import ConsultationHours
from vigie.routines.backups.making import kind
from vigie.routines.backups.plan import BackupPlan
from vigie.routines.backups.room import PlaceState
from vigie.watch.calendar import consulting, next_quiet

LATEST = timedelta(hours=26)  # a day and a late evening: the console's alarm rings then as well
OFFLINE = timedelta(days=35)  # one offline copy a month, and the days until somebody thinks of it
FRESH = timedelta(days=9)  # a proof a week, and a long weekend
COPIES = 2  # repositories; with the practice's own disk that makes three


def due(
    hours: Sequence[time], consultations: ConsultationHours, last: datetime | None, now: datetime
) -> datetime:
    """Given the plan's hours and when the last backup began, return when the next one starts.

    A moment not after `now` means at once. A missed backup is caught up at the first quiet
    moment; but a machine that is only on during consultations must not wait for ever, so that
    beyond 26 hours it starts whatever the hour.
    """
    zone = ZoneInfo(consultations.timezone)
    local = now.astimezone(zone)
    days = [local.date() + timedelta(days=step) for step in (-1, 0, 1)]
    moments = [datetime.combine(day, hour, zone) for day in days for hour in sorted(hours)]
    missed = [moment for moment in moments if moment <= now and (last is None or moment > last)]
    if not missed:
        return next_quiet(consultations, min(m for m in moments if m > now))
    too_long = last is None or now - last >= LATEST
    return now if too_long or not consulting(consultations, now) else next_quiet(consultations, now)


def missing(
    plan: BackupPlan,
    states: Mapping[str, PlaceState],
    *,
    proven: datetime | None,
    other_disk: bool,
    now: datetime,
) -> tuple[str, ...]:
    """Return what is missing from 3-2-1-1-0, as slugs in that order; nothing is the goal.

    Only places that hold a backup no older than they should are counted. `proven` is when a
    restore was last proven, `other_disk` whether a local repository lies on another disk than
    the documents.
    """
    return tuple(_missing(plan, states, proven=proven, other_disk=other_disk, now=now))


def _missing(
    plan: BackupPlan,
    states: Mapping[str, PlaceState],
    *,
    proven: datetime | None,
    other_disk: bool,
    now: datetime,
) -> Iterator[str]:
    def alive(offline: bool, pseudonym: str) -> bool:  # noqa: FBT001  (a key and its kind)
        made = states.get(pseudonym, PlaceState()).made
        return made is not None and now - made <= (OFFLINE if offline else LATEST)

    places = [place for place in plan.places if alive(place.offline, place.pseudonym)]
    if len(places) < COPIES:
        yield "third_copy"
    if not other_disk and all(kind(place) == "local" for place in places):
        yield "second_medium"
    if not any(place.offsite for place in places):
        yield "offsite_copy"
    if not any(place.offline or place.append_only for place in places):
        yield "offline_copy"
    if proven is None or now - proven > FRESH:
        yield "fresh_proof"
