"""The porter: a process of its own that lets readers through at once, and sends others to the gate.

Most questions of the kernel are about reading, and need no thought. In the agent each would wait
for the interpreter, which many threads share; here nobody else wants it. The porter knows nothing:
who reads is allowed and written down for the keeper, everyone else is passed on with the open
file. While somebody is suspected or held back (`strict`), everyone is passed on.
"""

import contextlib
import fcntl
import mmap
import os
import select
import signal
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

from vigie.tools.fanotify import Asking, Question
from vigie.tools.lifeline import LIMIT
from vigie.tools.processes import opens_to_write

_START = (
    "import sys; sys.path[:] = {path!r}; "
    "from vigie.sensors.disk.porter import main; main(sys.argv[1:])"
)
_BEAT_MS = 250  # between two signs of life when nothing happens
_HASTE = -10  # niceness: whoever opens a document waits
_PIPE = 1 << 20  # bytes: fifty thousand reads between two rounds of the keeper
_SET_PIPE_SIZE: Final = 1031  # F_SETPIPE_SZ
_SECONDS_TO_START = timedelta(seconds=20)  # an old practice PC just switched on
_PAGE = 4096
_STRICT_AT, _BEATS_AT = 0, 1  # in the page that both see
_READ = struct.Struct("=iQQ")  # thread, device, inode
_PASSED = struct.Struct("=ii")  # thread, the descriptor as the kernel's question calls it
_CLOSE = struct.Struct("=i")

Read = tuple[int, tuple[int, int]]  # a thread, and what it opened: device and inode


class PorterGone(Exception):
    """The porter has ended, or answers no longer: whoever it met may wait for ever."""


class Porter:
    """The agent's end of the porter. Used by the gate's thread, but for `reads` and `strict`.

    `door` becomes readable when somebody is passed on. Raise OSError where it cannot start.
    """

    def __init__(self, asking: Asking) -> None:
        seen = os.memfd_create("porter", os.MFD_CLOEXEC)
        os.ftruncate(seen, _PAGE)
        self._page = mmap.mmap(seen, _PAGE)
        self._reading, reads = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        _widen(reads)
        self.door, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.door.setblocking(False)
        handed = [asking.descriptor, theirs.fileno(), reads, seen]
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-B",
                "-c",
                _START.format(path=sys.path),
                *map(str, [*handed, os.getpid()]),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=handed,
            cwd="/",
            start_new_session=True,  # Ctrl-C is for us, not for it
        )
        theirs.close()
        os.close(reads)
        os.close(seen)
        self._beats, self._beat_at = 0, time.monotonic()
        self._wait_for_first_beat()

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def be_strict(self, *, strict: bool) -> None:
        """Have everyone passed on, or only who does not just read; it holds at once."""
        self._page[_STRICT_AT] = strict

    def check(self) -> None:
        """Raise PorterGone when it has ended, or gave no sign of life for too long."""
        now, beats = time.monotonic(), self._page[_BEATS_AT]
        if beats != self._beats:
            self._beats, self._beat_at = beats, now
        if self._process.poll() is not None or now - self._beat_at > LIMIT.total_seconds():
            raise PorterGone

    def passed(self) -> Iterator[Question]:
        """Yield who was passed on and must be answered. Raise PorterGone when it has ended."""
        while True:
            try:
                told, descriptors, _, _ = socket.recv_fds(
                    self.door, _PASSED.size, 1, socket.MSG_CMSG_CLOEXEC
                )
            except BlockingIOError:
                return
            except OSError as trouble:
                raise PorterGone from trouble
            if not told or not descriptors:
                raise PorterGone
            tid, number = _PASSED.unpack(told)
            yield Question(descriptors[0], tid, number)

    def answered(self, question: Question) -> None:
        """Let the porter close its end of a question that has its answer."""
        with contextlib.suppress(OSError):  # it has ended: nothing is left to be closed
            self.door.send(_CLOSE.pack(question.number))

    def reads(self) -> Iterator[Read]:
        """Yield who was let through to read since the last call, oldest first."""
        while True:
            try:
                told = os.read(self._reading, _READ.size * 1024)
            except BlockingIOError:
                return
            if not told:
                return
            for tid, device, inode in _READ.iter_unpack(told):
                yield tid, (device, inode)

    def close(self) -> None:
        """End the process. Whoever it met waits until the kernel's group is closed."""
        self.door.close()
        self._process.kill()
        self._process.wait()
        os.close(self._reading)
        self._page.close()

    def _wait_for_first_beat(self) -> None:
        limit = time.monotonic() + _SECONDS_TO_START.total_seconds()
        while not self._page[_BEATS_AT]:
            if self._process.poll() is not None or time.monotonic() > limit:
                self.close()
                raise OSError("the porter does not start")
            time.sleep(0.002)
        self._beat_at = time.monotonic()


def _widen(descriptor: int) -> None:
    """Let a pipe hold as much as we may have; the usual 64 KB will do where we may not."""
    with contextlib.suppress(OSError):
        fcntl.fcntl(descriptor, _SET_PIPE_SIZE, _PIPE)


class _Post:
    """What the porter works with, in its own process."""

    def __init__(self, asking: int, door: int, reads: int, page: int, agent: int) -> None:
        self._asking = Asking.taken_over(asking)
        self._door = socket.socket(fileno=door)
        self._door.setblocking(False)
        self._reads = reads
        self._page = mmap.mmap(page, _PAGE)
        self._agent = f"/proc/{agent}/task/"

    def stand(self) -> None:
        """Answer until the agent ends."""
        poller = select.poll()
        poller.register(self._asking.descriptor, select.POLLIN)
        poller.register(self._door, select.POLLIN)
        while True:
            self._page[_BEATS_AT] = self._page[_BEATS_AT] % 255 + 1
            for descriptor, _ in poller.poll(_BEAT_MS):
                if descriptor == self._door.fileno():
                    if not self._close_answered():
                        return
                else:
                    for question in self._asking.questions():
                        self._meet(question)

    def _close_answered(self) -> bool:
        """Close what was answered by the agent; return whether the agent is still there."""
        while True:
            try:
                told = self._door.recv(_CLOSE.size)
            except BlockingIOError:
                return True
            except OSError:
                return False
            if not told:
                return False
            os.close(_CLOSE.unpack(told)[0])

    def _meet(self, question: Question) -> None:
        try:
            if not self._may_read(question):
                told = _PASSED.pack(question.tid, question.number)
                socket.send_fds(self._door, [told], [question.descriptor])
                return
        except OSError:  # who asked has ended, or the agent has: nobody may wait for it
            pass
        with contextlib.suppress(OSError):
            self._asking.answer(question, allow=True)
        os.close(question.descriptor)

    def _may_read(self, question: Question) -> bool:
        """Return whether this is the agent itself, or only reads; write down who reads."""
        if os.path.exists(f"{self._agent}{question.tid}"):  # noqa: PTH110  (at each open)
            return True
        if self._page[_STRICT_AT] or opens_to_write(question.tid):
            return False
        state = os.fstat(question.descriptor)
        with contextlib.suppress(BlockingIOError):  # before the answer: it is told before the next
            os.write(self._reads, _READ.pack(question.tid, state.st_dev, state.st_ino))
        return True


def main(arguments: Sequence[str]) -> None:
    """Given descriptors and the agent's number, be the porter until the agent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _HASTE)
    _Post(*map(int, arguments)).stand()
