from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from vigie.agent.evening import Evening, put_off
from vigie.domain.evidence.power import DayEnded, MachineLeftOn, PowerEvidence
from vigie.domain.practice import ConsultationHours, Span
from vigie.tools.power import PowerFailed
from vigie.watch.closing import Step

HOURS = ConsultationHours(week=dict.fromkeys(range(5), (Span(time(8), time(19)),)), timezone="UTC")
NINE = datetime(2026, 11, 25, 21, tzinfo=UTC)


@dataclass
class Power:
    """A machine whose ends are written down."""

    idle_for: timedelta | None = timedelta(hours=2)
    inhibited: Sequence[str] = ()
    refuses: bool = False
    done: list[object] = field(default_factory=list)

    def stop_databases(self) -> Sequence[str]:
        self.done.append("stop_databases")
        return ()

    def shut_down(self, *, polite: bool) -> None:
        if self.refuses:
            raise PowerFailed("no_permission")
        self.done.append("shut_down_politely" if polite else "shut_down")

    def sleep(self) -> None:
        if self.refuses:
            raise PowerFailed("no_permission")
        self.done.append("sleep")

    def wake_at(self, moment: datetime) -> bool:
        self.done.append(moment)
        return True

    def inhibitors(self) -> Sequence[str]:
        return self.inhibited

    def idle(self) -> timedelta | None:
        return self.idle_for

    def somebodys_desk(self) -> bool:
        return True


@dataclass
class Night:
    folder: Path
    power: Power = field(default_factory=Power)
    saved: datetime | None = None
    seen: list[PowerEvidence] = field(default_factory=list)
    busy: bool = False
    more: dict[str, bool] = field(default_factory=dict)

    def look(self, now: datetime) -> Step:
        evening = Evening(
            self.folder,
            HOURS,
            self.power,
            self.seen.append,
            machine="m",
            saved=lambda: self.saved,
            busy=[lambda: self.busy],
            **self.more,  # type: ignore[arg-type]
        )
        return evening.look(now)


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(tmp_path)


def test_an_idle_machine_is_announced_and_sleeps_and_wakes_in_the_morning(night: Night) -> None:
    assert night.look(NINE) is Step.ANNOUNCE
    (told,) = night.seen
    assert isinstance(told, MachineLeftOn)
    assert (told.minutes, told.off) == (15, False)
    assert night.look(NINE + timedelta(minutes=10)) is Step.NOTHING
    assert night.look(NINE + timedelta(minutes=15)) is Step.REST
    assert night.power.done == [datetime(2026, 11, 26, 7, 40, tzinfo=UTC), "sleep"]


def test_a_machine_that_is_to_be_off_shuts_down_politely(night: Night) -> None:
    night.more = {"off": True}
    night.look(NINE)
    night.look(NINE + timedelta(minutes=15))
    assert night.power.done[-1] == "shut_down_politely"


def test_a_backup_that_begins_in_between_is_never_cut(night: Night) -> None:
    night.look(NINE)
    night.busy = True
    assert night.look(NINE + timedelta(minutes=15)) is Step.NOTHING
    night.busy = False
    assert night.look(NINE + timedelta(minutes=20)) is Step.REST


def test_an_inhibitor_is_respected(night: Night) -> None:
    night.power.inhibited = ["Impress"]
    assert night.look(NINE) is Step.NOTHING
    assert night.seen == []


def test_whoever_comes_back_puts_it_off_for_two_hours(night: Night) -> None:
    night.look(NINE)
    night.power.idle_for = timedelta(minutes=1)
    assert night.look(NINE + timedelta(minutes=10)) is Step.PUT_OFF
    night.power.idle_for = timedelta(hours=1)
    assert night.look(NINE + timedelta(minutes=100)) is Step.NOTHING
    assert night.look(NINE + timedelta(minutes=140)) is Step.ANNOUNCE


def test_a_person_puts_it_off_by_one_word(night: Night) -> None:
    night.look(NINE)
    put_off(night.folder, NINE + timedelta(hours=3))
    assert night.look(NINE + timedelta(minutes=20)) is Step.NOTHING
    assert night.power.done == []


def test_a_machine_that_refuses_is_asked_again_later(night: Night) -> None:
    night.power.refuses = True
    night.look(NINE)
    night.look(NINE + timedelta(minutes=15))
    assert night.look(NINE + timedelta(minutes=30)) is Step.NOTHING
    night.power.refuses = False
    assert night.look(NINE + timedelta(minutes=140)) is Step.ANNOUNCE


def test_a_machine_that_cannot_tell_whether_it_is_idle_never_rests(night: Night) -> None:
    night.power.idle_for = None
    assert night.look(NINE) is Step.NOTHING


def test_a_machine_that_is_left_alone_still_says_that_the_day_is_saved(night: Night) -> None:
    night.more = {"rests": False}
    night.saved = datetime(2026, 11, 25, 20, tzinfo=UTC)
    assert night.look(NINE) is Step.NOTHING
    night.look(NINE + timedelta(minutes=1))
    assert night.seen == [DayEnded(at=NINE, machine="m", day="2026-11-25")]


@pytest.mark.parametrize("saved", [None, datetime(2026, 11, 25, 12, 45, tzinfo=UTC)])
def test_a_day_that_is_not_saved_is_never_said_to_be(night: Night, saved: datetime | None) -> None:
    night.saved = saved
    night.power.idle_for = timedelta(0)
    night.look(NINE)
    assert night.seen == []


def test_a_torn_state_file_is_begun_anew(night: Night) -> None:
    (night.folder / "evening.json").write_text('{"announced": "20')
    assert night.look(NINE) is Step.ANNOUNCE
