"""Consultation hours: when nothing but irreversible harm may interrupt."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.practice import ConsultationHours, Span
from vigie.watch.calendar import consulting, next_quiet

MORNING = Span(time(8), time(12))
AFTERNOON = Span(time(14), time(19))
HOURS = ConsultationHours(week=dict.fromkeys(range(5), (MORNING, AFTERNOON)))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("moment", "busy"),
    [
        (datetime(2026, 11, 23, 6, 59, tzinfo=UTC), False),
        (datetime(2026, 11, 23, 7, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 23, 11, 0, tzinfo=UTC), False),
        (datetime(2026, 7, 6, 6, 0, tzinfo=UTC), True),
        (datetime(2026, 11, 22, 9, 0, tzinfo=UTC), False),
    ],
)
def test_hours_are_those_of_the_practice_in_winter_and_summer(
    moment: datetime,
    busy: bool,  # noqa: FBT001
) -> None:
    assert consulting(HOURS, moment) is busy


def test_a_closed_day_is_quiet() -> None:
    closed = ConsultationHours(week=HOURS.week, closed=frozenset({date(2026, 11, 23)}))
    assert not consulting(closed, datetime(2026, 11, 23, 9, tzinfo=UTC))


@given(MOMENTS)
def test_the_next_quiet_moment_is_quiet_and_not_in_the_past(moment: datetime) -> None:
    quiet = next_quiet(HOURS, moment)
    assert not consulting(HOURS, quiet)
    assert timedelta(0) <= quiet - moment <= timedelta(hours=5)


def test_hours_that_never_end_are_refused() -> None:
    day = (Span(time(0), time(23, 59, 59, 999999)),)
    with pytest.raises(ValueError, match="ends after it starts"):
        Span(time(9), time(8))
    always = ConsultationHours(week=dict.fromkeys(range(7), day))
    assert not consulting(always, next_quiet(always, datetime(2026, 11, 23, 9, tzinfo=UTC)))
