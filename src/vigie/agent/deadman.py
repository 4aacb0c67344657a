"""The dead man's switch: a sign of life to an address outside the console.

A console that has fallen is silent, and so are its machines: only someone else can notice that.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta

import urllib3

log = logging.getLogger(__name__)

RHYTHM = timedelta(minutes=5)
LIMIT = 10.0  # seconds for one ping


class DeadMan:
    """GET `address` in its rhythm for as long as `healthy` says so. Nothing is sent with it.

    The address is HTTPS; whatever it answers is not read.
    """

    def __init__(
        self,
        address: str,
        healthy: Callable[[], bool],
        *,
        rhythm: timedelta = RHYTHM,
        pool: urllib3.PoolManager | None = None,
    ) -> None:
        self._address = address
        self._healthy = healthy
        self._rhythm = rhythm
        self._pool = pool or urllib3.PoolManager(retries=False, timeout=LIMIT)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="deadman", daemon=True)

    def start(self) -> None:
        """Begin, with a first sign at once."""
        self._thread.start()

    def stop(self) -> None:
        """End; a ping under way is not waited for, the process may go."""
        self._ended.set()

    def _go_on(self) -> None:
        while not self._ended.is_set():
            if self._healthy():
                self._ping()
            self._ended.wait(self._rhythm.total_seconds())

    def _ping(self) -> None:
        headers = {"User-Agent": "vigie"}
        try:
            answer = self._pool.request(
                "GET", self._address, headers=headers, redirect=False, preload_content=False
            )
            answer.close()
        except (urllib3.exceptions.HTTPError, OSError) as trouble:
            log.info("no sign of life left the machine: %s", trouble)
