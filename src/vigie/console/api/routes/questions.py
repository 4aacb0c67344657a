"""Questions for advice: who waits, and a caretaker's answer."""

from datetime import UTC, datetime

from ninja import Path, Query, Router

from vigie.console.api.asking import Asker, NotThere, Program, opened
from vigie.console.api.care_words import AdviceIn, FoundOut, QuestionOut, Questions
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Done, Number
from vigie.console.intake import advising
from vigie.console.intake.models import Question
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.wire.advice import Advice, Kind

router = Router(tags=["questions"])
_RELATED = ("practice", "machine", "advice", "advice__by")


@router.get(
    "/questions", response={200: list[QuestionOut], **REFUSALS}, **opened(Scope.READ_QUESTIONS)
)
def questions(request: Program, asked: Query[Questions]) -> list[QuestionOut]:
    """List the questions that wait, or those that were answered, the newest first."""
    of = request.auth.practice(asked.practice) if asked.practice else None
    rows = request.auth.of(Question.objects.filter(advice__isnull=not asked.answered), of)
    if asked.before is not None:
        rows = rows.filter(pk__lt=asked.before)
    return [_told(row) for row in rows.select_related(*_RELATED).order_by("-pk")[: asked.limit]]


@router.get(
    "/questions/{question}",
    response={200: QuestionOut, **REFUSALS},
    **opened(Scope.READ_QUESTIONS),
)
def question(request: Program, question: Path[Number]) -> QuestionOut:
    """Return one question: what the machine found, and by which marks the thing is known."""
    return _told(_find(request.auth, question))


@router.post(
    "/questions/{question}/answer",
    response={200: Done, **REFUSALS},
    **opened(Scope.ANSWER_QUESTIONS),
)
def answer_question(request: Program, question: Path[Number], sent: AdviceIn) -> Done:
    """Answer a question, once, in the name of the key's person; the first answer stays."""
    about = _find(request.auth, question)
    given = advising.give(about, sent.answer, request.auth.person, datetime.now(UTC))
    return Done(changed=given is not None)


def _find(asker: Asker, number: int) -> Question:
    rows = asker.of(Question.objects.select_related(*_RELATED))
    found: Question | None = rows.filter(pk=number).first()
    if found is None:
        raise NotThere
    return found


def _told(row: Question) -> QuestionOut:
    given = getattr(row, "advice", None)
    return QuestionOut(
        question=row.pk,
        practice=row.practice.pseudonym,
        machine=row.machine.pseudonym,
        danger=Danger(row.danger),
        kind=Kind(row.kind),
        gravity=Gravity(row.gravity),
        facts=[FoundOut(fact=each["fact"], numbers=each["numbers"]) for each in row.facts],
        sender=row.sender,
        hosts=row.hosts,
        digests=row.digests,
        at=row.at,
        promised=row.promised,
        answer=given and Advice(given.answer),
        answered_at=given and given.at,
        answered_by=str(given.by) if given and given.by else None,
    )
