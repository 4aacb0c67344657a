"""The daily look: what is wrong is said once, what is right again as well, and one note a day."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.machine import MachineSeen, Room
from vigie.domain.practice import ConsultationHours, Span
from vigie.routines.surveillance.duty import REMINDER, SurveillanceDuty
from vigie.sensors.machine.linux import Linux

GB = 1 << 30


class Machine:
    """A machine whose state a test sets."""

    def __init__(self) -> None:
        self.state = MachineSeen(at=datetime(2026, 1, 1, tzinfo=UTC), machine="m", firewall=True)

    def seen(self, at: datetime, machine: str, folders: Sequence[Path]) -> MachineSeen:
        del folders
        return replace(self.state, at=at, machine=machine)


class Stage:
    def __init__(self, memory: Path) -> None:
        self.machine = Machine()
        self.memory = memory
        self.now = datetime(2026, 11, 25, 12, 40, tzinfo=UTC)

    def run(self) -> list[str]:
        said = []
        duty = SurveillanceDuty(
            system=self.machine,
            memory=self.memory,
            machine="accueil",
            folders=(),
            consultations=ConsultationHours(),
            say=lambda _danger, findings: said.extend(findings),
            clock=lambda: self.now,
        )
        duty.run()
        self.now += timedelta(days=1)
        assert said[-1].fact == "machine_checked"
        return [finding.fact for finding in said[:-1]]


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path / "machine.json")


def test_what_is_wrong_is_said_once_and_taken_back_once(stage: Stage) -> None:
    assert stage.run() == []
    stage.machine.state = replace(stage.machine.state, firewall=False)
    assert stage.run() == ["firewall_off"]
    assert stage.run() == []
    stage.machine.state = replace(stage.machine.state, firewall=True)
    assert stage.run() == ["firewall_on"]
    assert stage.run() == []


def test_what_becomes_unknown_is_not_called_right(stage: Stage) -> None:
    stage.machine.state = replace(stage.machine.state, firewall=False)
    stage.run()
    stage.machine.state = replace(stage.machine.state, firewall=None)
    assert stage.run() == []
    stage.machine.state = replace(stage.machine.state, firewall=True)
    assert stage.run() == ["firewall_on"]


def test_what_stays_wrong_is_said_again_after_a_month(stage: Stage) -> None:
    stage.machine.state = replace(stage.machine.state, firewall=False)
    stage.run()
    stage.now += REMINDER
    assert stage.run() == ["firewall_off"]


def test_a_disk_that_fills_up_is_seen_before_it_is_full(stage: Stage) -> None:
    said = []
    for day in range(30):
        room = Room(place="/", size=500 * GB, free=(200 - 6 * day) * GB)
        stage.machine.state = replace(stage.machine.state, rooms=(room,))
        said.append(stage.run())
    first = next(day for day, facts in enumerate(said) if facts == ["disk_filling"])
    assert 200 - 6 * first > 60  # thirteen days before, not when little is left
    assert sum(map(len, said)) == 1


def test_a_memory_that_is_broken_begins_anew(stage: Stage) -> None:
    stage.memory.write_text("[1, 2]")
    stage.machine.state = replace(stage.machine.state, firewall=False)
    assert stage.run() == ["firewall_off"]


def test_it_is_due_at_lunch_and_never_while_patients_are_there(tmp_path: Path) -> None:
    hours = ConsultationHours(week=dict.fromkeys(range(7), (Span(time(8), time(13, 30)),)))
    duty = SurveillanceDuty(
        system=Linux(), memory=tmp_path / "m", machine="m", folders=(), consultations=hours,
        say=lambda _danger, _findings: None,
    )  # fmt: skip
    due = duty.due_after(datetime(2026, 11, 25, 9, tzinfo=UTC))
    assert (due.hour, due.minute) == (13, 30)


def test_the_real_machine_is_looked_at_and_reported(tmp_path: Path) -> None:
    said = []
    duty = SurveillanceDuty(
        system=Linux(), memory=tmp_path / "m", machine="m", folders=(tmp_path,),
        consultations=ConsultationHours(), say=lambda _danger, found: said.extend(found),
    )  # fmt: skip
    duty.run()
    assert said[-1].fact == "machine_checked"
    assert "disk_room" in said[-1].numbers
