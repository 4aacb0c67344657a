from datetime import UTC, date, datetime, time, timedelta

import pytest

from vigie.domain.practice import ConsultationHours, Span
from vigie.watch.closing import IDLE, NOTICE, Situation, Step, closed, opens, over, step

DAY = (Span(time(8), time(12)), Span(time(14), time(19)))
HOURS = ConsultationHours(
    week=dict.fromkeys(range(5), DAY), closed=frozenset({date(2026, 12, 25)}), timezone="UTC"
)


def at(hour: int, minute: int = 0, day: int = 25, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)  # the 25th is a Wednesday


def situation(now: datetime, **known: object) -> Situation:
    return Situation(**{"now": now, "idle": timedelta(hours=1), "held": False, **known})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("now", "is_closed"),
    [
        (at(6, 59), True),
        (at(7), False),
        (at(13), False),  # at lunch people come back
        (at(19, 59), False),
        (at(20), True),
        (at(12, day=28), True),  # a Saturday
        (at(12, day=25, month=12), True),
    ],
)
def test_the_practice_is_closed_an_hour_after_its_last_patient(
    now: datetime, *, is_closed: bool
) -> None:
    assert closed(HOURS, now) is is_closed


def test_a_practice_whose_hours_are_not_known_never_closes() -> None:
    assert not closed(ConsultationHours(), at(3))
    assert step(ConsultationHours(), situation(at(3))) is Step.NOTHING


def test_an_idle_machine_is_given_notice_and_then_rests() -> None:
    assert step(HOURS, situation(at(21))) is Step.ANNOUNCE
    told = situation(at(21), announced=at(21) - NOTICE + timedelta(minutes=1))
    assert step(HOURS, told) is Step.NOTHING
    assert step(HOURS, situation(at(21), announced=at(21) - NOTICE)) is Step.REST


@pytest.mark.parametrize(
    "known",
    [
        {"held": True},
        {"idle": None},
        {"idle": IDLE - timedelta(minutes=1)},
        {"put_off": at(22)},
        {"now": at(15)},
    ],
)
def test_a_machine_that_is_needed_goes_on(known: dict[str, object]) -> None:
    assert step(HOURS, situation(**{"now": at(21)} | known)) is Step.NOTHING  # type: ignore[arg-type]


def test_whoever_touches_the_machine_after_the_notice_puts_it_off() -> None:
    touched = situation(at(21), announced=at(20, 50), idle=timedelta(minutes=3))
    assert step(HOURS, touched) is Step.PUT_OFF


def test_a_notice_nobody_acted_on_is_given_again() -> None:
    assert step(HOURS, situation(at(21), announced=at(9))) is Step.ANNOUNCE


def test_a_backup_that_begins_after_the_notice_is_waited_for() -> None:
    busy = situation(at(21), announced=at(21) - NOTICE, held=True)
    assert step(HOURS, busy) is Step.NOTHING


def test_the_morning_is_the_next_day_with_patients() -> None:
    assert opens(HOURS, at(21)) == at(8, day=26)
    assert opens(HOURS, at(21, day=27)) == at(8, day=30)  # Friday evening to Monday
    assert opens(HOURS, at(5)) == at(8)
    assert opens(ConsultationHours(), at(5)) is None


def test_the_day_is_over_when_its_last_consultation_is() -> None:
    assert over(HOURS, at(18)) is None
    assert over(HOURS, at(19, 30)) == at(19)
    assert over(HOURS, at(19, 30, day=28)) is None
