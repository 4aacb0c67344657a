"""A network of one's own: a namespace with nothing in it but loopback (Linux)."""

import ctypes
import os
import socket
import struct
import sys

_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # linux/sched.h
_SET_FLAGS = 0x8914  # SIOCSIFFLAGS
_UP = 0x1


def alone() -> None:
    """Leave this machine's networks for good; loopback works, every port is free.

    Call it in a process with one thread. Raise OSError where the system does not allow it.
    """
    if sys.platform != "linux":
        raise OSError("namespaces are Linux's")
    import fcntl  # noqa: PLC0415  (not there on Windows)

    libc = ctypes.CDLL(None, use_errno=True)
    kinds = _NEW_NETWORK if not os.geteuid() else _NEW_NETWORK | _NEW_USERS
    if libc.unshare(kinds):
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        fcntl.ioctl(line, _SET_FLAGS, struct.pack("16sh14x", b"lo", _UP))
