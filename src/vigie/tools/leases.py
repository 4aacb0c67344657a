"""Read leases: hear, before it happens, that an open file is about to be written or truncated.

fcntl(2), F_SETLEASE. The kernel holds the writer back until the lease is given up (or its holder
ends), readers pay nothing, and truncate(2), which fanotify cannot ask about before Linux 6.14,
waits as well. A lease is refused while somebody has the file open for writing, which answers
the other question worth asking: whether its writer is done.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import signal
import struct
import threading

_SIGNAL = signal.SIGRTMIN + 3 if hasattr(signal, "SIGRTMIN") else 0
_F_SETSIG, _F_SETOWN_EX, _F_OWNER_TID = 10, 15, 0
_SIGNALFD_RECORD, _FD_AT = 128, 20

_libc = ctypes.CDLL(None, use_errno=True)


class Leases:
    """The read leases of one thread: made, taken, heard and given up in the thread that made it.

    `descriptor` becomes readable when a lease is being broken.
    """

    def __init__(self) -> None:
        # Unblocked, its arrival would end the process; SIGIO comes instead when too many wait.
        signal.pthread_sigmask(signal.SIG_BLOCK, {_SIGNAL, signal.SIGIO})
        self.refused_for_a_writer = False  # why `take` last refused
        self._owner = struct.pack("ii", _F_OWNER_TID, threading.get_native_id())
        mask = (ctypes.c_ulong * 16)(1 << (_SIGNAL - 1))
        self.descriptor = _libc.signalfd(-1, mask, os.O_CLOEXEC | os.O_NONBLOCK)
        if self.descriptor < 0:
            raise OSError(ctypes.get_errno(), "signalfd")

    def take(self, descriptor: int) -> bool:
        """Take a read lease on an open file; False where a writer has it open, or none can be."""
        try:
            fcntl.fcntl(descriptor, _F_SETSIG, _SIGNAL)
            fcntl.fcntl(descriptor, _F_SETOWN_EX, self._owner)
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        except OSError as refusal:
            self.refused_for_a_writer = refusal.errno == errno.EAGAIN
            return False
        return True

    def give_up(self, descriptor: int) -> None:
        """Let whoever waits for this file go on."""
        with contextlib.suppress(OSError):  # none was held
            fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)

    def broken(self) -> list[int]:
        """Return the descriptors whose files somebody waits to change."""
        found: list[int] = []
        while True:
            try:
                record = os.read(self.descriptor, _SIGNALFD_RECORD)
            except BlockingIOError:
                return found
            found.append(struct.unpack_from("i", record, _FD_AT)[0])

    def close(self) -> None:
        """Stop hearing; leases end with their descriptors."""
        os.close(self.descriptor)
