"""Linux: a read-only mount of a folder over itself.

It is made beside the tree, set read-only and only then moved into place (Linux 5.12), so that
there is no moment at which it is there and can be written. What it does not stop: a file already
open for writing, and a process whose working folder already lies inside.
"""

import contextlib
import ctypes
import os
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

# Since Linux 5.2 system calls have the same number on all processors.
_OPEN_TREE, _MOVE_MOUNT, _MOUNT_SETATTR = 428, 429, 442
_HERE = -100  # AT_FDCWD
_CLONE, _CLOSE_ON_EXEC, _RECURSIVE, _EMPTY_PATH = 1, os.O_CLOEXEC, 0x8000, 0x1000
_FROM_EMPTY_PATH = 4  # MOVE_MOUNT_F_EMPTY_PATH
_READ_ONLY = 1  # MOUNT_ATTR_RDONLY
_DETACH = 2  # MNT_DETACH

_libc = ctypes.CDLL(None, use_errno=True)


class _Attributes(ctypes.Structure):
    """`struct mount_attr`."""

    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("users", ctypes.c_uint64),
    )


@dataclass(frozen=True, slots=True)
class _Mount:
    number: int
    parent: int
    device: str
    root: str
    point: str
    read_only: bool


class MountCover:
    """Covers folders by mounts. Needs root; what it covers stays covered when it ends."""

    def __init__(self) -> None:
        self._beneath: dict[str, int] = {}

    @property
    def blocked(self) -> tuple[str, ...]:
        """Return the folders that lie under a cover, whoever made it."""
        mounts = _mounts()
        return tuple(mount.point for mount in mounts.values() if _is_cover(mount, mounts))

    def block(self, folder: str) -> None:
        """Cover a folder. Raise OSError if it cannot be: not root, no such folder."""
        folder = os.path.realpath(folder)
        if folder in self.blocked:
            return
        beneath = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            _mount_over(folder)
        except OSError:
            os.close(beneath)
            raise
        self._beneath[folder] = beneath

    def unblock(self, folder: str) -> None:
        """Take the cover of a folder away. Raise OSError if it cannot be."""
        folder = os.path.realpath(folder)
        if (beneath := self._beneath.pop(folder, None)) is not None:
            os.close(beneath)
        while folder in self.blocked:
            if _libc.umount2(os.fsencode(folder), _DETACH):
                raise _trouble(folder)

    def beneath(self, folder: str) -> Path | None:
        """Return a way to write under a cover this object made: a restore needs one."""
        descriptor = self._beneath.get(os.path.realpath(folder))
        return None if descriptor is None else Path(f"/proc/self/fd/{descriptor}")


def _mount_over(folder: str) -> None:
    tree = _libc.syscall(
        _OPEN_TREE, _HERE, os.fsencode(folder), _CLONE | _CLOSE_ON_EXEC | _RECURSIVE
    )
    if tree < 0:
        raise _trouble(folder)
    try:
        wanted = _Attributes(set=_READ_ONLY)
        size = ctypes.sizeof(wanted)
        flags = _EMPTY_PATH | _RECURSIVE
        if _libc.syscall(_MOUNT_SETATTR, tree, b"", flags, ctypes.byref(wanted), size):
            raise _trouble(folder)
        if _libc.syscall(_MOVE_MOUNT, tree, b"", _HERE, os.fsencode(folder), _FROM_EMPTY_PATH):
            raise _trouble(folder)
    finally:
        os.close(tree)


def _trouble(folder: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), folder)


def _is_cover(mount: _Mount, mounts: dict[int, _Mount]) -> bool:
    """Return whether a mount is read-only and shows at its place just what lies under it."""
    under = mounts.get(mount.parent)
    if under is None or not mount.read_only or under.device != mount.device:
        return False
    with contextlib.suppress(ValueError):
        inside = PurePosixPath(mount.point).relative_to(under.point)
        return PurePosixPath(under.root) / inside == PurePosixPath(mount.root)
    return False


def _mounts() -> dict[int, _Mount]:
    """Return the mounts of this process by number (proc_pid_mountinfo(5))."""
    found = {}
    for line in Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines():
        number, parent, device, root, point, options, *_ = line.split(" ")
        found[int(number)] = _Mount(
            number=int(number),
            parent=int(parent),
            device=device,
            root=_unescaped(root),
            point=_unescaped(point),
            read_only="ro" in options.split(","),
        )
    return found


def _unescaped(text: str) -> str:
    for letter in (" ", "\t", "\n", "\\"):
        text = text.replace(f"\\{ord(letter):03o}", letter)
    return text
