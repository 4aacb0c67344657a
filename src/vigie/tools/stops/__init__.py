"""Stops: whether the machine's last stop was a shutdown, as its own records tell."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class LastStop:
    """`clean` is None where the records do not tell. `at`: the last sign of life before it."""

    clean: bool | None = None
    at: datetime | None = None


class Stops(Protocol):
    """One system's records."""

    def last(self) -> LastStop:
        """Return how the machine stopped before it was started this time. Raise nothing."""
