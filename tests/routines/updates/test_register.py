"""The register says how far a run is, whatever happens; and when updates may begin."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from vigie.domain.practice import ConsultationHours, Span
from vigie.routines.updates.calling import (
    allow,
    calling,
    first_seen,
    may_begin,
    put_off,
    put_off_until,
)
from vigie.routines.updates.register import BALLAST, Busy, Register, State
from vigie.routines.updates.telling import number_of
from vigie.tools.packages import Change

# A Wednesday; patients from eight to noon and from two to seven, in Paris.
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
WEEK = ConsultationHours(
    week={day: (Span(time(8), time(12)), Span(time(14), time(19))) for day in range(5)}
)


@pytest.fixture
def register(tmp_path: Path) -> Register:
    return Register(tmp_path / "updates")


def test_a_run_is_on_disk_before_the_next_step(register: Register) -> None:
    run = register.note(register.begin("Médicabinet"), state=State.READY, backup="abc")
    again = Register(register.folder)
    assert again.runs() == (run,)
    assert again.run(run.id).state is State.READY


def test_two_conductors_never_work_at_once(register: Register) -> None:
    with register.alone(), pytest.raises(Busy), Register(register.folder).alone():
        pass
    with Register(register.folder).alone():
        pass


def test_what_a_run_needed_goes_and_what_it_says_stays(register: Register) -> None:
    run = register.begin("a")
    (register.place(run) / BALLAST).write_bytes(b"0")
    (register.place(run) / "dumps").mkdir()
    register.forget(run)
    assert [file.name for file in register.place(run).iterdir()] == ["run.json"]


@pytest.mark.parametrize(
    ("hour", "minute", "may"),
    [
        (3, 0, True),
        (5, 40, False),  # patients at eight, in Paris
        (9, 0, False),
        (11, 15, True),
        (12, 0, False),  # an hour before the first patient of the afternoon
        (18, 30, True),
        (22, 30, True),
    ],
)
def test_an_update_begins_only_where_it_can_end_before_a_patient(
    hour: int, minute: int, *, may: bool
) -> None:
    assert may_begin(WEEK, NOON.replace(hour=hour, minute=minute)) is may


def test_without_hours_an_update_may_begin_at_any_time() -> None:
    assert may_begin(ConsultationHours(), NOON)


def test_it_is_called_for_the_next_evening() -> None:
    assert calling(time(22, 30), WEEK, NOON) == NOON.replace(hour=21, minute=30)
    late = NOON.replace(hour=22)
    assert calling(time(22, 30), WEEK, late) == late.replace(day=26, hour=21, minute=30)


def test_what_was_put_off_waits_until_then(register: Register) -> None:
    assert put_off_until(register, NOON) is None
    put_off(register, NOON + timedelta(days=2))
    assert put_off_until(register, NOON + timedelta(days=1)) == NOON + timedelta(days=2)
    assert put_off_until(register, NOON + timedelta(days=2)) is None


def test_an_update_is_first_seen_once(register: Register) -> None:
    assert first_seen(register, 7, NOON) == NOON
    assert first_seen(register, 7, NOON + timedelta(days=3)) == NOON
    allow(register, 7, NOON)
    assert register.held().allowed == {"7": NOON}
    assert register.held().seen == {"7": NOON}


def test_the_same_update_has_the_same_number_everywhere() -> None:
    one = Change(package="medicabinet", before="1.0", after="2.0")
    other = Change(package="libfoo", before="", after="3")
    elsewhere = Change(package="medicabinet", before="1.9", after="2.0")
    assert number_of([one, other]) == number_of([other, elsewhere])
    assert number_of([one]) != number_of([one, other])
    assert 0 < number_of([one]) < 2**53
    assert number_of([]) == 0
