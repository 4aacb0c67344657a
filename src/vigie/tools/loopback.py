"""Ports of this machine, for servers that are started for a moment."""

import socket
import time
from datetime import timedelta

_PAUSE = 0.02


def free_port() -> int:
    """Return a port of this machine that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int, patience: timedelta) -> bool:
    """Return whether somebody listens on this port before `patience` is over."""
    limit = time.monotonic() + patience.total_seconds()
    while time.monotonic() < limit:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        except OSError:
            time.sleep(_PAUSE)
    return False
