"""Whatever was done to the files of an image, they come back; what nobody touched is left alone."""

import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from small_disk import sharing_disk

from vigie.routines.updates.going_back import Sources, go_back, roots_of, touched_by_update
from vigie.routines.updates.image import Image, Root
from vigie.routines.updates.repository import OwnRepository
from vigie.tools.snapshots import NoSnapshots, Snapshots
from vigie.tools.snapshots.btrfs import KEPT_IN, Btrfs

needs_restic = pytest.mark.skipif(shutil.which("restic") is None, reason="restic is missing")
pytestmark = needs_restic
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="a mount needs root")

Tree = dict[str, tuple[object, ...]]


def tree(folder: Path) -> Tree:
    """Return all there is below a folder: kind, rights, time and content."""
    found: Tree = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name != KEPT_IN]
        for name in (*folders, *files):
            path = Path(place, name)
            status = path.lstat()
            content: object = None
            if path.is_symlink():
                content = path.readlink()
            elif path.is_file():
                content = path.read_bytes()
            when = status.st_mtime_ns if path.is_file() and not path.is_symlink() else 0
            found[str(path.relative_to(folder))] = (status.st_mode, status.st_uid, when, content)
    return found


def furnish(folder: Path) -> None:
    """Make a folder like an application's."""
    (folder / "bin").mkdir(parents=True)
    (folder / "data" / "deep").mkdir(parents=True)
    for number in range(40):
        place = folder / ("bin" if number % 2 else "data/deep") / f"file-{number}"
        place.write_bytes(os.urandom(200 + number * 40))
    (folder / "bin" / "file-1").chmod(0o755)
    (folder / "bin" / "link").symlink_to("file-1")
    (folder / "data" / "empty").mkdir()


def spoil(folder: Path, chance: random.Random) -> None:
    """Do what a bad update does."""
    for path in sorted(folder.rglob("*")):
        what = chance.random()
        if path.is_symlink() or KEPT_IN in path.parts or not path.exists():
            continue
        if path.is_file():
            if what < 0.2:
                path.write_bytes(os.urandom(300))
            elif what < 0.3:
                path.unlink()
            elif what < 0.4:
                path.chmod(0o600)
            elif what < 0.5:
                when = path.stat()
                path.write_bytes(b"same time, same size"[: when.st_size].ljust(when.st_size))
                os.utime(path, ns=(when.st_atime_ns, when.st_mtime_ns))
            elif what < 0.55:
                path.unlink()
                path.mkdir()
                (path / "inside").write_text("x")
        elif what < 0.2:
            (path / f"new-{chance.random()}").write_text("new")
    shutil.rmtree(folder / "data" / "empty", ignore_errors=True)
    (folder / "bin" / "link").unlink()
    (folder / "bin" / "new").mkdir()
    (folder / "bin" / "new" / "tool").write_text("x")


@dataclass
class Before:
    """A furnished folder, its image, and where its bytes are."""

    folder: Path
    image: Path
    sources: Sources

    def back(self) -> int:
        with closing(Image(self.image)) as image:
            return go_back(image, self.sources)


def prepared(place: Path, folder: Path, snapshots: Snapshots) -> Before:
    roots = [
        *roots_of([folder], data=True),
        Root(path=folder.with_name("stranger"), kind="absent"),
    ]
    with closing(Image(place / "image")) as image:
        volumes = image.take(roots, snapshots)
    taken = tuple(snapshots.take(volume, "abc") for volume in volumes)
    repository = OwnRepository(place / "updates")
    (place / "updates").mkdir()
    backup = repository.save([folder], excludes=[KEPT_IN])
    sources = Sources(
        snapshots=snapshots,
        taken=taken,
        repository=repository,
        backup=backup,
        scratch=place / "updates" / "scratch",
        lighten=lambda: None,
    )
    return Before(folder, place / "image", sources)


@pytest.fixture
def before(tmp_path: Path) -> Before:
    folder = tmp_path / "application"
    furnish(folder)
    return prepared(tmp_path, folder, NoSnapshots())


