"""A verdict is what the watch concluded; a report is the part of it that may travel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Outcome, Response


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The findings of one guard at one moment, and the deeds that policy chose for them."""

    danger: Danger
    at: datetime
    machine: str
    findings: tuple[Finding, ...]
    responses: tuple[Response, ...] = ()

    @property
    def gravity(self) -> Gravity:
        """Return the gravest of the findings."""
        return max((finding.gravity for finding in self.findings), key=lambda g: g.rank)


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenFact:
    """A finding without its clues: all that the console may know of it."""

    fact: str
    gravity: Gravity
    numbers: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A verdict and what came of it, as it travels. `machine` is a pseudonym."""

    id: str
    danger: Danger
    at: datetime
    machine: str
    facts: tuple[SeenFact, ...]
    outcomes: tuple[Outcome, ...] = ()


def report(verdict: Verdict, outcomes: Sequence[Outcome], *, report_id: str) -> Report:
    """Given a verdict and the outcomes of its deeds, return the report without any clue."""
    return Report(
        id=report_id,
        danger=verdict.danger,
        at=verdict.at,
        machine=verdict.machine,
        facts=tuple(
            SeenFact(fact=f.fact, gravity=f.gravity, numbers=dict(f.numbers))
            for f in verdict.findings
        ),
        outcomes=tuple(outcomes),
    )
