import os
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigie.agent.duties import Duties, Routine
from vigie.domain.danger import Danger
from vigie.domain.practice import ConsultationHours, Span

MONDAY_NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
OFFICE = ConsultationHours(week=dict.fromkeys(range(5), (Span(time(8), time(19)),)), timezone="UTC")
ALWAYS_FREE = ConsultationHours(timezone="UTC")


@dataclass
class Daily:
    """A duty at one hour of each day."""

    name: str = "back_up"
    hour: int = 20
    blinds: tuple[Danger, ...] = (Danger.RANSOMWARE,)
    ran: list[None] = field(default_factory=list)
    fails: bool = False
    act: Callable[[], None] | None = None

    def due_after(self, moment: datetime) -> datetime:
        today = moment.replace(hour=self.hour, minute=0, second=0, microsecond=0)
        return today if today > moment else today + timedelta(days=1)

    def run(self) -> None:
        if self.act:
            self.act()
        if self.fails:
            raise OSError("the disk is unplugged")
        self.ran.append(None)


@dataclass
class Office:
    """A calendar whose clock the test holds."""

    path: Path
    now: datetime = MONDAY_NOON
    failed: list[str] = field(default_factory=list)
    worked: list[str] = field(default_factory=list)

    def open(self, routines: Sequence[Routine], hours: ConsultationHours = OFFICE) -> Duties:
        return Duties(
            self.path,
            routines,
            hours=hours,
            failed=lambda routine, _why: self.failed.append(routine.name),
            worked=lambda routine: self.worked.append(routine.name),
            clock=lambda: self.now,
        )


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "duties.db")


def test_a_duty_runs_when_it_is_due_and_once(office: Office) -> None:
    daily = Daily()
    duties = office.open([daily])
    assert duties.step() is False
    office.now = MONDAY_NOON.replace(hour=20, minute=1)
    assert duties.step() is True
    assert duties.step() is False
    assert len(daily.ran) == 1
    assert office.worked == ["back_up"]
    duties.close()


def test_nothing_begins_during_consultations_and_what_was_due_then_comes_after(
    office: Office,
) -> None:
    daily = Daily(hour=13)
    duties = office.open([daily])
    office.now = MONDAY_NOON.replace(hour=14)
    assert duties.step() is False
    office.now = MONDAY_NOON.replace(hour=19)
    assert duties.step() is True
    duties.close()


def test_what_was_missed_for_days_is_caught_up_once(office: Office) -> None:
    daily = Daily()
    office.open([daily]).close()
    office.now = MONDAY_NOON + timedelta(days=5)  # a Saturday: the machine was off all week
    duties = office.open([daily])
    assert [duties.step(), duties.step()] == [True, False]
    assert duties.due("back_up") == office.now.replace(hour=20)
    duties.close()


def test_a_duty_that_fails_is_reported_tried_again_soon_and_then_waits_for_its_day(
    office: Office,
) -> None:
    daily = Daily(fails=True)
    duties = office.open([daily], ALWAYS_FREE)
    office.now = MONDAY_NOON.replace(hour=20, minute=1)
    tried = []
    for _ in range(24 * 60):
        if duties.step():
            tried.append(office.now)
        office.now += timedelta(minutes=1)
    pauses = [later - sooner for sooner, later in pairwise(tried)]
    assert pauses[:3] == [timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)]
    assert len(tried) == 5
    assert set(office.failed) == {"back_up"}
    duties.close()


def test_a_duty_that_a_kill_interrupted_is_due_again(office: Office) -> None:
    daily = Daily()
    office.open([daily], ALWAYS_FREE).close()
    office.now = MONDAY_NOON.replace(hour=20, minute=1)
    child = os.fork()
    if child == 0:
        try:
            daily.act = lambda: os.kill(os.getpid(), signal.SIGKILL)
            office.open([daily], ALWAYS_FREE).step()
        finally:
            os._exit(1)
    os.waitpid(child, 0)
    duties = office.open([daily], ALWAYS_FREE)
    assert duties.step() is False
    office.now += timedelta(minutes=6)
    assert duties.step() is True
    assert len(daily.ran) == 1
    duties.close()


def test_a_clock_set_back_by_a_day_stalls_no_duty(office: Office) -> None:
    daily = Daily()
    office.now = MONDAY_NOON + timedelta(days=1)
    duties = office.open([daily], ALWAYS_FREE)
    office.now = office.now.replace(hour=21)
    assert duties.step()
    office.now = MONDAY_NOON.replace(hour=12)
    duties.step()
    office.now = MONDAY_NOON.replace(hour=21)
    assert duties.step()
    duties.close()


def test_a_clock_set_forward_by_a_day_floods_nobody(office: Office) -> None:
    daily = Daily()
    duties = office.open([daily], ALWAYS_FREE)
    office.now += timedelta(days=1)
    assert [duties.step(), duties.step(), duties.step()] == [True, False, False]
    duties.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(jumps=st.lists(st.integers(-36, 36), max_size=12))
def test_however_the_clock_jumps_a_daily_duty_is_never_more_than_a_day_away(
    tmp_path_factory: pytest.TempPathFactory, jumps: list[int]
) -> None:
    office = Office(tmp_path_factory.mktemp("duties") / "duties.db")
    daily = Daily()
    duties = office.open([daily], ALWAYS_FREE)
    for jump in jumps:
        office.now += timedelta(hours=jump)
        ran = duties.step()
        assert not (ran and duties.step())
        duties.step()
        assert duties.due("back_up") - office.now <= timedelta(days=1)
    duties.close()


def test_the_duty_that_waited_longest_goes_first(office: Office) -> None:
    order: list[str] = []
    early, late = Daily("early", 3), Daily("late", 5)
    early.act, late.act = (lambda: order.append("early")), (lambda: order.append("late"))
    duties = office.open([late, early], ALWAYS_FREE)
    office.now = MONDAY_NOON + timedelta(days=1)
    while duties.step():
        pass
    assert order == ["early", "late"]
    duties.close()


@pytest.mark.parametrize("fails", [True, False])
def test_a_routine_that_is_always_due_floods_nobody(office: Office, *, fails: bool) -> None:
    class Eager(Daily):
        def due_after(self, moment: datetime) -> datetime:
            return moment

    duties = office.open([Eager(fails=fails)], ALWAYS_FREE)
    ran = 0
    for _ in range(60):
        office.now += timedelta(minutes=1)
        ran += duties.step()
    assert ran <= 12
    duties.close()
