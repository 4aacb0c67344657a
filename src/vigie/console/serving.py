"""The server: granian over WSGI, and one worker for the duties beside it."""

import logging
import os
import threading
from ipaddress import ip_address

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

log = logging.getLogger(__name__)

# SQLite has one writer: one process with one thread answers in order (p99 0.4 s under load, where
# eight writers reached 1.35 s and timeouts). PostgreSQL takes as many as there are cores.
THREADS_ON_POSTGRESQL = 4


def serve(port: int, *, address: str = "127.0.0.1", workers: int = 0, duties: bool = True) -> None:
    """Serve until interrupted. `prepare` has been called. `workers` 0 means one for each core."""
    from django.conf import settings  # noqa: PLC0415  (settings are read after `prepare`)

    ip_address(address)  # a name could come to mean another network
    on_postgresql = bool(settings.POSTGRESQL)
    stop = threading.Event()
    if duties:
        threading.Thread(target=_do_duties, args=(stop,), name="duties", daemon=True).start()
    server = Server(
        target="vigie.console.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=(workers or os.cpu_count() or 1) if on_postgresql else 1,
        blocking_threads=THREADS_ON_POSTGRESQL if on_postgresql else 1,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
        process_name="vigie-console",
    )
    try:
        server.serve()
    finally:
        stop.set()


def _do_duties(stop: threading.Event) -> None:
    from vigie.console.jobs import worker  # noqa: PLC0415  (models are read after `prepare`)

    worker.work(stop)
