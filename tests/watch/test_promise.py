"""By when somebody who asks is answered: two hours in which people are there, a full hour."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from vigie.domain.practice import ConsultationHours, Span
from vigie.watch.promise import promised

PARIS = ZoneInfo("Europe/Paris")
MONDAY = (Span(time(8), time(12)), Span(time(14), time(19)))
HOURS = ConsultationHours(week={0: MONDAY, 1: MONDAY})


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ((23, 8, 5), (23, 11, 0)),
        ((23, 8, 0), (23, 10, 0)),
        ((23, 12, 30), (23, 16, 0)),
        ((23, 20, 0), (24, 10, 0)),
        ((21, 10, 0), (23, 10, 0)),
    ],
)
def test_an_answer_comes_within_two_hours_of_work(
    asked: tuple[int, int, int], answered: tuple[int, int, int]
) -> None:
    at = datetime(2026, 11, *asked, tzinfo=PARIS)
    assert promised(HOURS, at) == datetime(2026, 11, *answered, tzinfo=PARIS)


def test_where_no_hours_are_known_every_hour_counts() -> None:
    at = datetime(2026, 11, 22, 9, 15, tzinfo=PARIS)
    assert promised(ConsultationHours(), at) == datetime(2026, 11, 22, 12, 0, tzinfo=PARIS)
