from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.agent import life_sign
from vigie.agent.life_sign import LifeSign
from vigie.tools.stops import LastStop

FRIDAY = datetime(2026, 11, 27, 19, 30, tzinfo=UTC)


class Told:
    def __init__(self, clean: bool | None, at: datetime | None = None) -> None:  # noqa: FBT001
        self.stop = LastStop(clean=clean, at=at)

    def last(self) -> LastStop:
        return self.stop


def started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(life_sign, "this_start", lambda: b"another start of it")


def test_a_start_of_the_agent_alone_is_no_start_of_the_machine(tmp_path: Path) -> None:
    life = LifeSign(tmp_path)
    assert life.unclean(Told(False)) is None  # never seen alive before
    life.give(FRIDAY)
    assert life.unclean(Told(False)) is None


def test_a_machine_that_stopped_while_the_agent_lived_is_a_power_cut(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = LifeSign(tmp_path)
    life.give(FRIDAY)
    started_again(monkeypatch)
    assert life.unclean(Told(None)) == FRIDAY
    assert life.unclean(Told(False, FRIDAY + timedelta(hours=8))) == FRIDAY + timedelta(hours=8)


def test_the_systems_records_are_believed_before_our_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = LifeSign(tmp_path)
    life.give(FRIDAY)  # killed, then the machine was shut down
    started_again(monkeypatch)
    assert life.unclean(Told(True)) is None
    life.give(FRIDAY, ended=True)  # stopped by hand, then the power went
    monkeypatch.setattr(life_sign, "this_start", lambda: b"a third one")
    assert life.unclean(Told(False)) == FRIDAY


def test_an_agent_that_ended_is_a_shutdown_where_nothing_else_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = LifeSign(tmp_path)
    life.give(FRIDAY, ended=True)
    started_again(monkeypatch)
    assert life.unclean(Told(None)) is None


def test_a_torn_sign_is_none(tmp_path: Path) -> None:
    (tmp_path / "alive.json").write_text('{"start": "aa')
    assert LifeSign(tmp_path).last() is None
