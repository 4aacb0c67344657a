"""The folder « À publier »: each text is offered once, whole, and links lead nowhere."""

import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.domain.evidence import Evidence
from vigie.sensors import SensorBlind
from vigie.sensors.publishing.folder import TEXTS, PublishingFolder

PATIENCE = 20.0


def seen(folder: Path, done: bool = False) -> tuple[list[tuple[str, bytes]], threading.Event]:  # noqa: FBT001, FBT002
    offered: list[tuple[str, bytes]] = []
    stop = threading.Event()

    def offer(path: Path, untrusted: bytes) -> Evidence:
        offered.append((path.name, untrusted))
        return Evidence(at=datetime.now(UTC), machine="m")

    sensor = PublishingFolder(folder, TEXTS, offer, lambda _: done)
    thread = threading.Thread(target=sensor.observe, args=(lambda _: None, stop), daemon=True)
    thread.start()
    return offered, stop


def wait_for(offered: list[tuple[str, bytes]], count: int) -> None:
    limit = time.monotonic() + PATIENCE
    while len(offered) < count and time.monotonic() < limit:
        time.sleep(0.05)


def test_a_text_is_offered_once_and_again_when_it_changes(tmp_path: Path) -> None:
    offered, stop = seen(tmp_path)
    (tmp_path / "post.txt").write_bytes(b"one")
    (tmp_path / "photo.jpg").write_bytes(b"no text")
    (tmp_path / ".hidden.txt").write_bytes(b"no")
    (tmp_path / "link.txt").symlink_to("/etc/passwd")
    wait_for(offered, 1)
    time.sleep(2.2)
    assert offered == [("post.txt", b"one")]
    (tmp_path / "post.txt").write_bytes(b"one and two")
    wait_for(offered, 2)
    stop.set()
    assert offered[1:] == [("post.txt", b"one and two")]


def test_what_has_its_copy_is_not_offered_after_a_restart(tmp_path: Path) -> None:
    (tmp_path / "post.txt").write_bytes(b"one")
    offered, stop = seen(tmp_path, done=True)
    time.sleep(2.5)
    stop.set()
    assert offered == []


def test_a_folder_that_is_gone_is_blindness(tmp_path: Path) -> None:
    sensor = PublishingFolder(
        tmp_path / "gone", TEXTS, lambda *_: pytest.fail("offered"), lambda _: False
    )
    with pytest.raises(SensorBlind):
        sensor.observe(lambda _: None, threading.Event())
