"""Power at a whole agent: a real upsd, a real register, and an end that is only recorded."""

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.power_watch import _held
from vigie.agent.settings import parse
from vigie.domain.danger import Danger
from vigie.routines.integrity.duty import IntegrityDuty
from vigie.routines.integrity.room import held
from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.updates.register import Register
from vigie.tools import dummy_ups
from vigie.tools.journal import JOURNAL, Journal, latest_trials
from vigie.tools.notices import Notices
from vigie.tools.stops import LastStop

LIMIT = 60.0  # seconds a busy machine may need for anything here


@dataclass
class RecordedPower:
    """A machine that is never really stopped: what was asked of it, and when."""

    done: list[tuple[float, str]] = field(default_factory=list)

    def _note(self, what: str) -> None:
        self.done.append((time.monotonic(), what))

    def stop_databases(self) -> Sequence[str]:
        self._note("databases")
        return ["postgresql"]

    def shut_down(self, *, polite: bool) -> None:
        self._note("politely" if polite else "machine")

    def sleep(self) -> None:
        self._note("sleep")

    def wake_at(self, moment: datetime) -> bool:
        del moment
        return True

    def inhibitors(self) -> Sequence[str]:
        return ()

    def idle(self) -> timedelta | None:
        return None

    def somebodys_desk(self) -> bool:
        return True


@dataclass
class Told:
    clean: bool | None

    def last(self) -> LastStop:
        return LastStop(clean=self.clean)


def until(what: Callable[[], object], limit: float = LIMIT) -> bool:
    end = time.monotonic() + limit
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.05)
    return False


SETTINGS = """
[practice]
name = "Cabinet"
caretaker = "Karim"
[power]
{power}
"""


@contextmanager
def running(
    home: Path, power: RecordedPower, text: str, *, clean: bool | None = True
) -> Iterator[Agent]:
    agent = Agent(parse(SETTINGS.format(power=text)), home)
    parts = assembled(agent, home, power=power, stops=Told(clean))
    thread = threading.Thread(target=agent.run, args=(parts,))
    thread.start()
    try:
        yield agent
    finally:
        agent.stop()
        thread.join()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("VIGIE_HOME", str(home))
    return home


def notices(agent: Agent) -> list[str]:
    with closing(Notices(agent.folder / "notices.db")) as kept:
        return [notice.text for notice in kept.open()]


@pytest.mark.kernel
@pytest.mark.skipif(not dummy_ups.installed(), reason="needs nut-server")
def test_the_staff_read_the_minutes_and_the_machine_stops_while_the_battery_holds(
    home: Path, tmp_path: Path
) -> None:
    power = RecordedPower()
    with (
        dummy_ups.running(tmp_path / "nut") as ups,
        running(home, power, f'ups = "{ups.address}"') as agent,
    ):
        time.sleep(3)
        assert notices(agent) == []
        began = time.monotonic()
        ups.say("OB DISCHRG", runtime=480, charge=97)
        assert until(lambda: notices(agent))
        assert time.monotonic() - began <= 5.0
        assert "8 minutes" in notices(agent)[0]
        assert power.done == []
        ups.say("OB DISCHRG LB", runtime=100, charge=9)
        assert until(lambda: len(power.done) == 2)
        assert [what for _, what in power.done] == ["databases", "machine"]


@pytest.mark.kernel
@pytest.mark.skipif(not dummy_ups.installed(), reason="needs nut-server")
def test_a_power_cut_that_ends_stops_nothing(home: Path, tmp_path: Path) -> None:
    power = RecordedPower()
    with (
        dummy_ups.running(tmp_path / "nut") as ups,
        running(home, power, f'ups = "{ups.address}"') as agent,
    ):
        ups.say("OB DISCHRG", runtime=480, charge=97)
        assert until(lambda: notices(agent))
        ups.say("OL CHRG", runtime=480, charge=96)
        time.sleep(6)
    assert power.done == []


def recorded(home: Path, folder: Path) -> None:
    with closing(Journal(home / JOURNAL)) as journal:
        IntegrityDuty(
            home=home,
            folders=[folder],
            machine="m",
            consultations=parse(SETTINGS.format(power="")).practice.hours,
            journal=journal,
            see=lambda _: None,
        ).look(None)


