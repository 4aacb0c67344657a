"""Births: who started whom, even when the parent has ended since.

A program that forks, starts a session of its own and ends has no parent left in /proc. The
kernel's process connector (Linux with CONFIG_PROC_EVENTS, root) tells of each fork as it happens.
"""

import os
import socket
import struct
import threading

_CONNECTOR = 11  # NETLINK_CONNECTOR
_PROCESSES = 1  # CN_IDX_PROC, CN_VAL_PROC
_LISTEN = 1  # PROC_CN_MCAST_LISTEN
_FORK = 1  # PROC_EVENT_FORK
_NETLINK = struct.Struct("=IHHII")
_MESSAGE = struct.Struct("=IIIIHH")
_EVENT = struct.Struct("=IIQ")  # what, processor, nanoseconds
_FORKED = struct.Struct("=IIII")  # parent thread and process, child thread and process
_AT = _NETLINK.size + _MESSAGE.size
_DONE = 3  # NLMSG_DONE
_QUEUE = 8 << 20  # bytes: a quarter of a second of the wildest build
MOST = 50_000  # births remembered: hours of an ordinary day


class Births:
    """The parents of the processes born since this was made."""

    def __init__(self) -> None:
        """Listen; raise OSError where the kernel does not tell."""
        self._parents: dict[int, int] = {}
        self._lock = threading.Lock()
        self._socket = socket.socket(
            socket.AF_NETLINK, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, _CONNECTOR
        )
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _QUEUE)
            self._socket.bind((0, _PROCESSES))
            wish = _MESSAGE.pack(_PROCESSES, _PROCESSES, 0, 0, 4, 0) + struct.pack("=I", _LISTEN)
            head = _NETLINK.pack(_NETLINK.size + len(wish), _DONE, 0, 0, os.getpid())
            self._socket.send(head + wish)
        except OSError:
            self._socket.close()
            raise

    def parent(self, pid: int) -> int | None:
        """Return which process started `pid`, or None for one older than this."""
        self.take_in()
        return self._parents.get(pid)

    def take_in(self) -> None:
        """Take in what the kernel has told; call it now and then, so that nothing is dropped."""
        with self._lock:
            while True:
                try:
                    told = self._socket.recv(4096)
                except BlockingIOError:
                    break
                except OSError:  # it told more than fits: those births are unknown
                    continue
                if len(told) >= _AT + _EVENT.size + _FORKED.size:
                    self._note(told)

    def _note(self, told: bytes) -> None:
        if _EVENT.unpack_from(told, _AT)[0] != _FORK:
            return
        _, parent, thread, child = _FORKED.unpack_from(told, _AT + _EVENT.size)
        if thread == child:
            self._parents.pop(child, None)  # so that the newest stand last
            self._parents[child] = parent
            if len(self._parents) > MOST:
                for old in list(self._parents)[: MOST // 2]:
                    del self._parents[old]

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
