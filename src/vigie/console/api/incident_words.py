"""The words of incidents: the clock, the steps, the register, the papers, the evidence.

What is `said` is a sentence, in the language that the request asks for (`Accept-Language`).
"""

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import AwareDatetime, Field, StringConstraints

from vigie.console.incidents.clock import TimeState
from vigie.domain.danger import Danger
from vigie.knowledge.playbooks.playbook import Phase, Weight

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,47}$")]


class IncidentOut(Schema):
    """Something that really happened at one practice. `aware_at` is where the law counts from."""

    incident: int
    practice: str
    machine: str | None
    danger: Danger
    country: str
    happened_at: datetime
    aware_at: datetime
    opened_at: datetime
    by_rule: bool
    closed_at: datetime | None


class StepOut(Schema):
    """One step. It is not `current` where the rules it comes from have expired."""

    step: str
    phase: Phase
    said: str
    current: bool
    done_at: datetime | None
    done_by: str | None


class DutyOut(Schema):
    """Somebody to be told. Without `due`: as soon as possible."""

    step: str
    name: str
    said: str
    weight: Weight
    state: TimeState
    due: datetime | None
    done_at: datetime | None
    done_by: str | None


class RegisterOut(Schema):
    """The breach register, whole, as it stood from one revision on; unknown fields are left out."""

    revision: int
    at: datetime
    by: str | None
    content: dict[str, str]
    digest: str


class WholeIncidentOut(IncidentOut):
    """An incident with its clock, its steps and its register."""

    duties: list[DutyOut]
    steps: list[StepOut]
    breach_register: RegisterOut | None
    sources: list[str]


class ToldIn(Schema):
    """An incident that somebody told: which of the eleven, and since when it is known."""

    danger: Danger
    aware_at: AwareDatetime


class StepIn(Schema):
    """Whether a step is done."""

    done: bool


class AwareIn(Schema):
    """Since when the practice has known."""

    aware_at: AwareDatetime


class RegisterIn(Schema):
    """The whole register; what is left out is not known."""

    content: Annotated[dict[Slug, Annotated[str, Field(max_length=4_000)]], Field(max_length=40)]


class PaperOut(Schema):
    """A paper that is ready, and how many blanks a person still has to fill."""

    paper: str
    said: str
    blanks: int


class PartOut(Schema):
    """One part of a paper; `[…]` is a blank."""

    part: str
    kind: str
    label: str
    text: str


class WholePaperOut(Schema):
    """A paper as it would print, in the language of its practice."""

    paper: str
    language: str
    title: str
    to: str
    parts: list[PartOut]
    foot: str
    blanks: int


class WordsIn(Schema):
    """Parts of a paper in a person's own words."""

    parts: Annotated[dict[Slug, Annotated[str, Field(max_length=6_000)]], Field(max_length=40)]


class EvidenceOut(Schema):
    """An evidence pack: up to which row of the journal it reaches, and its SHA-256."""

    pack: int
    until: int
    at: datetime
    by: str | None
    digest: str
