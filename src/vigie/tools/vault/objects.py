"""Objects: bytes kept under their SHA-256, whole and fsynced or not there at all."""

import contextlib
import ctypes
import errno
import fcntl
import hashlib
import os
import threading
import uuid
from pathlib import Path
from typing import Final

_FICLONE: Final = 0x40049409
_CHUNK: Final = 1 << 20
_TOGETHER: Final = 100  # objects brought onto the disk at once, each an open file
_libc = ctypes.CDLL(None, use_errno=True)
_BEGIN = 2  # SYNC_FILE_RANGE_WRITE


class Objects:
    """The files of a vault: `objects` by content, `held` by inode, `incoming` unfinished."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("", "objects", "held", "incoming"):
            (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        self._unsynced: list[Path] = []
        self._lock = threading.Lock()
        self._clones = True  # until the file system says that it cannot
        self.device = folder.stat().st_dev
        for left in (folder / "incoming").iterdir():
            left.unlink()

    def object(self, digest: str) -> Path:
        """Return where the bytes with this digest lie."""
        return self.folder / "objects" / digest[:2] / digest

    def held(self, name: str) -> Path:
        """Return where the link or clone of this name lies."""
        return self.folder / "held" / name

    def put(self, descriptor: int) -> tuple[str, int, bool]:
        """Copy all bytes behind an open descriptor; return SHA-256, size, and whether it is new.

        On return they outlive our end; after the next `sync`, a power cut as well. Raise OSError
        where there is no room.
        """
        incoming = self.folder / "incoming" / uuid.uuid4().hex
        try:
            digest, size = copy(descriptor, incoming, sync=False)
            place = self.object(digest)
            if place.exists():
                return digest, size, False
            place.parent.mkdir(mode=0o700, exist_ok=True)
            incoming.rename(place)
            with self._lock:
                self._unsynced.append(place)
        finally:
            incoming.unlink(missing_ok=True)
        return digest, size, True

    def sync(self) -> bool:
        """Bring all objects onto the disk; return whether there were any to bring."""
        with self._lock:
            waiting, self._unsynced = self._unsynced, []
        for at in range(0, len(waiting), _TOGETHER):
            self._sync(waiting[at : at + _TOGETHER])
        for folder in {place.parent for place in waiting}:
            sync_folder(folder)
        return bool(waiting)

    @staticmethod
    def _sync(places: list[Path]) -> None:
        """Write the bytes of all first: the first fdatasync then commits the names for all."""
        opened: list[int] = []
        try:
            for place in places:
                with contextlib.suppress(FileNotFoundError):  # let go meanwhile
                    opened.append(os.open(place, os.O_RDONLY | os.O_CLOEXEC))
                    _begin_to_write_back(opened[-1])
            for descriptor in opened:
                os.fdatasync(descriptor)
        finally:
            for descriptor in opened:
                os.close(descriptor)

    def clone(self, descriptor: int, name: str) -> bool:
        """Share the blocks of an open file under `held`; False where the system cannot."""
        if not self._clones:
            return False
        place = self.held(name)
        target = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            fcntl.ioctl(target, _FICLONE, descriptor)
        except OSError as refusal:
            place.unlink()
            if refusal.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            self._clones = refusal.errno not in (errno.EOPNOTSUPP, errno.ENOTTY)
            return False
        finally:
            os.close(target)
        return True

    def link(self, descriptor: int, name: str) -> bool:
        """Give an open file a second name under `held`; False where the system cannot."""
        place = self.held(name)
        source = f"/proc/self/fd/{descriptor}"
        folder = os.open(place.parent, os.O_PATH | os.O_DIRECTORY)
        try:
            # Naming the folder makes Python call linkat(2) with AT_SYMLINK_FOLLOW.
            os.link(source, place.name, dst_dir_fd=folder, follow_symlinks=True)
        except FileExistsError:
            return os.path.samestat(place.stat(), os.fstat(descriptor)) or self._replace(
                descriptor, name
            )
        except OSError:
            return False
        finally:
            os.close(folder)
        return True

    def _replace(self, descriptor: int, name: str) -> bool:
        self.held(name).unlink()
        return self.link(descriptor, name)

    def sizes(self) -> dict[str, int]:
        """Return every object's digest and its size in bytes."""
        return {
            file.name: file.stat().st_size
            for file in (self.folder / "objects").glob("??/*")
            if file.is_file()
        }

    def drop(self, digest: str) -> None:
        """Forget an object."""
        self.object(digest).unlink(missing_ok=True)

    def release(self, name: str) -> None:
        """Forget a link or a clone."""
        self.held(name).unlink(missing_ok=True)


def _begin_to_write_back(descriptor: int) -> None:
    if hasattr(_libc, "sync_file_range"):  # Linux; elsewhere fdatasync does all of it
        _libc.sync_file_range(descriptor, ctypes.c_int64(0), ctypes.c_int64(0), _BEGIN)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def digest(descriptor: int) -> str:
    """Return the SHA-256 of all bytes behind an open descriptor."""
    found, offset = hashlib.sha256(), 0
    while chunk := os.pread(descriptor, _CHUNK, offset):
        found.update(chunk)
        offset += len(chunk)
    return found.hexdigest()


def copy(descriptor: int, to: Path, *, sync: bool = True) -> tuple[str, int]:
    """Write all bytes behind an open descriptor to a new file; return their SHA-256 and size."""
    digest, offset = hashlib.sha256(), 0
    target = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(target, "wb", buffering=0) as file:
        while chunk := os.pread(descriptor, _CHUNK, offset):
            digest.update(chunk)
            file.write(chunk)
            offset += len(chunk)
        if sync:
            os.fdatasync(file.fileno())
    return digest.hexdigest(), offset


def same(one: Path, other: Path) -> bool:
    """Return whether two files are there and hold the same bytes."""
    try:
        with one.open("rb") as left, other.open("rb") as right:
            states = os.fstat(left.fileno()), os.fstat(right.fileno())
            if os.path.samestat(*states):
                return True
            if states[0].st_size != states[1].st_size:
                return False
            while chunk := left.read(_CHUNK):
                if chunk != right.read(_CHUNK):
                    return False
            return True
    except OSError:
        return False
