"""Good practices: how each stands, and what a person says of it."""

from datetime import UTC, datetime

from ninja import Path, Router, Status

from vigie.console.api.asking import NotThere, Program, opened
from vigie.console.api.care_words import AnswerIn, AnswerOut, PracticeItemOut
from vigie.console.api.incident_words import Slug
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Pseudonym
from vigie.console.checklist import reading
from vigie.console.checklist.items import Wording, items
from vigie.console.checklist.items import words as wordings
from vigie.console.checklist.models import Answer, Said
from vigie.console.checklist.reading import Stand
from vigie.console.desk import words

router = Router(tags=["checklist"])
_PLACE = "/practices/{practice}/checklist"


@router.get(
    _PLACE, response={200: list[PracticeItemOut], **REFUSALS}, **opened(Scope.READ_CHECKLIST)
)
def checklist(request: Program, practice: Path[Pseudonym]) -> list[PracticeItemOut]:
    """List every good practice as it stands: machines speak first, an answer expires."""
    of, spoken = request.auth.practice(practice), wordings(words.language())
    stands = reading.states(request.auth.person, of, datetime.now(UTC))
    return [_told(stand, spoken[stand.item.slug]) for stand in stands]


@router.post(
    f"{_PLACE}/{{item}}/answers",
    response={201: AnswerOut, **REFUSALS},
    **opened(Scope.ANSWER_CHECKLIST),
)
def answer(
    request: Program, practice: Path[Pseudonym], item: Path[Slug], sent: AnswerIn
) -> Status[AnswerOut]:
    """Write down what somebody says of a good practice; an answer is added, never changed."""
    of, about = request.auth.practice(practice), items().get(item)
    if about is None or not about.lasts:
        raise NotThere
    given = reading.answer(
        of, about, sent.said, name=sent.name, person=request.auth.person, now=datetime.now(UTC)
    )
    return Status(201, _answer(given))


def _told(stand: Stand, spoken: Wording) -> PracticeItemOut:
    return PracticeItemOut(
        item=stand.item.slug,
        kind=stand.item.kind,
        pillar=stand.item.pillar,
        source=stand.item.source,
        title=spoken.title,
        question=spoken.question,
        standing=stand.standing,
        basis=stand.basis,
        at=stand.at,
        held=stand.held,
        machines=stand.machines,
        lasts_days=stand.item.lasts.days,
        answer=_answer(stand.answer) if stand.answer else None,
    )


def _answer(given: Answer) -> AnswerOut:
    return AnswerOut(said=Said(given.said), name=given.name, at=given.at, expires=given.expires)
