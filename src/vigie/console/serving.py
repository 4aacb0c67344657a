"""The server: granian over WSGI; each of its processes does duties beside, in a thread."""

import multiprocessing
import os
import threading
from ipaddress import ip_address
from multiprocessing.connection import wait

from django.conf import settings
from django.db import connections
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

# SQLite has one writer: one process with one thread answers in order (p99 0.4 s under load, where
# eight writers reached 1.35 s and timeouts). PostgreSQL takes as many as there are cores.
THREADS_ON_POSTGRESQL = 2
DUTIES = "VIGIE_CONSOLE_DUTIES"


def serve(port: int, *, address: str = "127.0.0.1", workers: int = 0, duties: bool = True) -> None:
    """Serve until interrupted. `prepare` has been called. `workers` 0 means one for each core.

    Raise ValueError if `address` is not an IP address.
    """
    ip_address(address)  # a name could come to mean another network
    os.environ[DUTIES] = "1" if duties else ""
    on_postgresql = bool(settings.POSTGRESQL)
    _let_go()
    Server(
        target="vigie.console.wsgi:application",
        address=address,
        port=port,
        interface=Interfaces.WSGI,
        workers=(workers or os.cpu_count() or 1) if on_postgresql else 1,
        blocking_threads=THREADS_ON_POSTGRESQL if on_postgresql else 1,
        websockets=False,
        respawn_failed_workers=True,
        log_level=LogLevels.warning,
    ).serve()


def end_with_the_server() -> None:
    """End this process when the one that serves has ended, however that went.

    Granian ends its workers when it is asked to stop; killed, it can ask nobody, and a worker
    left alone would keep the port from the next server. An end at any moment loses nothing:
    what was not committed was not answered either.
    """
    if (parent := multiprocessing.parent_process()) is None:
        return  # the application was loaded by somebody else's server

    def follow() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=follow, name="parent", daemon=True).start()


def begin_duties() -> None:
    """Begin the timed duties in this process, if `serve` asked for them."""
    if os.environ.get(DUTIES):
        from vigie.console.jobs import worker  # noqa: PLC0415  (models are read after setup)

        threading.Thread(
            target=worker.work, args=(threading.Event(),), name="duties", daemon=True
        ).start()


def _let_go() -> None:
    """Close what a forked process must not share: connections, and the pool's threads."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if close_pool := getattr(connection, "close_pool", None):
            close_pool()
