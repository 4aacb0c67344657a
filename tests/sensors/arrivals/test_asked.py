import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vigie.sensors import Sensor, SensorBlind
from vigie.sensors.arrivals.asked import AskedArrivals
from vigie.sensors.arrivals.told import ToldArrivals

PATIENCE = 20.0
pytestmark = pytest.mark.kernel


def until(what: Callable[[], object]) -> None:
    limit = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < limit
        time.sleep(0.01)


class Judge:
    """Refuses what holds `harm`, and removes it; takes `slow` seconds for each file."""

    def __init__(self, slow: float = 0.0) -> None:
        self.slow, self.seen = slow, list[str]()

    def __call__(self, descriptor: int, path: str) -> bool:
        time.sleep(self.slow)
        content = os.pread(descriptor, 100, 0)
        self.seen.append(Path(path).name)
        if b"harm" in content:
            Path(path).unlink(missing_ok=True)
            return False
        return True


def watching(sensor: Sensor, settled: Callable[[], object]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=sensor.observe, args=(lambda _: None, stop), daemon=True)
    thread.start()
    until(settled)
    yield
    stop.set()
    thread.join(PATIENCE)
    assert not thread.is_alive()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "Téléchargements"
    folder.mkdir()
    return folder


@pytest.fixture
def judge() -> Judge:
    return Judge()


@pytest.fixture
def asked(folder: Path, judge: Judge) -> Iterator[None]:
    sensor = AskedArrivals([folder], judge)
    yield from watching(sensor, lambda: sensor._places)


def opened(path: Path) -> bytes | None:
    """Return what somebody else reads; None where the open is refused."""
    done = subprocess.run(["cat", path], capture_output=True, check=False)
    return done.stdout if done.returncode == 0 else None


@pytest.mark.usefixtures("asked")
def test_what_arrives_is_judged_before_anybody_opens_it(folder: Path, judge: Judge) -> None:
    subprocess.run(["cp", "/etc/hostname", folder / "lettre.txt"], check=True)
    until(lambda: "lettre.txt" in judge.seen)
    assert opened(folder / "lettre.txt") == Path("/etc/hostname").read_bytes()
    assert judge.seen == ["lettre.txt"]


@pytest.mark.usefixtures("asked")
def test_what_is_harmful_is_gone_before_anybody_opens_it(folder: Path, judge: Judge) -> None:
    subprocess.run(["sh", "-c", f"printf harm > '{folder}/facture.txt'"], check=True)
    until(lambda: "facture.txt" in judge.seen)
    assert opened(folder / "facture.txt") is None
    assert not (folder / "facture.txt").exists()


def test_an_open_that_is_quicker_than_the_judge_waits_for_it(folder: Path) -> None:
    judge = Judge(slow=0.5)
    sensor = AskedArrivals([folder], judge)
    for _ in watching(sensor, lambda: sensor._places):
        script = f"printf harm > '{folder}/a.txt'; cat '{folder}/a.txt'"
        done = subprocess.run(["sh", "-c", script], capture_output=True, check=False)
        assert done.returncode != 0
        assert done.stdout == b""


def test_what_was_there_before_is_judged_when_it_is_opened(folder: Path, judge: Judge) -> None:
    (folder / "ancien.txt").write_text("harm")
    sensor = AskedArrivals([folder], judge)
    for _ in watching(sensor, lambda: sensor._places):
        assert judge.seen == []
        assert opened(folder / "ancien.txt") is None


@pytest.mark.usefixtures("asked")
def test_a_download_that_takes_its_name_at_the_end_is_judged_under_it(
    folder: Path, judge: Judge
) -> None:
    # Many, since what it must not do depends on a moment: take the old name for the new one.
    names = {f"{number}.pdf" for number in range(60)}
    for name in names:
        script = f"cd '{folder}' && printf soft > {name}.crdownload && mv {name}.crdownload {name}"
        subprocess.run(["sh", "-c", script], check=True)
    until(lambda: names <= set(judge.seen))


@pytest.mark.usefixtures("asked")
def test_a_folder_that_is_unpacked_is_judged_as_well(folder: Path, judge: Judge) -> None:
    script = f"mkdir -p '{folder}/archive/inner' && printf harm > '{folder}/archive/inner/a.txt'"
    subprocess.run(["sh", "-c", script], check=True)
    until(lambda: judge.seen or opened(folder / "archive/inner/a.txt") is None)
    until(lambda: not (folder / "archive/inner/a.txt").exists())


@pytest.mark.usefixtures("asked")
def test_a_file_that_changes_is_judged_again(folder: Path, judge: Judge) -> None:
    for content in ("soft", "harm"):
        subprocess.run(["sh", "-c", f"printf {content} > '{folder}/a.txt'"], check=True)
        until(lambda: judge.seen.count("a.txt") >= 1)
    until(lambda: not (folder / "a.txt").exists())


def test_a_judge_that_fails_lets_the_practice_work(folder: Path) -> None:
    def fails(_descriptor: int, _path: str) -> bool:
        raise ValueError("no judgement")

    sensor = AskedArrivals([folder], fails)
    for _ in watching(sensor, lambda: sensor._places):
        subprocess.run(["sh", "-c", f"printf soft > '{folder}/a.txt'"], check=True)
        assert opened(folder / "a.txt") == b"soft"


def test_without_a_folder_the_sensor_is_blind(tmp_path: Path, judge: Judge) -> None:
    with pytest.raises(SensorBlind):
        AskedArrivals([tmp_path / "none"], judge).observe(lambda _: None, threading.Event())


def test_elsewhere_what_is_harmful_is_gone_right_after_it_arrived(
    folder: Path, judge: Judge
) -> None:
    sensor = ToldArrivals([folder], judge)
    for _ in watching(sensor, lambda: True):
        time.sleep(0.5)
        (folder / "facture.txt").write_text("harm")
        until(lambda: not (folder / "facture.txt").exists())
    assert judge.seen == ["facture.txt"]
