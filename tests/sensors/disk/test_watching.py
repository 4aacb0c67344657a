import io
import os
import shutil
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from watchdog.observers.inotify_c import InotifyConstants, InotifyEvent, InotifyFD

from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.evidence.files import (
    CanaryTouched,
    FileMended,
    FileRemoved,
    FileRewritten,
    Touch,
)
from vigie.domain.evidence.structure import Structure
from vigie.readers.structure import inspect_descriptor
from vigie.sensors import SensorBlind
from vigie.sensors.disk import canaries
from vigie.sensors.disk.watching import FolderWatch

pytestmark = pytest.mark.kernel

PATIENCE = 30.0  # seconds, on a busy machine; events arrive in thousandths


def letter() -> bytes:
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>" * 30)
        package.writestr("word/document.xml", os.urandom(3000).hex())
    return room.getvalue()


def inspect(descriptor: int, name: str) -> Structure:
    return inspect_descriptor(descriptor, name=name)


class Watched:
    """A folder of ten letters under a running sensor, and what it has told."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[Evidence] = []
        for number in range(10):
            (folder / f"lettre{number}.docx").write_bytes(letter())
        (folder / "2025").mkdir()
        (folder / "2025" / "ancienne.docx").write_bytes(letter())
        self._stop = threading.Event()
        ready = threading.Event()
        sensor = FolderWatch((folder,), inspect, machine="m", ready=lambda _: ready.set())
        self._thread = threading.Thread(target=sensor.observe, args=(self.told.append, self._stop))
        self._thread.start()
        assert ready.wait(PATIENCE)

    def wait_for(self, seen: Callable[[Evidence], bool], count: int = 1) -> list[Evidence]:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            found = [evidence for evidence in list(self.told) if seen(evidence)]
            if len(found) >= count:
                return found
            time.sleep(0.01)
        raise AssertionError(f"not seen {count} times: {self.told}")

    def settle(self) -> None:
        """Return once everything done so far has been taken in: events come in order."""
        mark = self.folder / "lettre9.docx"
        mark.write_bytes(os.urandom(5000))
        self.wait_for(lambda e: isinstance(e, FileRewritten) and e.path == str(mark))

    def end(self) -> None:
        self._stop.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path)
    yield watched
    watched.end()


def rewritten(path: Path) -> Callable[[Evidence], bool]:
    return lambda e: isinstance(e, FileRewritten) and e.path == str(path)


def test_a_document_scrambled_in_place_is_told(watched: Watched) -> None:
    path = watched.folder / "lettre3.docx"
    path.write_bytes(os.urandom(path.stat().st_size))
    (told,) = watched.wait_for(rewritten(path))
    assert isinstance(told, FileRewritten)
    assert (told.document, told.family, told.folder) == (str(path), "", str(watched.folder))
    assert told.before is not None


def test_a_document_scrambled_under_another_name_keeps_its_own(watched: Watched) -> None:
    path = watched.folder / "lettre3.docx"
    locked = path.rename(path.with_name("lettre3.docx.locked"))
    locked.write_bytes(os.urandom(9000))
    (told,) = watched.wait_for(rewritten(locked))
    assert isinstance(told, FileRewritten)
    assert told.document == str(path)


@pytest.mark.parametrize("name", ["lettre3.docx.locked", "a1b2c3.xyz"])
@pytest.mark.parametrize("first", ["new", "deleted"])
def test_an_encrypted_copy_and_a_deleted_original_are_one_loss(
    watched: Watched, name: str, first: str
) -> None:
    path, locked = watched.folder / "lettre3.docx", watched.folder / name
    scrambled = os.urandom(path.stat().st_size + 64)
    if first == "deleted":
        path.unlink()
    locked.write_bytes(scrambled)
    path.unlink(missing_ok=True)
    (told,) = watched.wait_for(rewritten(locked))
    assert isinstance(told, FileRewritten)
    assert told.document == str(path)


def test_a_scrambled_file_renamed_over_a_document_is_told(watched: Watched) -> None:
    path, aside = watched.folder / "lettre3.docx", watched.folder / "x.tmp"
    aside.write_bytes(os.urandom(9000))
    aside.replace(path)
    watched.wait_for(rewritten(path))


def test_documents_moved_out_and_brought_back_scrambled_are_told(
    watched: Watched, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path, away = watched.folder / "lettre3.docx", tmp_path_factory.mktemp("away") / "x"
    path.rename(away)
    watched.wait_for(lambda e: isinstance(e, FileRemoved) and e.path == str(path))
    away.write_bytes(os.urandom(9000))
    away.rename(path)
    watched.wait_for(rewritten(path))


def test_ordinary_work_is_not_told(watched: Watched) -> None:
    folder = watched.folder
    (folder / "lettre1.docx").write_bytes(letter())
    aside = folder / "lettre2.docx.tmp"
    aside.write_bytes(letter())
    aside.replace(folder / "lettre2.docx")
    (folder / "nouvelle.docx").write_bytes(letter())
    (folder / "lettre4.docx").rename(folder / "classée.docx")
    (folder / ".~lock.lettre5.docx#").write_bytes(os.urandom(200))
    (folder / "2026").mkdir()
    shutil.copy(folder / "lettre6.docx", folder / "2026")
    watched.settle()
    mark = str(folder / "lettre9.docx")
    assert [e for e in watched.told if getattr(e, "path", "") != mark] == []


def test_a_mended_document_is_told(watched: Watched) -> None:
    path = watched.folder / "lettre3.docx"
    good = path.read_bytes()
    path.write_bytes(os.urandom(9000))
    watched.wait_for(rewritten(path))
    path.write_bytes(good)
    watched.wait_for(lambda e: isinstance(e, FileMended) and e.document == str(path))


def test_a_canary_is_told(watched: Watched) -> None:
    (watched.folder / canaries.NAMES[0]).unlink()
    (told,) = watched.wait_for(lambda e: isinstance(e, CanaryTouched))
    assert isinstance(told, CanaryTouched)
    assert told.touch is Touch.REMOVED


def test_a_deleted_folder_takes_its_documents_along(watched: Watched) -> None:
    inner = watched.folder / "2025"
    shutil.rmtree(inner)
    watched.wait_for(
        lambda e: isinstance(e, FileRemoved) and e.path == str(inner / "ancienne.docx")
    )


def test_lost_events_are_blindness_and_are_made_up_for(watched: Watched) -> None:
    path = watched.folder / "lettre3.docx"
    (kernel,) = [t for t in threading.enumerate() if isinstance(t, InotifyFD) and t._watch_for_wd]
    group = next(iter(kernel._watch_for_wd.values()))
    mute = {**group.callbacks}
    group.callbacks.clear()  # what the kernel drops nobody is told
    path.write_bytes(os.urandom(9000))
    time.sleep(0.2)
    group.callbacks.update(mute)
    kernel.handle_event(
        InotifyEvent(-1, InotifyConstants.IN_Q_OVERFLOW, 0, b"")  # type: ignore[arg-type]
    )
    watched.wait_for(lambda e: isinstance(e, SensorWentBlind) and e.reason == "timed_out")
    watched.wait_for(rewritten(path))
    watched.wait_for(lambda e: isinstance(e, SensorSawAgain))


def test_a_folder_that_goes_away_is_blindness(tmp_path: Path) -> None:
    folder = tmp_path / "Documents"
    folder.mkdir()
    watched = Watched(folder)
    try:
        aside = folder.rename(tmp_path / "aside")
        watched.wait_for(lambda e: isinstance(e, SensorWentBlind) and e.reason == "no_folder")
        aside.rename(folder)
        watched.wait_for(lambda e: isinstance(e, SensorSawAgain))
    finally:
        watched.end()


def test_a_folder_that_was_never_there_is_said_at_once(tmp_path: Path) -> None:
    sensor = FolderWatch((tmp_path / "absent",), inspect, machine="m")
    with pytest.raises(SensorBlind) as blind:
        sensor.observe(lambda _: None, threading.Event())
    assert blind.value.reason == "no_folder"


def test_nothing_of_ours_stays_in_the_folder(tmp_path: Path) -> None:
    watched = Watched(tmp_path)
    assert (tmp_path / canaries.NAMES[0]).exists()
    watched.end()
    assert not (tmp_path / canaries.NAMES[0]).exists()
