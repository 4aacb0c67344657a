"""The lifeline: a second process that ends us when we no longer answer, so nobody waits for us.

Whoever answers the kernel's questions must answer. If no sign of life comes for `LIMIT`, because
we hang or were stopped, a small process of its own kills us; the kernel then lets everyone go,
and the service is started again. It ends by itself when we do.
"""

import os
import subprocess
import sys
import time
from datetime import timedelta

LIMIT = timedelta(seconds=1.8)  # an open that waits longer looks like a broken computer
_OFTEN = 0.1  # seconds between two signs of life, at most

_WATCH = """
import os, select, signal, sys
pid, limit = int(sys.argv[1]), float(sys.argv[2])
while select.select([0], [], [], limit)[0]:
    if not os.read(0, 4096):
        sys.exit()
os.kill(pid, signal.SIGKILL)
"""


class Lifeline:
    """Signs of life to the second process; `beat` costs nothing when called often."""

    def __init__(self, limit: timedelta = LIMIT) -> None:
        reading, self._writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        self._process = subprocess.Popen(
            [
                sys.executable,
                "-I",
                "-S",
                "-c",
                _WATCH,
                str(os.getpid()),
                str(limit.total_seconds()),
            ],
            stdin=reading,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for us, not for it
        )
        os.close(reading)
        self._last = 0.0

    def beat(self) -> None:
        """Say that we are alive."""
        now = time.monotonic()
        if now - self._last > _OFTEN:
            self._last = now
            try:
                os.write(self._writing, b".")
            except (BlockingIOError, BrokenPipeError):
                return  # it has not read yet, or somebody ended it: we go on

    def close(self) -> None:
        """Let the second process end."""
        os.close(self._writing)
        self._process.wait()
