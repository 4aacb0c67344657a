"""Put everything back as the image of before says: from a snapshot, or else from the backup.

It may be killed at any moment and begun again: what is right already is left alone.
"""

import contextlib
import errno
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vigie.routines.updates.image import Entry, Image, Root, entry
from vigie.routines.updates.repository import OwnRepository
from vigie.tools.snapshots import SnapshotFailed, Snapshots, Taken

FEW = 4_000  # files asked for by name: more would not fit on one command line
_CLONE = 0x40049409  # FICLONE, linux/fs.h
_OURS = ".vigie-part"


@dataclass(slots=True)
class Sources:
    """Where the bytes of before are. `lighten` gives room back when a disk is full."""

    snapshots: Snapshots
    taken: Sequence[Taken]
    repository: OwnRepository
    backup: str
    scratch: Path
    lighten: Callable[[], None]
    _volumes: dict[str, Path] = field(default_factory=dict)
    from_backup: int = 0

    def look(self, one: Entry) -> Path | None:
        """Return a file's bytes in a snapshot, or None if they are in the backup alone."""
        if one.volume not in self._volumes:
            taken = next((t for t in self.taken if t.volume == one.volume), None)
            self._volumes[one.volume] = Path()
            if taken:
                with contextlib.suppress(SnapshotFailed):
                    self._volumes[one.volume] = self.snapshots.look(taken)
        place = self._volumes[one.volume]
        if place == Path():
            return None
        file = place / one.path.relative_to(one.volume)
        return file if file.is_file() else None

    def fetch(self, wanted: Sequence[Entry]) -> Mapping[Path, Path]:
        """Bring files from the backup into the scratch folder; return where each is now."""
        self.from_backup = len(wanted)
        if not wanted:
            return {}
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(mode=0o700, parents=True)
        only = [str(one.path) for one in wanted] if len(wanted) <= FEW else []
        self.repository.restore(self.backup, self.scratch, only)
        return {one.path: self.scratch / one.path.relative_to("/") for one in wanted}


def go_back(image: Image, sources: Sources, chosen: Callable[[Path], bool] = lambda _: True) -> int:
    """Put back every path of the image that is `chosen` and was touched; return how many were.

    Raise OSError or ResticFailed if it cannot be done to the end; then it is done again.
    """
    touched = _remove_strangers(image, chosen)
    wanted: list[Entry] = []
    folders: list[Entry] = []
    for was in image.entries():
        if not chosen(was.path):
            continue
        now = entry(was.path)
        if was.kind == "folder":
            folders.append(was)
            if now is None or now.kind != "folder":
                _clear(was.path)
                was.path.mkdir(parents=True, exist_ok=True)
                touched += 1
        elif not was.untouched(now):
            touched += 1
            if was.kind == "link":
                _clear(was.path)
                was.path.symlink_to(was.target)
                os.lchown(was.path, was.uid, was.gid)
            else:
                wanted.append(was)
    here = {was.path: place for was in wanted if (place := sources.look(was))}
    sources.lighten()
    there = sources.fetch([was for was in wanted if was.path not in here])
    for was in wanted:
        _put(here.get(was.path) or there[was.path], was, moving=was.path in there)
    for was in reversed(folders):
        _dress(was)
    shutil.rmtree(sources.scratch, ignore_errors=True)
    os.sync()
    return touched


def _remove_strangers(image: Image, chosen: Callable[[Path], bool]) -> int:
    """Remove what was not there before, the deepest first: this also makes room."""
    strangers = [
        one.path for one in image.living() if chosen(one.path) and image.entry(one.path) is None
    ]
    strangers += [
        root.path
        for root in image.roots()
        if root.kind == "absent" and chosen(root.path) and os.path.lexists(root.path)
    ]
    for path in reversed(strangers):
        _clear(path)
    return len(strangers)


def _clear(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    elif os.path.lexists(path):
        path.unlink()


def _put(source: Path, was: Entry, *, moving: bool) -> None:
    """Put a file's bytes in its place by renaming; on a full disk, what stands there goes first."""
    if was.path.is_dir() and not was.path.is_symlink():
        shutil.rmtree(was.path)
    was.path.parent.mkdir(parents=True, exist_ok=True)
    part = was.path.with_name(f".{was.path.name[:200]}{_OURS}")
    try:
        _copy(source, part, moving=moving)
    except OSError as trouble:
        if trouble.errno not in {errno.ENOSPC, errno.EDQUOT}:
            raise
        part.unlink(missing_ok=True)
        was.path.unlink(missing_ok=True)
        _copy(source, part, moving=moving)
    os.chown(part, was.uid, was.gid)
    part.chmod(was.mode)
    os.utime(part, ns=(was.mtime, was.mtime))
    part.replace(was.path)


def _copy(source: Path, part: Path, *, moving: bool) -> None:
    if moving:
        try:
            source.rename(part)
        except OSError as trouble:
            if trouble.errno != errno.EXDEV:
                raise
        else:
            return
    with source.open("rb") as old, part.open("wb") as new:
        try:
            fcntl.ioctl(new.fileno(), _CLONE, old.fileno())
        except OSError as trouble:
            if trouble.errno == errno.ENOSPC:
                raise
            shutil.copyfileobj(old, new, 1 << 20)
        new.flush()
        os.fsync(new.fileno())
    for name in os.listxattr(source):
        with contextlib.suppress(OSError):
            os.setxattr(part, name, os.getxattr(source, name))


def _dress(was: Entry) -> None:
    """Give a folder its owner, its rights and its time back."""
    now = entry(was.path)
    if now and (now.mode, now.uid, now.gid, now.mtime) != (was.mode, was.uid, was.gid, was.mtime):
        os.chown(was.path, was.uid, was.gid)
        was.path.chmod(was.mode)
        os.utime(was.path, ns=(was.mtime, was.mtime))


def touched_by_update(before: Image, after: Image) -> frozenset[Path]:
    """Given the images of before and after an update, return the paths it touched.

    What people have changed since is not among them, unless the update had changed it too.
    """
    found = {one.path for one in after.entries() if not one.untouched(before.entry(one.path))}
    found |= {one.path for one in before.entries() if after.entry(one.path) is None}
    return frozenset(found)


def roots_of(folders: Sequence[Path], *, data: bool = False) -> Iterator[Root]:
    """Return folders (or files) as parts of an image."""
    for path in folders:
        kind = "folder" if path.is_dir() and not path.is_symlink() else "file"
        yield Root(path=path, kind=kind if os.path.lexists(path) else "absent", data=data)
