from datetime import date
from random import Random

import pytest

from vigie.routines.rehearsals import prose
from vigie.routines.rehearsals.papers import Stationery

WANTED = 300_000
STRETCHING = ("jpg", "png", "pdf", "docx")


def seeded(number: int) -> Random:
    return Random(number)  # noqa: S311  (a seed makes the test repeatable)


@pytest.fixture(scope="module")
def stationery() -> Stationery:
    return Stationery(seeded(1))


@pytest.mark.parametrize("kind", STRETCHING)
def test_a_paper_that_can_be_of_any_size_is_about_as_large_as_asked(
    stationery: Stationery, kind: str
) -> None:
    rng = seeded(2)
    made = stationery.makers[kind](rng, WANTED, prose.patient(rng), date(2024, 5, 6))
    assert 0.7 * WANTED < len(made) < 1.4 * WANTED


def test_every_paper_is_made_anew(stationery: Stationery) -> None:
    rng = seeded(3)
    patient = prose.patient(rng)
    for make in stationery.makers.values():
        assert make(rng, 9_000, patient, date(2024, 5, 6)) != make(
            rng, 9_000, patient, date(2024, 5, 6)
        )
