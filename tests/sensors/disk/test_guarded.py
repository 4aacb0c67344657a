"""The sensor on real folders, with the real kernel; what it tells, and what it keeps."""

import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from vigie.agent.ransomware_watch import Protection, protection
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.evidence.files import CanaryTouched, FileMended, FileRemoved, FileRewritten, Touch
from vigie.domain.evidence.structure import Kind, Structure
from vigie.readers.structure import inspect_descriptor
from vigie.sensors import SensorBlind
from vigie.sensors.disk.canaries import NAMES
from vigie.tools.vault import Limits, Vault

pytestmark = pytest.mark.kernel
PATIENCE = 60.0


class Guarded:
    """A folder under guard, and the evidence about it."""

    def __init__(self, folder: Path, made: Protection, ready: threading.Event) -> None:
        self.folder, self.protection = folder, made
        self.seen: list[Evidence] = []
        self.stop = threading.Event()
        self._thread = threading.Thread(
            target=made.sensor.observe, args=(self.seen.append, self.stop)
        )
        self._thread.start()
        assert ready.wait(PATIENCE)

    def until(self, wanted: Callable[[], object]) -> bool:
        limit = time.monotonic() + PATIENCE
        while not wanted() and time.monotonic() < limit:
            time.sleep(0.02)
        return bool(wanted())

    def told(self, kind: type[Evidence]) -> list[Evidence]:
        return [evidence for evidence in list(self.seen) if isinstance(evidence, kind)]

    def close(self) -> None:
        self.stop.set()
        self._thread.join(PATIENCE)
        self.protection.close()


def look(descriptor: int, name: str) -> Structure:
    return inspect_descriptor(descriptor, name=name)


def letter(place: Path) -> Path:
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("[Content_Types].xml", "<Types/>")
        package.writestr("word/document.xml", f"<w>{os.urandom(4000).hex()}</w>")
    return place


def stranger(program: str, *words: str) -> None:
    # Our own opens are not asked about: what is to be seen is done by somebody else.
    subprocess.run([sys.executable, "-c", f"import os, sys\n{program}", *words], check=True)


def begin(folder: Path, beside: Path) -> Guarded:
    (beside / "state").mkdir()
    ready = threading.Event()
    made = protection(
        [folder],
        beside / "state",
        vault=beside / "vault",
        machine="here",
        inspect=look,
        ready=lambda _: ready.set(),
    )
    return Guarded(folder, made, ready)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarded]:
    folder = tmp_path / "practice"
    folder.mkdir()
    for n in range(5):
        letter(folder / f"letter-{n}.docx")
    found = begin(folder, tmp_path)
    yield found
    found.close()


SCRAMBLE = "p = sys.argv[1]; n = os.path.getsize(p); open(p, 'r+b').write(os.urandom(n))"


def test_a_scrambled_letter_is_told_once_and_told_mended_when_it_is_back(guarded: Guarded) -> None:
    file = guarded.folder / "letter-0.docx"
    good = file.read_bytes()
    stranger(SCRAMBLE, str(file))
    assert guarded.until(lambda: guarded.told(FileRewritten))
    (told,) = guarded.told(FileRewritten)
    assert isinstance(told, FileRewritten)
    assert (told.path, told.after.kind) == (str(file), Kind.NOISE)
    ((document, now_at),) = guarded.protection.sensor.damaged(told.family)
    assert guarded.protection.vault.restore(document, now_at=now_at)
    assert file.read_bytes() == good
    assert guarded.until(lambda: guarded.told(FileMended))


def test_a_new_letter_is_kept_soon_after_it_was_written(guarded: Guarded) -> None:
    file = guarded.folder / "sub" / "new.docx"
    file.parent.mkdir()
    stranger(
        "open(sys.argv[2], 'wb').write(open(sys.argv[1], 'rb').read())",
        str(guarded.folder / "letter-0.docx"),
        str(file),
    )
    good = file.read_bytes()
    assert guarded.until(lambda: str(file) in guarded.protection.vault.known())
    stranger(SCRAMBLE, str(file))
    assert guarded.until(lambda: guarded.told(FileRewritten))
    document = guarded.protection.vault.known()[str(file)]
    assert guarded.protection.vault.restore(document, now_at=str(file))
    assert file.read_bytes() == good


