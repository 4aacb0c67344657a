"""The outbox: what is said to the console, kept even while the disk has no room for it."""

import logging
import threading
from collections import deque
from collections.abc import Callable

from vigie.agent.spool import Lane, Spool, lane_of
from vigie.agent.spool_file import SpoolTrouble
from vigie.wire.reports import Item

log = logging.getLogger(__name__)

MOST_HELD = 1_000  # items in memory while the spool cannot be written: 1 MB at most


class Outbox:
    """The one way to the spool for everything in the agent; `keep` never raises.

    While the spool cannot be written, items wait in memory and `troubled` is set; heartbeats do
    not wait, the next one says the same. `news` is called when something should leave at once.
    """

    def __init__(self, spool: Spool, news: Callable[[], None] = lambda: None) -> None:
        self._spool = spool
        self._news = news
        self._held: deque[tuple[Item, bool]] = deque(maxlen=MOST_HELD)
        self._lock = threading.Lock()
        self.troubled = False

    def keep(self, item: Item, *, first: bool = False) -> None:
        """Keep one item: in the spool, or in memory until there is room again."""
        lane = Lane.FIRST if first else lane_of(item)
        with self._lock:
            if lane is not Lane.HEARTBEAT or not self._held:
                self._held.append((item, first))
        self.settle()
        if lane is Lane.HEARTBEAT and self.troubled:
            with self._lock:
                self._held = deque(
                    (pair for pair in self._held if pair[0].id != item.id), maxlen=MOST_HELD
                )
        if lane in (Lane.FIRST, Lane.REPORT):  # blindness too: meanwhile the console shows green
            self._news()

    def draft(self, item: Item) -> None:
        """Note a report whose deeds are under way: after a kill it leaves as it stands."""
        try:
            self._spool.draft(item)
        except SpoolTrouble as trouble:
            log.warning("the spool cannot be written: %s", trouble)

    def settle(self) -> None:
        """Try again to write what waits in memory, the oldest first."""
        with self._lock:
            try:
                while self._held:
                    item, first = self._held[0]
                    self._spool.add(item, first=first)
                    self._held.popleft()
            except SpoolTrouble as trouble:
                if not self.troubled:
                    log.warning("the spool cannot be written: %s", trouble)
                self.troubled = True
            else:
                self.troubled = False
