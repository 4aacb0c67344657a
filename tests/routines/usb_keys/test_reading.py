import time
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hostile_documents import shapes
from key_images import MAKERS, made, partitioned, run

from vigie.domain.evidence.usb import Mishap
from vigie.domain.finding import Gravity
from vigie.guards.stray_usb_key.contents import refused
from vigie.routines.usb_keys.handing import Shelf
from vigie.routines.usb_keys.looking import KeyFiles
from vigie.routines.usb_keys.reading import CannotRead, Reader, Reading
from vigie.tools.volumes import Bounds


def contents(reading: Reading) -> dict[str, bytes]:
    return {file.name: path.read_bytes() for file, path in reading.files}


def on_disk(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.mark.kernel
@pytest.mark.parametrize("kind", MAKERS)
def test_a_key_of_every_kind_is_read_without_mounting_it(
    reader: Reader, folder: Path, tmp_path: Path, kind: str
) -> None:
    image = made(tmp_path / "key.img", kind, folder)
    before = image.read_bytes()
    reading = reader.read(image)
    assert contents(reading) == on_disk(folder)
    assert reading.mishaps == frozenset()
    assert [file.name for file, _ in reading.files if refused(file)] == ["autorun.inf"]
    assert image.read_bytes() == before


def test_a_key_with_a_partition_table_is_read(reader: Reader, folder: Path, tmp_path: Path) -> None:
    volume = made(tmp_path / "volume.img", "fat32", folder)
    assert contents(reader.read(partitioned(tmp_path / "disk.img", volume))) == on_disk(folder)


def test_a_folder_is_read_where_it_lies(reader: Reader, folder: Path) -> None:
    (folder / "away").symlink_to("/etc/passwd")
    reading = reader.read(folder)
    assert set(contents(reading)) == set(on_disk(folder)) - {"away"}


def test_an_encrypted_key_is_said_to_be_so(reader: Reader, tmp_path: Path) -> None:
    image = tmp_path / "key.img"
    image.write_bytes(b"LUKS\xba\xbe" + bytes(1 << 20))
    reading = reader.read(image)
    assert reading.encrypted
    assert not reading.files
    assert not reading.mishaps


def test_what_no_program_knows_is_said_to_be_so(reader: Reader, tmp_path: Path) -> None:
    image = tmp_path / "key.img"
    image.write_bytes(b"\x9d\x31" * (1 << 19))
    assert reader.read(image).mishaps == {Mishap.UNKNOWN_VOLUME}


def test_what_is_not_there_cannot_be_read(reader: Reader, tmp_path: Path) -> None:
    with pytest.raises(CannotRead):
        reader.read(tmp_path / "nothing")


def test_a_key_with_more_files_than_the_bound_hands_nothing_on(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    for number in range(20):
        (folder / f"{number}.txt").write_text(f"{number}")
    small = replace(reader, bounds=Bounds(files=10, floor=0))
    for kind in ("fat32", "ext4"):
        reading = small.read(made(tmp_path / f"{kind}.img", kind, folder))
        assert Mishap.TOO_MUCH in reading.mishaps
        assert not reading.files
        for out in reader.scratch.iterdir():
            run("rm", "-r", str(out))


def test_a_sparse_file_of_sixteen_terabytes_is_left_on_the_key(
    reader: Reader, tmp_path: Path
) -> None:
    image = tmp_path / "key.img"
    with image.open("wb") as file:
        file.truncate(48 * 1024 * 1024)
    run("mkfs.ext4", "-q", "-b", "4096", str(image))
    loop = run("losetup", "-f", "--show", str(image)).strip()
    place = tmp_path / "mount"
    place.mkdir()
    run("mount", loop, str(place))
    try:
        with (place / "big.txt").open("wb") as file:
            file.truncate(16 * 1024**4 - 4096)
        (place / "small.txt").write_text("small\n")
    finally:
        run("umount", str(place))
        run("losetup", "-d", loop)
    began = time.monotonic()
    reading = reader.read(image)
    assert contents(reading) == {"small.txt": b"small\n"}
    assert reading.mishaps == {Mishap.TOO_MUCH}
    assert time.monotonic() - began < 20


def test_a_file_larger_than_the_bound_is_not_handed_on_cut(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    (folder / "large.bin").write_bytes(b"x" * 3_000_000)
    small = replace(reader, bounds=Bounds(one=1_000_000, floor=0))
    reading = small.read(made(tmp_path / "key.img", "fat32", folder))
    assert "large.bin" not in contents(reading)
    assert reading.mishaps


def test_a_reading_without_time_ends_and_hands_nothing_on(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    hurried = replace(reader, bounds=Bounds(time=timedelta(0), floor=0))
    reading = hurried.read(made(tmp_path / "key.img", "ext4", folder))
    assert not reading.files
    assert reading.mishaps <= {Mishap.TOO_SLOW, Mishap.LIES}
    assert reading.mishaps


def test_a_full_disk_hands_nothing_on(reader: Reader, folder: Path, tmp_path: Path) -> None:
    greedy = replace(reader, bounds=Bounds(floor=1 << 60))
    reading = greedy.read(made(tmp_path / "key.img", "fat32", folder))
    assert not reading.files
    assert reading.mishaps == {Mishap.NO_SPACE}


def test_a_key_pulled_out_in_mid_reading_hands_nothing_on(
    reader: Reader, folder: Path, tmp_path: Path
) -> None:
    image = made(tmp_path / "key.img", "fat32", folder)

    def pull(*_: object) -> None:
        image.write_bytes(b"")

    reading = replace(reader, progress=pull).read(image)
    assert reading.mishaps == {Mishap.PULLED}
    assert not reading.files


def test_a_doubtful_document_stays_and_its_copy_without_what_acts_is_handed_on(
    reader: Reader, files: KeyFiles, folder: Path, tmp_path: Path
) -> None:
    carried = {slug: content for slug, _, content in shapes()}["docm_manual"]
    (folder / "Courrier.docm").write_bytes(carried)
    (folder / "notice.vbs").write_bytes(b'CreateObject("WScript.Shell").Run "notepad.exe"\r\n')
    image = made(tmp_path / "key.img", "fat32", folder)
    shelf = Shelf(tmp_path / "shelf")
    with shelf.scratch(1) as scratch:
        copying = replace(reader, scratch=scratch, safe_copy=files.safe_copy)
        place = shelf.put(copying.read(image), scratch, "key", 1)
    assert place is not None
    handed = {path.name for path in place.rglob("*") if path.is_file()}
    assert not handed & {"Courrier.docm", "notice.vbs"}
    copy = place / "Courrier (copie sûre).docx"
    with copy.open("rb") as file:
        assert files.look(file.fileno(), copy.name).light is Gravity.NOTE
