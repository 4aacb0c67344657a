"""fanotify: ask before an open, and be told of names that change. Linux 5.17 or newer, root.

A thin layer over fanotify(7) by ctypes: neither the standard library nor a kept package has it.
"""

import ctypes
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

CLOSE_WRITE: Final = 0x00000008
CREATE: Final = 0x00000100
DELETE: Final = 0x00000200
QUEUE_OVERFLOW: Final = 0x00004000
OPEN_PERM: Final = 0x00010000
ON_CHILD: Final = 0x08000000
RENAME: Final = 0x10000000
ON_DIR: Final = 0x40000000

_CLOEXEC, _NONBLOCK = 0x1, 0x2
_CLASS_CONTENT = 0x4
_UNLIMITED = 0x10 | 0x20  # queue and marks
_REPORT_TID = 0x100
_REPORT_NAMES = 0x200 | 0x400 | 0x800  # of the object, of its folder, and the name in it
_MARK_ADD, _MARK_REMOVE = 0x1, 0x2
_ALLOW, _DENY = 0x1, 0x2
_INFO_OLD_NAME, _INFO_NEW_NAME, _INFO_NAME = 10, 12, 2

_HEAD = struct.Struct("=IBBHQii")  # length, version, reserved, head length, mask, fd, pid
_INFO = struct.Struct("=BBH")  # kind, padding, length
_FSID, _HANDLE_HEAD = 8, 8
_ANSWER = struct.Struct("=iI")
_BUFFER = 1 << 16
_MOST_HANDLE = 128

_libc = ctypes.CDLL(None, use_errno=True)
_libc.fanotify_mark.argtypes = (
    ctypes.c_int,
    ctypes.c_uint,
    ctypes.c_uint64,
    ctypes.c_int,
    ctypes.c_char_p,
)


@dataclass(frozen=True, slots=True)
class Question:
    """A thread `tid` waits to open the file behind `descriptor` (ours to close).

    `number` is what the kernel calls the question: the descriptor in the process that read it.
    """

    descriptor: int
    tid: int
    number: int


@dataclass(frozen=True, slots=True)
class Place:
    """A name in a folder; the folder by its identity, as `identity` returns it."""

    folder: bytes
    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """Names that changed. `source` is the place (before a rename), `target` the one after it.

    Either is None where that folder is not marked. `mask` may hold several events, merged by the
    kernel in no order: look at the file.
    """

    mask: int
    pid: int
    source: Place | None
    target: Place | None


def _checked(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def identity(path: str | Path) -> bytes:
    """Return the file system and the handle of a folder: the same for all its names.

    Raise OSError where the folder is gone or its file system has no handles.
    """
    room = ctypes.create_string_buffer(_HANDLE_HEAD + _MOST_HANDLE)
    struct.pack_into("=I", room, 0, _MOST_HANDLE)
    mount = ctypes.c_int()
    encoded = os.fsencode(path)
    _checked(
        _libc.name_to_handle_at(-100, encoded, room, ctypes.byref(mount), 0), "name_to_handle_at"
    )
    length = struct.unpack_from("=I", room)[0]
    statistics = ctypes.create_string_buffer(256)
    _checked(_libc.statfs(encoded, statistics), "statfs")
    fsid = statistics.raw[56:64]  # struct statfs: seven longs, then f_fsid
    return bytes(fsid + room.raw[: _HANDLE_HEAD + length])


class _Group:
    """One fanotify group: its descriptor, and its marks."""

    def __init__(self, flags: int, event_flags: int) -> None:
        self.descriptor = _checked(
            _libc.fanotify_init(flags | _CLOEXEC | _NONBLOCK | _UNLIMITED, event_flags),
            "fanotify_init",
        )

    def mark(self, place: int | str, mask: int, *, remove: bool = False) -> None:
        """Watch an inode: of an open descriptor, or of a path. Raise OSError if it is gone."""
        how = _MARK_REMOVE if remove else _MARK_ADD
        at, name = (place, None) if isinstance(place, int) else (-100, os.fsencode(place))
        _checked(_libc.fanotify_mark(self.descriptor, how, mask, at, name), "fanotify_mark")

    def close(self) -> None:
        """Close the group: the kernel drops its marks and lets everyone go who waits."""
        os.close(self.descriptor)

    def _events(self) -> Iterator[tuple[int, int, int, bytes]]:
        try:
            raw = os.read(self.descriptor, _BUFFER)
        except BlockingIOError:
            return
        offset = 0
        while offset + _HEAD.size <= len(raw):
            length, _, _, head, mask, descriptor, pid = _HEAD.unpack_from(raw, offset)
            yield mask, descriptor, pid, raw[offset + head : offset + length]
            offset += length


class Asking(_Group):
    """The group that is asked before a marked file is opened."""

    def __init__(self) -> None:
        super().__init__(_CLASS_CONTENT | _REPORT_TID, os.O_RDONLY | os.O_LARGEFILE | os.O_CLOEXEC)

    @classmethod
    def taken_over(cls, descriptor: int) -> Self:
        """Return the same group in a process that was handed its descriptor."""
        group = cls.__new__(cls)
        group.descriptor = descriptor
        return group

    def questions(self) -> list[Question]:
        """Return who waits now; every one of them must be answered."""
        return [Question(fd, tid, fd) for _, fd, tid, _ in self._events() if fd >= 0]

    def answer(self, question: Question, *, allow: bool) -> None:
        """Let an open go on, or refuse it with EPERM. The descriptor stays open."""
        os.write(self.descriptor, _ANSWER.pack(question.number, _ALLOW if allow else _DENY))


class Telling(_Group):
    """The group that is told when names change in marked folders."""

    def __init__(self) -> None:
        super().__init__(_REPORT_NAMES, os.O_RDONLY | os.O_CLOEXEC)

    def changes(self) -> list[Change]:
        """Return what happened since the last call, oldest first, as far as one read holds it."""
        return [self._change(mask, pid, info) for mask, _, pid, info in self._events()]

    @staticmethod
    def _change(mask: int, pid: int, info: bytes) -> Change:
        source = target = None
        offset = 0
        while offset + _INFO.size <= len(info):
            kind, _, length = _INFO.unpack_from(info, offset)
            record = info[offset + _INFO.size : offset + length]
            if kind in (_INFO_NAME, _INFO_OLD_NAME):
                source = _place(record)
            elif kind == _INFO_NEW_NAME:
                target = _place(record)
            offset += length
        return Change(mask, pid, source, target)


def _place(record: bytes) -> Place:
    length = struct.unpack_from("=I", record, _FSID)[0]
    end = _FSID + _HANDLE_HEAD + length
    name = record[end:].split(b"\0", 1)[0]
    return Place(record[:end], os.fsdecode(name))
