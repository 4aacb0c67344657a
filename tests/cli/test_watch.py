"""`vigie watch`, run as anybody would, against programs that really scramble files."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.kernel

PATIENCE = 60.0
FILES = 40
PROGRAM = """
import os, sys
place, how = sys.argv[1:]
for name in sorted(os.listdir(place)):
    if name.startswith("."):
        continue
    path = os.path.join(place, name)
    good = open(path, "rb").read()
    noise = os.urandom(len(good))
    if how == "in_place":
        with open(path, "r+b") as file:
            file.write(noise)
    elif how == "truncated":
        os.truncate(path, 0)
        with open(path, "r+b") as file:
            file.write(noise)
    elif how == "new_then_deleted":
        with open(path + ".locked", "wb") as file:
            file.write(noise)
        os.unlink(path)
    elif how == "replaced":
        with open(path + ".tmp", "wb") as file:
            file.write(noise)
        os.replace(path + ".tmp", path)
    elif how == "moved_out":
        away = os.path.join(os.path.dirname(place), "away-" + name)
        os.rename(path, away)
        with open(away, "r+b") as file:
            file.write(noise)
    elif how == "relay":
        with open(path, "r+b") as file:
            file.write(noise)
        if os.fork():
            os._exit(0)
        os.setsid()
    elif how == "tidied":
        os.unlink(path)
    elif how == "saved":
        with open(path, "wb") as file:
            file.write(good)
