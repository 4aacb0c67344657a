import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.evidence import Evidence
from vigie.sensors import SensorBlind
from vigie.sensors.publishing.folder import PHOTOS, PublishingFolder

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Watch:
    def __init__(self, folder: Path, done: Callable[[Path], bool] = lambda _: False) -> None:
        self.offered: list[tuple[str, bytes]] = []
        self.stop = threading.Event()
        sensor = PublishingFolder(folder, PHOTOS, self.develop, done)
        self.thread = threading.Thread(
            target=sensor.observe, args=(lambda _: None, self.stop), daemon=True
        )
        self.thread.start()

    def develop(self, path: Path, content: bytes) -> Evidence:
        self.offered.append((path.name, content))
        return Evidence(at=AT, machine="m")

    def wait(self, count: int, seconds: float = 8) -> list[tuple[str, bytes]]:
        limit = time.monotonic() + seconds
        while len(self.offered) < count and time.monotonic() < limit:
            time.sleep(0.05)
        return self.offered

    def end(self) -> None:
        self.stop.set()
        self.thread.join(5)


def test_each_photo_is_offered_once_and_other_files_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"one")
    (tmp_path / "B.HEIC").write_bytes(b"two")
    (tmp_path / "lettre.docx").write_bytes(b"three")
    (tmp_path / ".a.jpg").write_bytes(b"hidden")
    (tmp_path / "link.jpg").symlink_to("/etc/hostname")
    watch = Watch(tmp_path)
    watch.wait(2)
    time.sleep(2.5)
    watch.end()
    assert sorted(watch.offered) == [("B.HEIC", b"two"), ("a.jpg", b"one")]


def test_a_photo_that_still_arrives_is_awaited(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    with (tmp_path / "a.jpg").open("wb") as file:
        for _ in range(5):
            file.write(b"part")
            file.flush()
            time.sleep(0.6)
    assert watch.wait(1) == [("a.jpg", b"part" * 5)]
    watch.end()


def test_a_photo_that_changed_is_offered_again(tmp_path: Path) -> None:
    watch = Watch(tmp_path)
    (tmp_path / "a.jpg").write_bytes(b"one")
    watch.wait(1)
    (tmp_path / "a.jpg").write_bytes(b"other")
    assert watch.wait(2) == [("a.jpg", b"one"), ("a.jpg", b"other")]
    watch.end()


def test_a_photo_with_a_copy_is_not_offered_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"one")
    watch = Watch(tmp_path, done=lambda path: path.name == "a.jpg")
    time.sleep(2.5)
    watch.end()
    assert watch.offered == []


def test_a_folder_that_is_gone_is_blindness(tmp_path: Path) -> None:
    sensor = PublishingFolder(
        tmp_path / "gone", PHOTOS, lambda _p, _c: Evidence(at=AT, machine="m"), bool
    )
    with pytest.raises(SensorBlind) as blind:
        sensor.observe(lambda _: None, threading.Event())
    assert blind.value.reason == "no_folder"
