"""Writing a letter: once a month for each practice, kept as it is, its digest in the journal."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from vigie.console.journal import chain
from vigie.console.journal.models import Entry
from vigie.console.letters import learning, printing, telling
from vigie.console.letters.counting import Figures, count
from vigie.console.letters.models import Addressee, Dispatch, Letter, Letterhead
from vigie.console.letters.months import Month
from vigie.console.letters.telling import People, Told
from vigie.console.practices.models import Practice
from vigie.domain.practice import Language

WRITTEN_AT = time(7)  # of the first, in the practice's own time: there when the day begins


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that is not kept yet."""

    figures: Figures
    told: Told
    lesson: str


def people(practice: Practice) -> People:
    """Return who writes to whom. The letterhead is that of the caretaker who came first."""
    addressee = Addressee.objects.filter(practice=practice).first()
    carers = list(practice.caretakers.order_by("id"))
    heads = Letterhead.objects.in_bulk([person.pk for person in carers])
    head = next((heads[person.pk] for person in carers if person.pk in heads), None)
    name = (head.name if head else "") or (str(carers[0]) if carers else "")
    return People(
        practice=practice.name,
        language=Language(practice.language),
        doctor=addressee.doctor if addressee else "",
        caretaker=name,
        trade=head.trade if head else "",
        telephone=head.telephone if head else "",
        mail=head.mail if head else "",
    )


def draft(practice: Practice, month: Month, now: datetime) -> Draft:
    """Return the letter of a month as far as it can be written now."""
    figures = count(practice, month, now)
    rows = Entry.objects.filter(practice=practice, at__lt=figures.upto).order_by("-number")
    last = rows.values_list("number", flat=True).first()
    danger = learning.lesson_for(practice, month, figures)
    told = telling.tell(
        figures,
        people(practice),
        journal=last or 0,
        lesson=learning.said(danger, Language(practice.language)) if danger else None,
    )
    return Draft(figures, told, danger.value if danger else "")


def latest_month(practice: Practice, now: datetime) -> Month:
    """Return the last month that is over and in which the practice was there, else this month."""
    current = Month.of(now, practice.timezone)
    began = Month.of(practice.since, practice.timezone)
    return current if began >= current else current.previous


def find(practice: Practice, month: Month) -> Letter | None:
    """Return the letter that is kept of a month, or None."""
    kept: Letter | None = Letter.objects.filter(practice=practice, month=month.first).first()
    return kept


def write(practice: Practice, month: Month, now: datetime) -> Letter:
    """Write the letter of a month that is over, unless it is written; return it as it is kept.

    Raise ValueError for a month that is not over, or in which the practice was not there yet.
    """
    if (kept := find(practice, month)) is not None:
        return kept
    made = draft(practice, month, now)
    if not made.figures.over or month < Month.of(practice.since, practice.timezone):
        raise ValueError(f"{month} cannot be written")
    parts: dict[str, Any] = {  # set before the chain is locked: printing takes a second
        "language": practice.language,
        "subject": made.told.subject[:160],
        "sheet": printing.sheet(made.told),
        "html": printing.mail(made.told),
        "text": printing.plain(made.told),
        "pdf": printing.pdf(made.told),
    }
    addressee = Addressee.objects.filter(practice=practice).first()
    with transaction.atomic():
        head = chain.lock(practice.pk)
        if (kept := find(practice, month)) is not None:
            return kept
        digest = digest_of(**parts)
        chain.append(head, {"event": "letter", "month": str(month), "digest": digest}, now)
        letter: Letter = Letter.objects.create(
            practice=practice,
            month=month.first,
            figures=plain(made.figures),
            lesson=made.lesson,
            digest=digest,
            entry=head.number,
            written_at=now,
            **parts,
        )
        at_once = addressee is not None and not addressee.read_first
        Dispatch.objects.create(
            practice=practice, letter=letter, approved_at=now if at_once else None
        )
    return letter


def digest_of(  # noqa: PLR0913  (a letter is exactly this)
    *, language: str, subject: str, sheet: str, html: str, text: str, pdf: bytes
) -> str:
    """Return the SHA-256 over everything of a letter that anybody reads."""
    whole = hashlib.sha256()
    for part in (language, subject, sheet, html, text):
        whole.update(hashlib.sha256(part.encode()).digest())
    whole.update(hashlib.sha256(pdf).digest())
    return whole.hexdigest()


def sound(letter: Letter) -> bool:
    """Return whether a kept letter is the one that its row of the journal binds."""
    bound = Entry.objects.filter(practice_id=letter.practice_id, number=letter.entry).first()
    return bound is not None and _digest(letter) == json.loads(bound.body).get("digest")


def first_break(practice: Practice) -> chain.Break | None:
    """Return the first row of the journal whose letter was changed or is gone, or None."""
    rows = Entry.objects.filter(practice=practice, body__contains='"event":"letter"')
    for row in rows.order_by("number"):
        letter = Letter.objects.filter(practice=practice, entry=row.number).first()
        if letter is None or _digest(letter) != json.loads(row.body)["digest"]:
            return chain.Break(practice, row.number)
    return None


def _digest(letter: Letter) -> str:
    return digest_of(
        language=letter.language,
        subject=letter.subject,
        sheet=letter.sheet,
        html=letter.html,
        text=letter.text,
        pdf=bytes(letter.pdf),
    )


def due(now: datetime) -> Iterator[tuple[Practice, Month]]:
    """Yield the practices whose letter of last month is to be written now."""
    for practice in Practice.objects.order_by("id"):
        zone = ZoneInfo(practice.timezone)
        month = Month.of(now, practice.timezone).previous
        morning = datetime.combine(month.following.first, WRITTEN_AT, zone)
        there = Month.of(practice.since, practice.timezone) <= month
        written = Letter.objects.filter(practice=practice, month=month.first)
        if there and now >= morning and not written.exists():
            yield practice, month


def write_due(now: datetime, *, within: timedelta) -> int:
    """Write what is due, for as long as `within`; return how many letters were written.

    The others are written by the next run: a job's lease is no longer than that.
    """
    begun, wrote = datetime.now(now.tzinfo), 0
    for practice, month in due(now):
        write(practice, month, now)
        wrote += 1
        if datetime.now(now.tzinfo) - begun > within:
            break
    return wrote


def plain(figures: Figures) -> dict[str, Any]:
    """Return figures as JSON holds them."""
    written: dict[str, Any] = _plain(asdict(figures))
    return written


def _plain(value: Any) -> Any:  # noqa: ANN401  (any figure)
    """Return figures as JSON holds them."""
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(_plain(each) for each in value)
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value if isinstance(value, int | str | None) else str(value)