"""


class Watch:
    """A running `vigie watch --json`."""

    def __init__(self, folder: Path, home: Path, *options: str) -> None:
        self.said: list[dict[str, Any]] = []
        errors = home.parent / "stderr"
        with errors.open("a") as stderr:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vigie.cli", "watch", str(folder), "--json", *options],
                stdout=subprocess.PIPE,
                stderr=stderr,
                text=True,
                env=os.environ | {"VIGIE_HOME": str(home)},
            )
        self._listener = threading.Thread(target=self._listen)
        self._listener.start()
        assert self.until(lambda e: e["event"] == "ready"), errors.read_text()

    def _listen(self) -> None:
        assert self.process.stdout
        with self.process.stdout as lines:
            self.said.extend(json.loads(line) for line in lines)

    def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
        limit = time.monotonic() + PATIENCE
        while time.monotonic() < limit:
            if found := next((e for e in list(self.said) if wanted(e)), None):
                return found
            time.sleep(0.02)
        return None

    def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(how)
        status = self.process.wait(PATIENCE)
        self._listener.join()
        return status


@pytest.fixture
def practice(tmp_path: Path) -> Path:
    folder = tmp_path / "practice"
    folder.mkdir()
    for n in range(FILES):
        with zipfile.ZipFile(folder / f"letter-{n:02}.docx", "w", zipfile.ZIP_DEFLATED) as package:
            package.writestr("[Content_Types].xml", "<Types/>")
            package.writestr("word/document.xml", f"<w>{os.urandom(4000).hex()}</w>")
    return folder


@pytest.fixture
def watches(practice: Path, tmp_path: Path) -> Iterator[Callable[..., Watch]]:
    running: list[Watch] = []

    def begin(*options: str) -> Watch:
        running.append(Watch(practice, tmp_path / "home", *options))
        return running[-1]

    yield begin
    for one in running:
        if one.process.poll() is None:
            one.end()


@pytest.fixture
def watch(watches: Callable[..., Watch]) -> Watch:
    return watches()


def prints(folder: Path) -> dict[str, str]:
    return {
        file.name: hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.iterdir()
        if file.name.startswith("letter") and file.suffix == ".docx"
    }


def run(practice: Path, how: str) -> subprocess.Popen[bytes]:
    # In a session of its own, as a stranger: not a child that shares our terminal.
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(practice), how],
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def verdict(event: dict[str, Any]) -> bool:
    return bool(event["event"] == "verdict")


def done(event: dict[str, Any], deed: str) -> bool:
    return any(o["deed"] == deed and o["result"] == "DONE" for o in event["outcomes"])


@pytest.mark.parametrize(
    "how",
    ["in_place", "truncated", "new_then_deleted", "replaced", "moved_out", "relay"],
)
def test_whoever_scrambles_is_frozen_and_nothing_is_lost(
    how: str, practice: Path, watch: Watch
) -> None:
    before = prints(practice)
    attacker = run(practice, how)
    said = watch.until(verdict)
    assert said
    assert said["findings"][0]["fact"].startswith("files_scrambled")
    assert done(said, "FREEZE")
    assert done(said, "RESTORE")
    assert prints(practice) == before
    attacker.kill()
    attacker.wait()
    assert watch.end() == 0


def test_forty_ordinary_saves_are_nobodys_business(practice: Path, watch: Watch) -> None:
    assert run(practice, "saved").wait(PATIENCE) == 0
    assert watch.end() == 0
    assert [e["event"] for e in watch.said] == ["ready"]


def test_a_hung_watch_does_not_hold_the_practice_up(practice: Path, watch: Watch) -> None:
    watch.process.send_signal(signal.SIGSTOP)
    opening = run(practice, "saved")
    assert opening.wait(PATIENCE) == 0
    assert watch.process.wait(PATIENCE) == -signal.SIGKILL


def test_a_killed_watch_leaves_nobody_waiting_and_holds_back_again_what_it_held(
    practice: Path, watch: Watch, tmp_path: Path
) -> None:
    before = prints(practice)
    attacker = run(practice, "in_place")
    assert watch.until(verdict)
    watch.end(signal.SIGKILL)
    assert run(practice, "saved").wait(PATIENCE) == 0  # nobody waits for a dead gate
    again = Watch(practice, tmp_path / "home")
    assert "le reste" in (tmp_path / "stderr").read_text()
    assert run(practice, "saved").wait(PATIENCE) == 1  # the folder is closed again
    assert attacker.poll() is None  # and the attacker still where it was stopped
    attacker.kill()
    attacker.wait()
    assert again.end() == 0
    assert prints(practice) == before


def state_of(process: subprocess.Popen[bytes]) -> str:
    return Path(f"/proc/{process.pid}/stat").read_text().rpartition(") ")[2][0]


def test_whom_an_alarm_froze_stays_frozen_until_a_person_lets_go(
    practice: Path, watch: Watch, tmp_path: Path
) -> None:
    attacker = run(practice, "in_place")
    assert watch.until(verdict)
    assert watch.end() == 0
    assert f"les processus {attacker.pid}" in (tmp_path / "stderr").read_text()
    assert state_of(attacker) == "T"
    letting_go = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "watch", "--let-go"],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"VIGIE_HOME": str(tmp_path / "home")},
    )
    assert "libéré" in letting_go.stdout
    assert attacker.wait(PATIENCE) == 1  # its last open had been refused: it ends by itself


def test_a_yes_to_the_question_brings_the_deleted_documents_back(
    practice: Path, watches: Callable[..., Watch]
) -> None:
    watch = watches("--when-asked", "restore")
    before = prints(practice)
    assert run(practice, "tidied").wait(PATIENCE) == 0
    said = watch.until(verdict)
    assert said
    assert done(said, "ASK")
    assert done(said, "RESTORE")
    assert not done(said, "FREEZE")
    assert prints(practice) == before
    assert watch.end() == 0


def test_without_process_numbers_the_folder_is_closed_and_open_again_at_the_end(
    practice: Path, watches: Callable[..., Watch]
) -> None:
    watch = watches("--without-pids")
    attacker = run(practice, "in_place")
    said = watch.until(verdict)
    attacker.wait(PATIENCE)  # refused or done, never stopped
    assert said
    assert done(said, "BLOCK")
    assert not done(said, "FREEZE")
    with pytest.raises(OSError, match="Read-only"):
        (practice / "new.txt").write_text("closed")
    assert watch.end() == 0
    (practice / "new.txt").write_text("open")
    assert len(list(practice.iterdir())) == FILES + 1  # no canary is left behind


def test_what_the_watch_put_there_is_gone_when_it_ends(practice: Path, watch: Watch) -> None:
    assert len(list(practice.iterdir())) == FILES + 2
    assert watch.end() == 0
    assert len(list(practice.iterdir())) == FILES


def test_a_folder_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "vigie.cli", "watch", str(tmp_path / "nowhere")],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"VIGIE_HOME": str(tmp_path / "home")},
    )
    assert ended.returncode == 2
    assert "n’existe pas" in ended.stderr
    assert "Traceback" not in ended.stderr
