"""Keys that lie, disks that fill, programs that are killed: nothing half is ever handed on."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from key_images import made, run

from vigie.domain.evidence.usb import FileOnKey, Mishap
from vigie.knowledge.key_names import clean_path
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import Reader, Reading
from vigie.tools.volumes import Bounds

pytestmark = pytest.mark.kernel


def fat_of(image: Path) -> tuple[int, int, int]:
    """Return where the first FAT is, its length, and how many copies there are."""
    head = image.read_bytes()[:512]
    reserved = int.from_bytes(head[14:16], "little")
    sectors = int.from_bytes(head[22:24], "little") or int.from_bytes(head[36:40], "little")
    return reserved * 512, sectors * 512, head[16]


@pytest.mark.parametrize("kind", ["fat16", "fat32"])
def test_a_chain_that_bites_its_tail_ends(
    reader: Reader, folder: Path, tmp_path: Path, kind: str
) -> None:
    (folder / "long.txt").write_bytes(b"x" * 2_000_000)
    image = made(tmp_path / "key.img", kind, folder)
    start, length, copies = fat_of(image)
    width = 2 if kind == "fat16" else 4
    content = bytearray(image.read_bytes())
    for copy in range(copies):
        at = start + copy * length
        for number in range(3, length // width):  # each cluster leads back to the third
            content[at + number * width : at + (number + 1) * width] = (3).to_bytes(width, "little")
    image.write_bytes(content)
    began = time.monotonic()
    reading = replace(reader, bounds=Bounds(floor=0, total=50_000_000)).read(image)
    assert time.monotonic() - began < 60
    handed = {file.name: path.stat().st_size for file, path in reading.files}
    assert all(size <= 2_000_000 for size in handed.values())
    assert reading.mishaps or handed


def test_names_with_control_characters_come_out_printable(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    for name in ("a\nb.txt", "c\x1b[31md.txt", "e\u202eexe.txt", "f|g.txt", "h:i.txt"):
        (folder / name).write_text(name)
    reading = reader.read(made(tmp_path / "key.img", "ext4", folder))
    names = [file.name for file, _ in reading.files]
    assert len(names) == 9
    assert all(name.isprintable() and "\u202e" not in name for name in names)
    shelf = Shelf(tmp_path / "shelf")
    with shelf.scratch(1) as scratch:
        place = shelf.put(reading, scratch, "key", 1)
    assert place is not None
    assert all(path.name.isprintable() for path in place.rglob("*"))


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a/../../b", "..", ""])
def test_no_name_leaves_the_folder_of_the_copies(name: str) -> None:
    assert ".." not in clean_path(name).split("/")
    assert not clean_path(name).startswith("/")


def test_two_million_entries_end_at_the_bound(reader: Reader, tmp_path: Path) -> None:
    image = made(tmp_path / "key.img", "fat32", None, megabytes=160)
    content = bytearray(image.read_bytes())
    start, length, copies = fat_of(image)
    data, cluster = start + copies * length, content[13] * 512
    clusters = 64_000_000 // cluster  # of directory: 64 MB of entries of 32 bytes are two million
    for copy in range(copies):
        for number in range(2, 2 + clusters):
            at = start + copy * length + number * 4
            following = number + 1 if number < 1 + clusters else 0x0FFFFFFF
            content[at : at + 4] = following.to_bytes(4, "little")
    entries = b"".join(
        f"{number:08d}TXT".encode() + b"\x20" + bytes(20) for number in range(2_000_000)
    )
    content[data : data + len(entries)] = entries
    image.write_bytes(content)
    began = time.monotonic()
    reading = reader.read(image)
    assert reading.mishaps == {Mishap.TOO_MUCH}
    assert not reading.files
    assert time.monotonic() - began < 60


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        run("umount", str(folder))


def test_a_disk_that_fills_during_the_copy_hands_nothing_on(
    files: KeyFiles, folder: Path, tmp_path: Path
) -> None:
    for number in range(12):
        (folder / f"{number}.bin").write_bytes(os.urandom(1_000_000))
    image = made(tmp_path / "key.img", "fat32", folder)
    with small_disk(tmp_path / "small", 6) as disk:
        shelf = Shelf(disk / "shelf")
        with shelf.scratch(1) as scratch:
            reader = Reader(look=files.look, scratch=scratch, bounds=Bounds(floor=0))
            with suppress(OSError):
                reading = reader.read(image)
                assert reading.mishaps
                assert not any(file.size != 1_000_000 for file, _ in reading.files
                               if file.name.endswith(".bin"))  # fmt: skip
        assert list((disk / "shelf").iterdir()) == []


def test_a_confined_program_that_is_killed_is_made_up_for_or_said(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    (folder / "large.bin").write_bytes(os.urandom(20_000_000))
    image = made(tmp_path / "key.img", "fat32", folder)
    stop = threading.Event()
    own = psutil.Process()

    def killer() -> None:
        while not stop.is_set():
            for child in own.children(recursive=True):
                with suppress(psutil.Error):
                    if child.name() in {"mcopy", "icat", "fls"}:
                        child.kill()
            time.sleep(0.001)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        reading = reader.read(image)
    finally:
        stop.set()
        thread.join()
    wanted = {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
    handed = {file.name: path.read_bytes() for file, path in reading.files}
    assert all(wanted[name] == content for name, content in handed.items())
    assert handed.keys() == wanted.keys() or reading.mishaps


def test_when_the_reading_process_is_killed_no_program_of_its_lives_on(
    folder: Path, tmp_path: Path
) -> None:
    image = made(tmp_path / "key.img", "fat32", folder)
    script = (
        "import sys, time; from pathlib import Path; from vigie.tools.volumes import Bounds;"
        "from vigie.tools.volumes.confined import Room;"
        "out = Path(sys.argv[2]); out.mkdir();"
        "Room(key=Path(sys.argv[1]), out=out, bounds=Bounds(floor=0), progress=lambda *_: None,"
        " deadline=time.monotonic() + 60).run(['sleep', '1234'])"
    )
    reading = subprocess.Popen(
        [sys.executable, "-c", script, image, tmp_path / "out"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    parent = psutil.Process(reading.pid)
    limit = time.monotonic() + 20
    while not any("1234" in c.cmdline() for c in parent.children(recursive=True)):
        assert time.monotonic() < limit
        time.sleep(0.05)
    family = parent.children(recursive=True)
    reading.send_signal(signal.SIGKILL)
    reading.wait()
    _, alive = psutil.wait_procs(family, timeout=10)
    assert alive == []


def test_an_earlier_life_leaves_nothing_on_the_shelf(tmp_path: Path) -> None:
    (tmp_path / ".reading-7-1234" / "0").mkdir(parents=True)
    (tmp_path / "Kingston (7)").mkdir()
    (tmp_path / "somebody's own").mkdir()
    Shelf(tmp_path).clear()
    assert [path.name for path in tmp_path.iterdir()] == ["somebody's own"]


def test_two_files_of_one_name_are_both_handed_on(tmp_path: Path) -> None:
    shelf = Shelf(tmp_path / "shelf")
    with shelf.scratch(1) as scratch:
        files = []
        for number in range(2):
            (scratch / str(number)).write_text(str(number))
            files.append((FileOnKey(name="a.txt", size=1), scratch / str(number)))
        place = shelf.put(Reading(files=files), scratch, "key", 1)
    assert place is not None
    assert sorted(path.read_text() for path in place.iterdir()) == ["0", "1"]
