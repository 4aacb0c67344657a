"""Dates, hours and numbers, as they are written in each language and region."""

from datetime import UTC, date, datetime

import pytest
from django.utils import translation

from vigie.console.desk import formats, moments

NB, NARROW = "\u00a0", "\u202f"
PARIS, ZURICH, BERLIN = "Europe/Paris", "Europe/Zurich", "Europe/Berlin"


@pytest.mark.parametrize(
    ("language", "zone", "written"),
    [
        ("fr", PARIS, f"1er{NB}décembre"),
        ("fr", ZURICH, f"1er{NB}décembre"),
        ("de", BERLIN, f"1.{NB}Dezember"),
        ("en", PARIS, f"1{NB}December"),
    ],
)
def test_the_first_of_a_month_is_written_as_people_say_it(
    language: str, zone: str, written: str
) -> None:
    with translation.override(language):
        assert formats.day_of_month(date(2026, 12, 1), zone) == written
        assert "1er" not in formats.day_of_month(date(2026, 12, 11), zone)
        assert "1er" not in formats.day_of_month(date(2026, 12, 21), zone)


def test_the_first_keeps_its_weekday_and_its_year() -> None:
    at = datetime(2026, 12, 1, 9, tzinfo=UTC)
    with translation.override("fr"):
        assert moments.day(at, PARIS, at) == f"mardi 1er{NB}décembre"
        later = at.replace(year=2027)
        assert moments.day(at, PARIS, later) == f"mardi 1er{NB}décembre 2026"


@pytest.mark.parametrize(
    ("language", "zone", "day", "hour", "number"),
    [
        ("fr", PARIS, "23/11/2026", f"8{NB}h{NB}05", f"12{NARROW}345,6"),
        ("fr", ZURICH, "23.11.2026", f"8{NB}h{NB}05", f"12{NARROW}345,6"),
        ("de", BERLIN, "23.11.2026", f"8:05{NB}Uhr", "12.345,6"),
        ("de", ZURICH, "23.11.2026", f"8.05{NB}Uhr", "12’345.6"),
        ("en", PARIS, "23/11/2026", "8:05", "12,345.6"),
        ("en", ZURICH, "23.11.2026", "8:05", "12’345.6"),
    ],
)
def test_switzerland_writes_its_own_way(
    language: str, zone: str, day: str, hour: str, number: str
) -> None:
    with translation.override(language):
        assert formats.in_numbers(date(2026, 11, 23), zone) == day
        assert formats.hour(datetime(2026, 11, 23, 7, 5, tzinfo=UTC), zone) == hour
        assert formats.number(12345.6, zone, digits=1) == number


def test_four_figures_stay_together_where_five_are_grouped() -> None:
    with translation.override("fr"):
        assert formats.number(9999, PARIS) == "9999"
        assert formats.number(-10000, PARIS) == f"-10{NARROW}000"
        assert formats.number(1_234_567, PARIS) == f"1{NARROW}234{NARROW}567"


def test_a_language_we_do_not_speak_is_answered_in_french() -> None:
    with translation.override("it"):
        assert formats.shape(PARIS) == formats.SHAPES["fr"]
