"""The relief sheet on paper: the days to come, a line for each appointment, room for a pencil."""

import io
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from importlib import resources
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table

from vigie.domain.practice import Language
from vigie.routines.paper import ACCENT, INK, LINE, MARGIN, SOFT, band, day_of, plain, said
from vigie.routines.relief_sheets.keeping import Relief

_WIDTHS = 18 * mm, 68 * mm, 40 * mm, 44 * mm


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """What stands around the appointments. `days` from today on are printed."""

    practice: str
    caretaker: str
    timezone: str
    now: datetime
    days: int = 2
    language: Language = Language.FR


def draw(relief: Relief, paper: Paper) -> bytes:
    """Return the sheet as PDF, on as many pages as it takes."""
    words = _words(paper.language)
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=MARGIN, rightMargin=MARGIN, topMargin=18 * mm,
        bottomMargin=20 * mm, title=words["title"], author="Vigie",
    )  # fmt: skip

    def frame(canvas: Canvas, _: object) -> None:
        band(canvas)
        canvas.setFillColor(SOFT)
        canvas.setFont("Helvetica", 8.5)
        canvas.drawString(MARGIN, 12 * mm, plain(words["foot"]))
        canvas.drawRightString(A4[0] - MARGIN, 12 * mm, str(canvas.getPageNumber()))

    document.build(list(_story(relief, paper, words)), onFirstPage=frame, onLaterPages=frame)
    return buffer.getvalue()


def days(relief: Relief, paper: Paper) -> list[tuple[date, list[Any]]]:
    """Return the appointments of the printed days, by day."""
    zone = ZoneInfo(paper.timezone)
    today = paper.now.astimezone(zone).date()
    until = today + timedelta(days=paper.days)
    shown = [a for a in relief.appointments if today <= a.starts.astimezone(zone).date() < until]
    by_day = groupby(shown, key=lambda a: a.starts.astimezone(zone).date())
    return [(day, list(of_it)) for day, of_it in by_day]


def _story(relief: Relief, paper: Paper, words: Mapping[str, str]) -> Iterator[Any]:
    zone = ZoneInfo(paper.timezone)
    yield _text(words["title"], fontName="Helvetica-Bold", fontSize=20, leading=25)
    made = relief.made.astimezone(zone)
    as_of = words["for"].format(
        practice=said(paper.practice), date=day_of(made.date(), words), hour=f"{made:%H:%M}"
    )
    yield _text(as_of, textColor=SOFT)
    yield Spacer(0, 3 * mm)
    listed = days(relief, paper)
    if not listed:
        yield _text(words["nobody"])
    for day, appointments in listed:
        yield Spacer(0, 4 * mm)
        yield _text(day_of(day, words), fontName="Helvetica-Bold", fontSize=12, textColor=ACCENT)
        yield Spacer(0, 1 * mm)
        rows = [
            [
                f"{a.starts.astimezone(zone):%H:%M}",
                _text(said(a.who)),
                said(a.telephone) if a.telephone else "",
                "",
            ]
            for a in appointments
        ]
        yield Table(rows, colWidths=_WIDTHS, style=_STYLE, hAlign="LEFT")
    yield Spacer(0, 5 * mm)
    how = words["more"].format(numbers=len(relief.telephones))
    yield _text(how, textColor=SOFT, fontSize=9.5, leading=13)
    if paper.caretaker:
        call = words["caretaker"].format(caretaker=said(paper.caretaker))
        yield _text(call, textColor=SOFT, fontSize=9.5, leading=13)


_STYLE: Sequence[Any] = [
    ("FONT", (0, 0), (-1, -1), "Helvetica", 10.5),
    ("FONT", (0, 0), (0, -1), "Helvetica-Bold", 10.5),
    ("TEXTCOLOR", (0, 0), (-1, -1), INK),
    ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ("LEFTPADDING", (0, 0), (-1, -1), 0),
]


def _text(text: str, **style: Any) -> Paragraph:  # noqa: ANN401  (ParagraphStyle's own names)
    look = {"fontName": "Helvetica", "fontSize": 10.5, "leading": 14, "textColor": INK, **style}
    return Paragraph(plain(text), ParagraphStyle("text", **look))


def _words(language: Language) -> Mapping[str, str]:
    text = (resources.files(__package__) / "sheet.toml").read_text("utf-8")
    table: Mapping[str, str] = tomllib.loads(text)[language.value]
    return table
