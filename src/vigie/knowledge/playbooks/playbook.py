"""What to do about an incident, and whom to tell: versioned data with a source and an expiry.

A page that has expired is never current: whoever shows it says so (`Page.current`).
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.practice import Country, Language

# Somebody meant it: a complaint and the insurer's own deadline come in.
ATTACKS = frozenset(
    {
        Danger.RANSOMWARE,
        Danger.TROJAN_DOCUMENT,
        Danger.STRAY_USB_KEY,
        Danger.IMPERSONATION,
        Danger.OPEN_PRINTER,
        Danger.EXPOSED_PASSWORD,
    }
)


class Phase(StrEnum):
    """When a step is taken."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"


class Risk(StrEnum):
    """How far the people in the data are at risk; a person decides."""

    UNDECIDED = ""
    NONE = "none"
    RISK = "risk"
    HIGH = "high"


class Weight(StrEnum):
    """How binding a duty is."""

    LAW = "law"
    INSURED = "insured"  # only for whoever is insured against it
    ADVICE = "advice"


_RANK = {Risk.NONE: 0, Risk.RISK: 1, Risk.HIGH: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Where rows come from: `expires` is the first day on which they are not current."""

    version: int
    checked: date
    expires: date
    source: str

    def current(self, on: date) -> bool:
        """Return whether this page may be shown as current on a day."""
        return on < self.expires


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a playbook."""

    slug: str
    phase: Phase
    page: Page


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Somebody to be told. `within` is None for "as soon as possible"."""

    slug: str
    weight: Weight
    within: timedelta | None
    from_risk: Risk
    attacks_only: bool
    page: Page

    def due(self, aware: datetime) -> datetime | None:
        """Return the end of its time, counted in real hours from when somebody knew."""
        return aware + self.within if self.within else None

    def called_for(self, risk: Risk) -> bool | None:
        """Return whether it applies at this risk; None while nobody has decided."""
        if self.from_risk is Risk.UNDECIDED:
            return True
        return None if risk is Risk.UNDECIDED else _RANK[risk] >= _RANK[self.from_risk]


def steps(danger: Danger, country: Country) -> Sequence[Step]:
    """Return the playbook of a danger in a country: before, during, after, each in its order."""
    found: list[Step] = []
    for table in _read("steps.toml")["page"]:
        if danger.value in table["dangers"] and country.value in table["countries"]:
            page = _page(table)
            found += [
                Step(slug=slug, phase=phase, page=page)
                for phase in Phase
                for slug in table[phase.value]
            ]
    return tuple(step for phase in Phase for step in found if step.phase is phase)


def duties(danger: Danger, country: Country) -> Sequence[Duty]:
    """Return whom to tell about an incident in a country, the most binding first."""
    found: list[Duty] = []
    for table in _read("duties.toml")["page"]:
        if table["country"] == country.value:
            found += [_duty(row, _page(table)) for row in table["duties"]]
    return tuple(duty for duty in found if danger in ATTACKS or not duty.attacks_only)


def say(kind: str, slug: str, language: Language) -> str:
    """Return the sentence of a step (`steps`) or a duty (`duties`). Raise KeyError."""
    return words(language)[kind][slug]


@cache
def words(language: Language) -> Mapping[str, Mapping[str, str]]:
    """Return every sentence of the playbooks in one language."""
    return _read(f"words.{language.value}.toml")


def _duty(row: Mapping[str, Any], page: Page) -> Duty:
    return Duty(
        slug=row["slug"],
        weight=Weight(row["weight"]),
        within=timedelta(hours=row["hours"]) if "hours" in row else None,
        from_risk=Risk(row.get("from_risk", "")),
        attacks_only=row.get("attacks_only", False),
        page=page,
    )


def _page(table: Mapping[str, Any]) -> Page:
    return Page(
        version=table["version"],
        checked=table["checked"],
        expires=table["expires"],
        source=table["source"],
    )


@cache
def _read(name: str) -> Mapping[str, Any]:
    text = (resources.files("vigie.knowledge.playbooks") / name).read_text("utf-8")
    return tomllib.loads(text)
