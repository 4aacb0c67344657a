"""Letters: the archive of a practice, one letter, and letting it go."""

from datetime import UTC, datetime
from typing import Any, Literal

from django.http import HttpResponse
from ninja import Path, Router

from vigie.console.api.asking import Asker, NotThere, Program, Refused, file, opened
from vigie.console.api.care_words import ApproveIn, LetterOut, MonthText, WholeLetterOut
from vigie.console.api.scopes import Scope
from vigie.console.api.words import REFUSALS, Done, Pseudonym
from vigie.console.letters import keeping, posting
from vigie.console.letters.models import Dispatch, Letter
from vigie.console.letters.months import Month

router = Router(tags=["letters"])
_PLACE = "/practices/{practice}/letters"


@router.get(_PLACE, response={200: list[LetterOut], **REFUSALS}, **opened(Scope.READ_LETTERS))
def letters(request: Program, practice: Path[Pseudonym]) -> list[LetterOut]:
    """List the letters of a practice, the newest first: one a month."""
    of = request.auth.practice(practice)
    rows = request.auth.of(Letter.objects.select_related("dispatch"), of)
    return [LetterOut(**_told(row)) for row in rows.defer("pdf", "html", "text", "sheet")]


@router.get(
    f"{_PLACE}/{{month}}",
    response={200: WholeLetterOut, **REFUSALS},
    **opened(Scope.READ_LETTERS),
)
def letter(request: Program, practice: Path[Pseudonym], month: Path[MonthText]) -> WholeLetterOut:
    """Return one letter as it was written, and the figures it was written from."""
    kept = _kept(request.auth, practice, month)
    return WholeLetterOut(
        **_told(kept),
        text=kept.text,
        figures=kept.figures,
        lesson=kept.lesson,
        digest=kept.digest,
        entry=kept.entry,
        sound=keeping.sound(kept),
    )


@router.get(
    f"{_PLACE}/{{month}}/pdf",
    response=REFUSALS,
    **opened(Scope.READ_LETTERS, gives=["application/pdf"]),
)
def letter_pdf(request: Program, practice: Path[Pseudonym], month: Path[MonthText]) -> HttpResponse:
    """Return the sheet that is kept."""
    kept = _kept(request.auth, practice, month)
    return file(bytes(kept.pdf), "application/pdf", f"vigie-{kept}.pdf")


@router.post(
    f"{_PLACE}/{{month}}/approve",
    response={200: Done, **REFUSALS},
    **opened(Scope.SEND_LETTERS),
)
def approve_letter(
    request: Program, practice: Path[Pseudonym], month: Path[MonthText], sent: ApproveIn
) -> Done:
    """Say that a letter was read, in the name of the key's person: it leaves with the next mail.

    One of which nobody knows whether it left goes once more only if that is asked for (`again`).
    """
    dispatch = _kept(request.auth, practice, month).dispatch
    if dispatch.unsure and not sent.again:
        raise Refused(409, "may_have_left")
    now, by = datetime.now(UTC), request.auth.person
    changed = posting.approve(dispatch, now, by=by)
    if sent.again:
        changed = posting.again(dispatch, now, by=by) or changed
    return Done(changed=changed)


def _kept(asker: Asker, practice: str, month: str) -> Letter:
    rows = asker.of(Letter.objects.select_related("dispatch"), asker.practice(practice))
    try:
        found: Letter | None = rows.filter(month=Month.parse(month).first).first()
    except ValueError:
        raise NotThere from None
    if found is None:
        raise NotThere
    return found


def _told(row: Letter) -> dict[str, Any]:
    way = row.dispatch
    return {
        "month": str(row),
        "language": row.language,
        "subject": row.subject,
        "written_at": row.written_at,
        "state": _state(way),
        "trouble": way.trouble,
        "approved_at": way.approved_at,
        "sent_at": way.sent_at,
        "sent_to": way.sent_to,
    }


def _state(way: Dispatch) -> Literal["to_read", "ready", "unsure", "sent"]:
    if way.sent_at:
        return "sent"
    if way.unsure:
        return "unsure"
    return "ready" if way.approved_at else "to_read"