def test_after_an_unclean_stop_everything_is_verified_and_back(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cabinet"
    make_practice(folder, files=30, bytes_total=1_500_000)
    recorded(home, folder)
    files = [p for p in sorted(folder.rglob("*")) if p.is_file() and p.name[0] != "."]
    whole = {path: path.read_bytes() for path in files[:3]}
    for path in files[:2]:
        path.write_bytes(whole[path][: len(whole[path]) // 2])
    written = files[2].parent.stat()
    files[2].unlink()  # and its folder does not know: the file system lost it
    os.utime(files[2].parent, ns=(written.st_atime_ns, written.st_mtime_ns))
    agent = home / "agent"
    agent.mkdir()
    (agent / "alive.json").write_text(
        f'{{"start": "00", "at": "{datetime.now(UTC).isoformat()}", "ended": false}}'
    )
    with running(home, RecordedPower(), f'folders = ["{folder}"]', clean=False) as running_agent:
        assert until(lambda: any("dossiers" in text for text in notices(running_agent)))
    assert {path: path.read_bytes() for path in whole} == whole
    with closing(Journal(home / JOURNAL)) as journal:
        proof = latest_trials(journal)[Danger.POWER_LOSS, "documents_verified"]
    assert proof.held
    assert (proof.numbers["damaged"], proof.numbers["restored"]) == (3, 3)


def test_a_verification_that_was_killed_is_owed_until_it_is_done(
    home: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "cabinet"
    make_practice(folder, files=10, bytes_total=300_000)
    recorded(home, folder)
    path = next(p for p in sorted(folder.rglob("*.pdf")))
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    agent = home / "agent"
    agent.mkdir()
    (agent / "owed.txt").write_text(datetime.now(UTC).isoformat())
    with running(home, RecordedPower(), f'folders = ["{folder}"]', clean=True):
        assert until(lambda: not (agent / "owed.txt").exists())
    assert path.read_bytes() == whole


def test_after_a_shutdown_nothing_is_verified(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cabinet"
    make_practice(folder, files=10, bytes_total=300_000)
    agent = home / "agent"
    agent.mkdir()
    at = datetime.now(UTC).isoformat()
    (agent / "alive.json").write_text(f'{{"start": "00", "at": "{at}", "ended": false}}')
    with running(home, RecordedPower(), f'folders = ["{folder}"]', clean=True):
        time.sleep(1)
    with closing(Journal(home / JOURNAL)) as journal:
        assert latest_trials(journal) == {}


def test_an_agent_that_ends_leaves_its_sign(home: Path) -> None:
    with running(home, RecordedPower(), "") as agent:
        assert until((agent.folder / "alive.json").exists)
    assert '"ended": true' in (home / "agent" / "alive.json").read_text()


def test_a_deletion_before_the_cut_stays_a_deletion(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "cabinet"
    make_practice(folder, files=12, bytes_total=300_000)
    recorded(home, folder)
    deleted = next(p for p in sorted(folder.rglob("*.pdf")))
    time.sleep(0.05)
    deleted.unlink()
    time.sleep(0.05)
    with closing(Journal(home / JOURNAL)) as journal:
        IntegrityDuty(
            home=home,
            folders=[folder],
            machine="m",
            consultations=parse(SETTINGS.format(power="")).practice.hours,
            journal=journal,
            see=lambda _: None,
        ).look(datetime.now(UTC))
    assert not deleted.exists()


def test_an_update_under_way_is_seen_from_its_lock(home: Path) -> None:
    assert not _held(home / "updates" / "lock")
    register = Register(home / "updates")
    with register.alone():
        assert _held(home / "updates" / "lock")
    assert not _held(home / "updates" / "lock")


def test_work_under_way_is_seen_from_its_lock(home: Path) -> None:
    assert not _held(home / "integrity" / "lock")
    with held(home):
        assert _held(home / "integrity" / "lock")
    assert not _held(home / "integrity" / "lock")