def test_a_scrambled_canary_is_told(guarded: Guarded) -> None:
    stranger(SCRAMBLE, str(guarded.folder / NAMES[0]))
    assert guarded.until(lambda: guarded.told(CanaryTouched))
    (told,) = guarded.told(CanaryTouched)
    assert isinstance(told, CanaryTouched)
    assert told.touch is Touch.WRITTEN


def test_what_was_read_and_deleted_is_told_and_what_was_only_deleted_is_not(
    guarded: Guarded,
) -> None:
    stranger("os.unlink(sys.argv[1])", str(guarded.folder / "letter-0.docx"))
    read = guarded.folder / "letter-1.docx"
    stranger("open(sys.argv[1], 'rb').read(); os.unlink(sys.argv[1])", str(read))
    assert guarded.until(lambda: guarded.told(FileRemoved))
    assert [e.path for e in guarded.told(FileRemoved) if isinstance(e, FileRemoved)] == [str(read)]


def test_a_save_by_a_new_file_in_its_place_is_nobodys_business(guarded: Guarded) -> None:
    file = str(guarded.folder / "letter-0.docx")
    stranger(
        "p = sys.argv[1]; b = open(p, 'rb').read(); os.rename(p, p + '~'); open(p, 'wb').close();"
        "open(p, 'wb').write(b); os.unlink(p + '~')",
        file,
    )
    stranger(SCRAMBLE, str(guarded.folder / "letter-1.docx"))  # what comes after it is seen
    assert guarded.until(lambda: guarded.told(FileRewritten))
    assert {e.path for e in guarded.told(FileRewritten) if isinstance(e, FileRewritten)} == {
        str(guarded.folder / "letter-1.docx")
    }


REFILL = """
import time
for path in sys.argv[1:]:
    good = open(path, 'rb').read()
    with open(path, 'wb') as file:
        os.posix_fallocate(file.fileno(), 0, len(good))
        file.write(good[:1000])
    time.sleep(0.5)
    with open(path, 'r+b') as file:
        file.write(good)
"""


def test_a_restore_that_fills_documents_piece_by_piece_is_nobodys_business(
    guarded: Guarded,
) -> None:
    scans = [guarded.folder / f"scan-{n}.docx" for n in range(3)]
    for scan in scans:
        with zipfile.ZipFile(scan, "w") as package:
            package.writestr("[Content_Types].xml", "<Types/>")
            package.writestr("word/media/scan", bytes(range(256)) * 1000)
    known = guarded.protection.vault.known
    assert guarded.until(lambda: {str(scan) for scan in scans} <= known().keys())
    stranger(REFILL, *map(str, scans))
    stranger(SCRAMBLE, str(guarded.folder / "letter-0.docx"))
    assert guarded.until(lambda: guarded.told(FileRewritten))
    told = [e for e in guarded.told(FileRewritten) if isinstance(e, FileRewritten)]
    assert [e.path for e in told] == [str(guarded.folder / "letter-0.docx")]


def test_a_folder_that_vanishes_is_blindness_and_its_return_is_sight(guarded: Guarded) -> None:
    away = guarded.folder.rename(guarded.folder.with_name("away"))
    assert guarded.until(lambda: guarded.told(SensorWentBlind))
    away.rename(guarded.folder)
    assert guarded.until(lambda: guarded.told(SensorSawAgain))