@pytest.mark.parametrize("seed", range(6))
def test_every_file_comes_back_byte_for_byte(before: Before, seed: int) -> None:
    was = tree(before.folder)
    spoil(before.folder, random.Random(seed))
    before.folder.with_name("stranger").write_text("x")
    assert tree(before.folder) != was
    assert before.back()
    assert tree(before.folder) == was
    assert not before.folder.with_name("stranger").exists()


def test_what_nobody_touched_is_left_alone(before: Before) -> None:
    inodes = {path: path.lstat().st_ino for path in before.folder.rglob("*")}
    (before.folder / "bin" / "file-3").write_text("changed")
    assert before.back() == 1
    after = {path: path.lstat().st_ino for path in before.folder.rglob("*")}
    assert [path.name for path in inodes if inodes[path] != after[path]] == ["file-3"]


def test_gone_back_twice_is_gone_back_once(before: Before) -> None:
    was = tree(before.folder)
    spoil(before.folder, random.Random(99))
    before.back()
    before.back()
    assert tree(before.folder) == was


@pytest.mark.parametrize("after", [0.02, 0.1, 0.3, 0.8])
def test_a_way_back_that_was_killed_is_walked_again(before: Before, after: float) -> None:
    was = tree(before.folder)
    spoil(before.folder, random.Random(7))
    child = os.fork()
    if child == 0:
        try:
            before.back()
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    before.back()
    assert tree(before.folder) == was


def test_what_people_wrote_since_is_not_what_the_update_touched(before: Before) -> None:
    (before.folder / "bin" / "file-3").write_text("by the update")
    roots = roots_of([before.folder])
    with closing(Image(before.image)) as was, closing(Image(before.image.with_name("a"))) as after:
        after.take(roots, NoSnapshots())
        touched = touched_by_update(was, after)
        (before.folder / "bin" / "file-5").write_text("by somebody")
    assert {path.name for path in touched if path.is_file()} == {"file-3"}


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with sharing_disk(tmp_path / "disk", "btrfs") as place:
        yield place


@pytest.mark.kernel
@needs_root
def test_a_nested_subvolume_has_a_snapshot_of_its_own(disk: Path, tmp_path: Path) -> None:
    outer = disk / "application"
    run("btrfs", "subvolume", "create", outer)
    run("btrfs", "subvolume", "create", outer / "nested")
    furnish(outer / "inside")
    furnish(outer / "nested" / "deep")
    was = tree(outer)
    before = prepared(tmp_path, outer, Btrfs())
    assert sorted(taken.volume for taken in before.sources.taken) == [
        str(outer),
        str(outer / "nested"),
    ]
    spoil(outer / "inside", random.Random(1))
    spoil(outer / "nested" / "deep", random.Random(2))
    before.back()
    assert tree(outer) == was
    assert before.sources.from_backup == 0
    for taken in before.sources.taken:
        before.sources.snapshots.drop(taken)
    assert not list(disk.glob(f"**/{KEPT_IN}"))


@pytest.mark.kernel
@needs_root
def test_where_a_snapshot_is_gone_the_backup_is_read(disk: Path, tmp_path: Path) -> None:
    folder = disk / "application"
    furnish(folder)
    was = tree(folder)
    before = prepared(tmp_path, folder, Btrfs())
    for taken in before.sources.taken:
        before.sources.snapshots.drop(taken)
    spoil(folder, random.Random(3))
    before.back()
    assert tree(folder) == was
    assert before.sources.from_backup


@pytest.mark.kernel
@needs_root
def test_a_full_disk_does_not_keep_anything_from_coming_back(disk: Path, tmp_path: Path) -> None:
    folder = disk / "application"
    furnish(folder)
    (folder / "data" / "large").write_bytes(os.urandom(60_000_000))
    was = tree(folder)
    before = prepared(tmp_path, folder, NoSnapshots())
    (folder / "data" / "large").write_bytes(os.urandom(60_000_000))
    with pytest.raises(OSError, match="No space"):
        fill(folder / "data" / "fill")
    before.back()
    assert tree(folder) == was


def fill(file: Path) -> None:
    with file.open("wb") as opened:
        while True:
            opened.write(os.urandom(1 << 20))
            opened.flush()


def run(*argv: str | Path) -> None:
    subprocess.run(argv, check=True, capture_output=True)
