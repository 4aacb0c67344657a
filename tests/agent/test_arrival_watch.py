import hashlib
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from vigie.agent.arrival_watch import usual_folders
from vigie.agent.assembly import assembled
from vigie.agent.loop import Agent
from vigie.agent.settings import parse
from vigie.domain.response import Deed
from vigie.routines.documents.checking import DocumentChecker
from vigie.sensors.arrivals.asked import AskedArrivals
from vigie.wire import reports

PATIENCE = 60.0
HARM = b'CreateObject("WScript.Shell").Run "notepad.exe"\r\n'
pytestmark = pytest.mark.kernel


def until(what: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.02)


class Machine:
    def __init__(self, home: Path) -> None:
        self.folder = home / "Downloads"
        self.folder.mkdir()
        settings = parse(
            '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n[usb]\nwatch = false\n'
            f'[arrivals]\nfolders = ["{self.folder}"]\n'
        )
        self.agent = Agent(settings, home)
        self.parts = assembled(self.agent, home)

    @contextmanager
    def running(self) -> Iterator["Machine"]:
        work = threading.Thread(target=self.agent.run, args=(self.parts,), daemon=True)
        work.start()
        (sensor,) = (s for s in self.parts.sensors if isinstance(s, AskedArrivals))
        until(lambda: sensor._places)
        try:
            yield self
        finally:
            self.agent.stop()
            work.join(PATIENCE)

    def arrives(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        subprocess.run(["tee", path], input=content, capture_output=True, check=True)
        return path

    def reports(self) -> list[str]:
        return list({e.report for e in self.agent.undo.pending() if e.deed is Deed.HOLD})


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_letter_stays_and_a_script_is_put_aside_and_comes_back(machine: Machine) -> None:
    with machine.running():
        letter = machine.arrives("lettre.txt", b"Bonjour Madame,\n")
        script = machine.arrives("Facture.pdf.vbs", HARM)
        until(lambda: not script.exists())
        assert letter.read_bytes() == b"Bonjour Madame,\n"
        until(machine.reports)
        (report,) = machine.reports()
        machine.agent.take_back(report)
        assert script.read_bytes() == HARM
        again = subprocess.run(["cat", script], capture_output=True, check=False)
        assert again.stdout == HARM  # a person has settled it


def test_the_same_script_again_is_put_aside_again(machine: Machine) -> None:
    with machine.running():
        for name in ("a.vbs", "b.vbs"):
            script = machine.arrives(name, HARM)
            until(lambda: not script.exists())  # noqa: B023  (asked at once)
        until(machine.reports)


def test_a_letter_that_is_known_bad_elsewhere_is_put_aside_here(machine: Machine) -> None:
    content = b"Bonjour Madame,\n"
    machine.agent.known_bad.learn([hashlib.sha256(content).hexdigest()], 1)
    with machine.running():
        letter = machine.arrives("lettre.txt", content)
        until(lambda: not letter.exists())


def test_what_is_put_aside_is_told_to_the_others_once(machine: Machine) -> None:
    def told() -> list[reports.Item]:
        rows = machine.agent.spool.lease(500)
        items = [reports.decode_item(row.body) for row in rows]
        machine.agent.spool.rollback(rows)
        return [item for item in items if isinstance(item, reports.BadFileWord)]

    with machine.running():
        for name in ("a.vbs", "b.vbs"):
            script = machine.arrives(name, HARM)
            until(lambda: not script.exists())  # noqa: B023  (asked at once)
        until(lambda: len(told()) == 1)
        digest = hashlib.sha256(HARM).hexdigest()
        assert [word.digest for word in told()] == [digest]  # type: ignore[union-attr]


def test_a_judge_that_fails_is_blindness_and_keeps_nobody_from_a_file(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no judge")

    def blind() -> bool:
        rows = machine.agent.spool.lease(500)
        items = [reports.decode_item(row.body) for row in rows]
        machine.agent.spool.rollback(rows)
        words = [item for item in items if isinstance(item, reports.ReportWord)]
        return "sensor_blind" in {fact.fact for word in words for fact in word.facts}

    monkeypatch.setattr(DocumentChecker, "check_descriptor", broken)
    with machine.running():
        letter = machine.arrives("lettre.txt", b"Bonjour Madame,\n")
        read = subprocess.run(["cat", letter], capture_output=True, check=False)
        assert read.stdout == b"Bonjour Madame,\n"
        until(blind)


def test_nobody_opens_a_script_that_has_just_arrived(machine: Machine) -> None:
    with machine.running():
        path = machine.folder / "a.vbs"
        done = subprocess.run(
            ["sh", "-c", f"cat > '{path}'; cat '{path}'"],
            input=HARM,
            capture_output=True,
            check=False,
        )
        assert done.stdout == b""


def test_the_usual_folders_are_found(tmp_path: Path) -> None:
    for name in ("claire/Téléchargements", "claire/Bureau", "claire/Documents", "paul/Downloads"):
        (tmp_path / name).mkdir(parents=True)
    found = [str(folder.relative_to(tmp_path)) for folder in usual_folders(tmp_path)]
    assert found == ["claire/Téléchargements", "claire/Bureau", "paul/Downloads"]
