"""How accounts stand is told when it has changed, and once a week."""

import threading
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.evidence.passwords import Account, AccountsSeen
from vigie.sensors.accounts.watching import REMINDER, Accounts


class Machine:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 12, tzinfo=UTC)
        self.held = [Account(name="lea", days=12, idle=0, locks_after=5)]

    def accounts(self, now: datetime, left: Collection[str]) -> Sequence[Account]:
        del now
        return [replace(each, left=each.name in left) for each in self.held]

    def homes(self) -> Sequence[Path]:
        return ()


def sensor(machine: Machine, tmp_path: Path) -> Accounts:
    return Accounts(machine, tmp_path / "told.json", machine="accueil", clock=lambda: machine.now)


def test_what_has_not_changed_is_not_told_again(tmp_path: Path) -> None:
    machine = Machine()
    assert sensor(machine, tmp_path).news() is not None
    machine.held = [replace(machine.held[0], days=13)]
    machine.now += timedelta(days=1)
    assert sensor(machine, tmp_path).news() is None  # another process, another day


def test_a_change_is_told_at_once_and_the_rest_once_a_week(tmp_path: Path) -> None:
    machine = Machine()
    accounts = sensor(machine, tmp_path)
    accounts.news()
    machine.held.append(Account(name="stagiaire", without_password=True))
    seen = accounts.news()
    assert isinstance(seen, AccountsSeen)
    assert [each.name for each in seen.accounts] == ["lea", "stagiaire"]
    machine.now += REMINDER
    assert accounts.news() is not None


def test_the_sensor_tells_its_sink(tmp_path: Path) -> None:
    stop, told = threading.Event(), []

    def sink(evidence: object) -> None:
        told.append(evidence)
        stop.set()

    accounts = Accounts(Machine(), tmp_path / "told", machine="x", first=timedelta(0))
    accounts.observe(sink, stop)
    assert len(told) == 1


def test_a_memory_that_is_broken_tells_again(tmp_path: Path) -> None:
    (tmp_path / "told.json").write_text("[]")
    assert sensor(Machine(), tmp_path).news() is not None
