"""One willing practice first, the others after 48 hours without a complaint."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from players import Stage, let_in
from speaking import Speaker

from vigie.console.intake.models import Report
from vigie.console.intake.rings import Ring, rings, told
from vigie.console.intake.rings import Stage as At
from vigie.console.practices.models import Machine
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.reports import FactWord, ReportWord

NOW = datetime.now(UTC).replace(microsecond=0)
UPDATE = 3_141_592_653

Tell = Callable[..., dict[str, Any]]


def said(fact: str, *, ago: timedelta = timedelta(0), **numbers: int) -> ReportWord:
    gravity = Gravity.NOTE if fact in {"update_announced", "update_kept"} else Gravity.CONCERN
    word = FactWord(fact=fact, gravity=gravity, numbers={"update": UPDATE, **numbers})
    return ReportWord(id=uuid.uuid4().hex, danger=Danger.FAILED_UPDATE, at=NOW - ago, facts=(word,))


@pytest.fixture
def bureau(stage: Stage) -> Speaker:
    """Return an approved machine of the other practice."""
    return let_in(stage.favre)


def the_ring() -> Ring:
    (ring,) = rings(NOW)
    return ring


def names(ring: Ring, now: datetime = NOW) -> set[str]:
    return set(Machine.objects.filter(pk__in=ring.next(now)).values_list("pseudonym", flat=True))


def test_the_willing_practice_is_first(tell: Tell, accueil: Speaker, bureau: Speaker) -> None:
    tell(bureau, said("update_announced", packages=1, willing=0))
    assert (the_ring().stage(NOW), names(the_ring())) == (At.WAITS, set())
    tell(accueil, said("update_announced", packages=1, willing=1))
    assert (the_ring().stage(NOW), names(the_ring())) == (At.FIRST, {accueil.pseudonym})


def test_the_others_follow_after_two_days_without_a_complaint(
    tell: Tell, accueil: Speaker, bureau: Speaker
) -> None:
    tell(bureau, said("update_announced", packages=1, willing=0, ago=timedelta(days=4)))
    tell(accueil, said("update_kept", packages=1, ago=timedelta(days=1)))
    assert (the_ring().stage(NOW), names(the_ring())) == (At.SOAKS, set())
    later = NOW + timedelta(days=1)
    assert names(the_ring(), later) == {bureau.pseudonym}


@pytest.mark.parametrize("complaint", ["update_rolled_back", "update_carried_back"])
def test_one_complaint_stops_it_everywhere(
    tell: Tell, accueil: Speaker, bureau: Speaker, complaint: str
) -> None:
    tell(bureau, said("update_announced", packages=1, willing=0, ago=timedelta(days=4)))
    tell(accueil, said("update_kept", packages=1, ago=timedelta(days=3)))
    tell(accueil, said(complaint))
    assert (the_ring().stage(NOW), names(the_ring())) == (At.STOPPED, set())


def test_an_update_that_was_cut_off_is_no_complaint(tell: Tell, accueil: Speaker) -> None:
    tell(accueil, said("update_announced", packages=1, willing=1))
    tell(accueil, said("update_interrupted", packages=1))
    assert the_ring().stage(NOW) is At.FIRST
    assert Report.objects.count() == 2


def test_reports_about_updates_are_found_without_reading_all_the_others(
    tell: Tell, accueil: Speaker
) -> None:
    tell(accueil, said("update_announced", willing=1))
    Report.objects.update(danger=Danger.FAILED_UPDATE.value)
    assert [row.machine.pseudonym for row in told(NOW)] == [accueil.pseudonym]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
        assert "intake_report_updates" in told(NOW).explain()
