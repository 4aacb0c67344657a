"""What a practice needs on paper when its software is down: who comes when, and their numbers."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Appointment:
    """One appointment, in the practice's own time. `who` is as the export has it."""

    starts: datetime
    ends: datetime | None = None
    who: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Telephone:
    """One line of the telephone list."""

    name: str
    number: str
