"""Evidence: past events of the practice, one module per kind. It dies in the practice."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Something that happened on one machine. `at` carries its time zone."""

    at: datetime
    machine: str
