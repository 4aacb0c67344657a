"""The pane served: one thread, one loop, 127.0.0.1 and nothing else."""

import asyncio
import errno
import logging
import socket
import threading
from concurrent.futures import Future
from contextlib import suppress

from aiohttp import web

from vigie.agent.pane import secret as tokens
from vigie.agent.pane.door import Door
from vigie.agent.pane.doubt_pages import DoubtPages
from vigie.agent.pane.doubts import MOST_BYTES
from vigie.agent.pane.pages import Pages
from vigie.agent.pane.premises import Premises
from vigie.agent.pane.way_in import ADDRESS, Place, WayIn

log = logging.getLogger(__name__)

_READY = 20.0  # seconds
_SPARE = 1_000_000  # bytes of a form around what is shown


class Pane:
    """The page of one machine. `start` returns when it answers; `close` ends it."""

    def __init__(self, premises: Premises, place: Place, *, port: int, secret: str) -> None:
        self._premises, self._place = premises, place
        self._port, self._secret = port, secret
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._run, name="pane", daemon=True)
        self._ready: Future[WayIn] = Future()
        self.way: WayIn | None = None

    def start(self) -> WayIn:
        """Begin to answer; return where. Raise OSError where no port can be had."""
        self._thread.start()
        self.way = self._ready.result(_READY)
        if not self._place.write(self.way) and self._place.group:
            log.warning("the group %s does not exist: only we may open the pane", self._place.group)
        return self.way

    def close(self) -> None:
        """End after the answers under way."""
        self._place.remove()
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(_READY)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._ready.set_result(self._loop.run_until_complete(self._serve()))
        except BaseException as trouble:  # noqa: BLE001  (it is raised where the pane is started)
            self._ready.set_exception(trouble)
            return
        self._loop.run_forever()
        with suppress(Exception):
            if self._runner:
                self._loop.run_until_complete(self._runner.cleanup())
        self._loop.close()

    async def _serve(self) -> WayIn:
        """Bind first, so that the door knows the port; then answer."""
        ear = _bound(self._port)
        way = WayIn(port=ear.getsockname()[1], secret=self._secret)
        door = Door(way)
        pages = Pages(self._premises, door, tokens.segment(self._secret))
        app = web.Application(middlewares=[door.middleware], client_max_size=MOST_BYTES + _SPARE)
        app.add_routes([web.get("/bonjour/{nonce:[0-9a-f]{32}}", door.greet)])
        app.add_routes([web.get(f"{pages.root}/entrer/{{ticket}}", door.enter)])
        app.add_routes([*pages.routes(), *DoubtPages(pages).routes()])
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)
        await self._runner.setup()
        await web.SockSite(self._runner, ear).start()
        return way


def _bound(wanted: int) -> socket.socket:
    """Return the ear at the wanted port if it is free, else at any that is. Raise OSError."""
    try:
        return socket.create_server((ADDRESS, wanted))
    except OSError as taken:
        if taken.errno not in {errno.EADDRINUSE, errno.EACCES}:
            raise
        return socket.create_server((ADDRESS, 0))
