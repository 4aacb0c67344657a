"""Back-off with full jitter: many machines that fail together do not come back together."""

import random
from collections.abc import Callable
from datetime import timedelta

FIRST = timedelta(seconds=1)
CAP = timedelta(seconds=60)


class Backoff:
    """How long to wait before the next try: anything from nothing to twice the last bound."""

    def __init__(
        self,
        first: timedelta = FIRST,
        cap: timedelta = CAP,
        draw: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._first = first
        self.cap = cap
        self._draw = draw
        self._failures = 0

    def after_failure(self) -> timedelta:
        """Count one more failure in a row; return how long to wait."""
        # 2**32 seconds is beyond any cap: the exponent is bounded so that years of failures count.
        bound = min(self.cap, self._first * 2 ** min(self._failures, 32))
        self._failures += 1
        return timedelta(seconds=self._draw(0.0, bound.total_seconds()))

    def reset(self) -> None:
        """Forget the failures: it worked."""
        self._failures = 0
