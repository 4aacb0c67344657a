"""The words of letters, good practices, questions for advice, and what became of orders."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import StringConstraints, WithJsonSchema

from vigie.console.api.words import Page, Pseudonym
from vigie.console.checklist.items import Kind
from vigie.console.checklist.models import Said
from vigie.console.checklist.reading import Basis
from vigie.console.orders.standings import State
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.proof import Standing
from vigie.wire.advice import Advice
from vigie.wire.advice import Kind as Doubt

MonthText = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}$")]
PersonName = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", min_length=1, max_length=80)
]
# Said in place: the description already names the kinds of good practices so.
DoubtKind = Annotated[
    Doubt, WithJsonSchema({"type": "string", "enum": [kind.value for kind in Doubt]})
]


class LetterOut(Schema):
    """A letter that is kept, and how far it has come. `unsure`: it may have left."""

    month: str
    language: str
    subject: str
    written_at: datetime
    state: Literal["to_read", "ready", "unsure", "sent"]
    trouble: str
    approved_at: datetime | None
    sent_at: datetime | None
    sent_to: str


class WholeLetterOut(LetterOut):
    """A letter with its facts. It is `sound` while it is the one that the journal binds."""

    text: str
    figures: dict[str, Any]
    lesson: str
    digest: str
    entry: int
    sound: bool


class ApproveIn(Schema):
    """That a letter was read. `again`: send it once more, though it may have left."""

    again: bool = False


class AnswerOut(Schema):
    """What somebody said of a good practice, and until when it counts."""

    said: Said
    name: str
    at: datetime
    expires: datetime


class PracticeItemOut(Schema):
    """A good practice as it stands. `lasts_days` is how long an answer counts: 0, none is asked."""

    item: str
    kind: Kind
    pillar: str
    source: str
    title: str
    question: str
    standing: Standing
    basis: Basis
    at: datetime | None
    held: int
    machines: int
    lasts_days: int
    answer: AnswerOut | None


class AnswerIn(Schema):
    """What somebody says of a good practice, and who says so."""

    said: Said
    name: PersonName


class Questions(Page):
    """Which questions: those that wait or those that were answered, of all practices or of one."""

    practice: Pseudonym | None = None
    answered: bool = False


class FoundOut(Schema):
    """What the machine itself found."""

    fact: str
    numbers: dict[str, int]


class QuestionOut(Schema):
    """Somebody at a practice asks for advice: kinds, facts and marks, never the thing."""

    question: int
    practice: str
    machine: str
    danger: Danger
    kind: DoubtKind
    gravity: Gravity
    facts: list[FoundOut]
    sender: str
    hosts: list[str]
    digests: list[str]
    at: datetime
    promised: datetime
    answer: Advice | None
    answered_at: datetime | None
    answered_by: str | None


class AdviceIn(Schema):
    """A caretaker's answer. `leave` says that it is bad: every practice refuses it from then on."""

    answer: Advice


class OrderStandingOut(Schema):
    """What became of one order. `reason` says why a machine did not obey."""

    machine: str
    sequence: int
    order: str
    said: str
    given_at: datetime
    expires: datetime
    by: str
    by_passkey: bool
    state: State
    reason: str