def test_a_folder_that_never_was_is_blindness(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    made = protection(
        [tmp_path / "nowhere"],
        tmp_path / "state",
        vault=tmp_path / "vault",
        machine="here",
        inspect=look,
    )
    with pytest.raises(SensorBlind) as blind:
        made.sensor.observe(lambda _: None, threading.Event())
    assert blind.value.reason == "no_folder"
    made.close()


def test_a_full_vault_is_blindness_and_nobody_is_kept_waiting(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guarded.protection.vault, "_limits", Limits(most_bytes=0))
    assert isinstance(guarded.protection.vault, Vault)
    stranger(
        "p = sys.argv[1]; b = open(p, 'rb').read(); open(p, 'wb').write(b)",
        str(guarded.folder / "letter-0.docx"),
    )
    assert guarded.until(lambda: guarded.told(SensorWentBlind))
    (told,) = guarded.told(SensorWentBlind)
    assert isinstance(told, SensorWentBlind)
    assert told.reason == "no_space"


def test_an_empty_mount_point_is_blindness_and_an_empty_practice_is_not(guarded: Guarded) -> None:
    guarded.stop.set()
    guarded._thread.join(PATIENCE)
    away = guarded.folder.rename(guarded.folder.with_name("away"))
    guarded.folder.mkdir()
    with pytest.raises(SensorBlind) as blind:
        guarded.protection.sensor.observe(lambda _: None, threading.Event())
    assert blind.value.reason == "no_folder"
    assert not any(guarded.folder.iterdir())
    guarded.folder.rmdir()
    away.rename(guarded.folder)


def test_another_folder_in_the_place_of_the_watched_one_ends_the_watch(
    guarded: Guarded,
) -> None:
    errors: list[str] = []

    def observe() -> None:
        try:
            guarded.protection.sensor.observe(lambda _: None, threading.Event())
        except SensorBlind as blind:
            errors.append(blind.reason)

    guarded.stop.set()
    guarded._thread.join(PATIENCE)
    thread = threading.Thread(target=observe)
    thread.start()
    assert guarded.until((guarded.folder / NAMES[0]).exists)
    guarded.folder.rename(guarded.folder.with_name("away"))
    guarded.folder.mkdir()
    thread.join(PATIENCE)
    assert errors == ["no_folder"]


def test_damage_done_while_nobody_watched_is_told_at_the_next_start_and_comes_back(
    guarded: Guarded,
) -> None:
    file = guarded.folder / "letter-0.docx"
    good = file.read_bytes()
    stranger("p = sys.argv[1]; b = open(p, 'rb').read(); open(p, 'wb').write(b)", str(file))
    guarded.stop.set()
    guarded._thread.join(PATIENCE)
    fresh = file.with_name("new")
    fresh.write_bytes(os.urandom(len(good)))
    fresh.replace(file)
    seen: list[Evidence] = []
    again = threading.Event()
    thread = threading.Thread(target=guarded.protection.sensor.observe, args=(seen.append, again))
    thread.start()
    assert guarded.until(lambda: any(isinstance(one, FileRewritten) for one in seen))
    (told,) = [one for one in seen if isinstance(one, FileRewritten)]
    assert (told.path, told.family) == (str(file), "")
    ((document, now_at),) = guarded.protection.sensor.damaged("")
    assert guarded.protection.vault.restore(document, now_at=now_at)
    assert file.read_bytes() == good
    again.set()
    thread.join(PATIENCE)


# Opened before anybody asks; told to write by a line on standard input, and then to close.
OPENED_BEFORE = """
p = sys.argv[1]; f = open(p, 'r+b', buffering=0); print('open', flush=True)
sys.stdin.readline(); f.write(os.urandom(os.path.getsize(p))); print('written', flush=True)
sys.stdin.readline(); f.close()
"""


@pytest.mark.parametrize("closes", [True, False])
def test_a_document_that_was_opened_before_the_watch_began_is_judged_and_comes_back(
    tmp_path: Path, *, closes: bool
) -> None:
    folder = tmp_path / "practice"
    folder.mkdir()
    file = letter(folder / "letter.docx")
    good = file.read_bytes()
    writer = subprocess.Popen(
        [sys.executable, "-c", f"import os, sys\n{OPENED_BEFORE}", str(file)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1,
    )  # fmt: skip
    assert writer.stdin is not None
    assert writer.stdout is not None
    assert writer.stdout.readline() == "open\n"
    guarded = begin(folder, tmp_path)
    try:
        writer.stdin.write("\n")
        assert writer.stdout.readline() == "written\n"
        if closes:
            writer.stdin.write("\n")
        assert guarded.until(lambda: guarded.told(FileRewritten))
        (told,) = guarded.told(FileRewritten)
        assert isinstance(told, FileRewritten)
        assert told.path == str(file)
        ((document, now_at),) = guarded.protection.sensor.damaged(told.family)
        assert guarded.protection.vault.restore(document, now_at=now_at)
        assert file.read_bytes() == good
    finally:
        guarded.close()
        writer.communicate()
