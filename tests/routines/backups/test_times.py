from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.practice import ConsultationHours, Span
from vigie.routines.backups.plan import BackupPlan, Place
from vigie.routines.backups.room import PlaceState
from vigie.routines.backups.times import LATEST, due, missing
from vigie.watch.calendar import consulting

PARIS = ZoneInfo("Europe/Paris")
DAY = (Span(time(8), time(12)), Span(time(14), time(19)))
HOURS = ConsultationHours(week=dict.fromkeys(range(5), DAY))
AT = time(12, 45), time(20, 0)


def moment(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=PARIS)  # the 23rd is a Monday


def test_the_next_backup_waits_for_its_hour() -> None:
    assert due(AT, HOURS, moment(23, 12, 45), moment(23, 13)) == moment(23, 20)


def test_a_missed_backup_is_caught_up_at_once_when_nobody_consults() -> None:
    now = moment(24, 7)
    assert due(AT, HOURS, moment(23, 12, 45), now) == now


def test_a_missed_backup_waits_for_the_end_of_the_consultation() -> None:
    assert due(AT, HOURS, moment(23, 12, 45), moment(24, 9)) == moment(24, 12)


def test_a_machine_that_is_only_on_during_consultations_is_saved_all_the_same() -> None:
    now = moment(24, 15)
    assert due(AT, HOURS, moment(23, 12, 45), now) == now
    assert due(AT, HOURS, None, now) == now


@given(
    now=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  (bounds; the zone comes from the strategy)
    age=st.timedeltas(timedelta(0), timedelta(days=9)),
)
def test_no_backup_starts_in_a_consultation_unless_it_is_long_overdue(
    now: datetime, age: timedelta
) -> None:
    starts = due(AT, HOURS, now - age, now)
    assert starts >= now
    assert age >= LATEST or not consulting(HOURS, starts)
    assert starts - now <= timedelta(days=1, hours=1)


NAS = Place(name="nas", location="/nas/vigie")
FAR = Place(name="hds", location="rest:https://hds.example", offsite=True, append_only=True)
NOW = moment(23, 21)
FRESH = PlaceState(made=NOW - timedelta(hours=1))


def lacking(*places: Place, stale: bool = False, other_disk: bool = True) -> tuple[str, ...]:
    plan = BackupPlan(places=places, folders=(Path("/srv"),))
    state = PlaceState(made=NOW - timedelta(days=3)) if stale else FRESH
    states = {place.pseudonym: state for place in places}
    return missing(plan, states, proven=NOW, other_disk=other_disk, now=NOW)


def test_two_places_one_far_and_append_only_lack_nothing() -> None:
    assert lacking(NAS, FAR) == ()


def test_one_local_disk_lacks_nearly_everything() -> None:
    assert lacking(NAS, other_disk=False) == (
        "third_copy",
        "second_medium",
        "offsite_copy",
        "offline_copy",
    )


def test_a_place_that_has_not_been_used_for_days_does_not_count() -> None:
    assert "third_copy" in lacking(NAS, FAR, stale=True)


def test_an_offline_disk_counts_for_a_month() -> None:
    usb = Place(name="usb", location="/media/usb/vigie", offline=True)
    assert "offline_copy" not in lacking(NAS, usb, stale=True)


def test_a_proof_that_is_old_or_absent_is_missed() -> None:
    plan = BackupPlan(places=(NAS, FAR), folders=(Path("/srv"),))
    states = {place.pseudonym: FRESH for place in plan.places}
    for proven in (None, NOW - timedelta(days=10)):
        assert missing(plan, states, proven=proven, other_disk=True, now=NOW) == ("fresh_proof",)
