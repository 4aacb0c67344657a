"""The practice: who it is, when it consults, which machines it has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from enum import StrEnum


class Language(StrEnum):
    """A language that Vigie speaks to people."""

    FR = "fr"
    DE = "de"
    EN = "en"


class Country(StrEnum):
    """A country whose duties and bodies Vigie knows."""

    FR = "FR"
    CH = "CH"
    BE = "BE"
    LU = "LU"


class Reader(StrEnum):
    """Who a sentence is for."""

    DOCTOR = "doctor"
    SECRETARY = "secretary"
    CARETAKER = "caretaker"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a day, `opens` included, `closes` excluded."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse a stretch that ends before it starts."""
        if self.opens >= self.closes:
            raise ValueError(f"a consultation ends after it starts: {self.opens}-{self.closes}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultationHours:
    """When patients are seen: by weekday (0 is Monday), without the days in `closed`."""

    week: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    closed: frozenset[date] = frozenset()
    timezone: str = "Europe/Paris"


@dataclass(frozen=True, slots=True, kw_only=True)
class Practice:
    """What the watch must know of a practice to speak and act at the right moment."""

    name: str
    caretaker: str
    language: Language = Language.FR
    country: Country = Country.FR
    hours: ConsultationHours = ConsultationHours()
