"""Pauses: for an hour at most, one danger is seen and reported, and nothing is done about it."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from vigie.agent.orders import Taken, WishFailed
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.response import Outcome, Response
from vigie.policy.orders import decide
from vigie.wire.orders import Pause

LONGEST = timedelta(hours=1)


class Pauses:
    """The pauses of this process: a restart ends them all, and the watch is whole again.

    `clock` is monotonic, in seconds: nobody prolongs a pause by setting the clock back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._until: dict[Danger, float] = {}
        self._lock = threading.Lock()

    def begin(self, taken: Taken) -> tuple[Outcome, ...]:
        """Fulfil a Pause: it counts from when the order was taken."""
        if not isinstance(taken.wish, Pause):
            raise WishFailed("not a pause")
        length = min(LONGEST, timedelta(minutes=taken.wish.minutes))
        gone = max(timedelta(0), datetime.now(UTC) - taken.at)
        left = max(timedelta(0), length - gone).total_seconds()
        with self._lock:
            self._until[taken.wish.danger] = self._clock() + left
        return ()

    def decide(self, danger: Danger, findings: Sequence[Finding]) -> tuple[Response, ...]:
        """Decide as policy does, save for a danger that is paused."""
        with self._lock:
            paused = self._until.get(danger, 0.0) > self._clock()
        return () if paused else decide(danger, findings)
