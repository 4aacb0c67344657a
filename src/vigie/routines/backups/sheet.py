"""The recovery sheet: one A4 page that opens the backups without this machine and without Vigie."""

import io
import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph

from vigie.domain.practice import Language

INK, SOFT, LINE, TINT = (HexColor(tone) for tone in ("#1F2A37", "#5B6675", "#C9D1DA", "#F3F6F8"))
ACCENT = HexColor("#1F5F5B")
MARGIN = 20 * mm
WIDTH, HEIGHT = A4
INNER = WIDTH - 2 * MARGIN
QR = 34 * mm  # read by any telephone held a hand away
SHOWN = 4  # places named on the page; more are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """What stands on the page. `locations` are written as restic takes them."""

    practice: str
    caretaker: str
    paper_key: str
    locations: Sequence[str]
    made: date
    language: Language = Language.FR


def write_sheet(sheet: Sheet, out: Path) -> None:
    """Write the page to `out`, fsynced, for its owner's eyes alone. Raise OSError if it fails."""
    part = out.with_name(f".{out.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(draw(sheet))
        file.flush()
        os.fsync(file.fileno())
    part.replace(out)


def draw(sheet: Sheet) -> bytes:
    """Return the page as PDF."""
    words = _words(sheet.language)
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, pageCompression=1)
    canvas.setTitle(_plain(words["title"]))
    canvas.setAuthor("Vigie")
    top = _heading(canvas, sheet, words)
    top = _key(canvas, sheet, words, top - 7 * mm)
    top = _places(canvas, sheet, words, top - 8 * mm)
    _steps(canvas, sheet, words, top - 7 * mm)
    _foot(canvas, sheet, words)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _words(language: Language) -> Mapping[str, str]:
    text = (resources.files(__package__) / "sheet.toml").read_text("utf-8")
    table: Mapping[str, str] = tomllib.loads(text)[language.value]
    return table


def _plain(text: str) -> str:
    """Return text that the page's own fonts can set: they have no narrow no-break space."""
    return text.replace("\u202f", "\u00a0")


def _set(
    canvas: Canvas,
    text: str,
    top: float,
    *,
    left: float = MARGIN,
    width: float = INNER,
    **style: Any,  # noqa: ANN401  (ParagraphStyle's own names)
) -> float:
    """Set a paragraph below `top` (points from the foot of the page); return where it ends."""
    look = {"fontName": "Helvetica", "fontSize": 10.5, "leading": 15, "textColor": INK, **style}
    paragraph = Paragraph(_plain(text), ParagraphStyle("text", **look))
    _, height = paragraph.wrap(width, HEIGHT)
    paragraph.drawOn(canvas, left, top - height)
    return float(top - height)


def _heading(canvas: Canvas, sheet: Sheet, words: Mapping[str, str]) -> float:
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - 4 * mm, WIDTH, 4 * mm, stroke=0, fill=1)
    top = HEIGHT - 20 * mm
    top = _set(canvas, words["title"], top, fontName="Helvetica-Bold", fontSize=23, leading=28)
    who = words["for"].format(practice=escape(sheet.practice), date=_day(sheet.made, words))
    top = _set(canvas, who, top - 1 * mm, textColor=SOFT)
    return _set(canvas, words["intro"], top - 5 * mm)


def _key(canvas: Canvas, sheet: Sheet, words: Mapping[str, str], top: float) -> float:
    height = QR + 10 * mm
    canvas.setFillColor(TINT)
    canvas.setStrokeColor(LINE)
    canvas.roundRect(MARGIN, top - height, INNER, height, 3 * mm, stroke=1, fill=1)
    code = QrCodeWidget(sheet.paper_key, barLevel="M")
    left, low, right, high = code.getBounds()
    scale = QR / (right - left), QR / (high - low)
    drawing = Drawing(QR, QR, transform=[scale[0], 0, 0, scale[1], 0, 0])
    drawing.add(code)
    drawing.drawOn(canvas, MARGIN + INNER - QR - 5 * mm, top - height + 5 * mm)
    inside, room = MARGIN + 7 * mm, INNER - QR - 17 * mm
    line = _set(canvas, words["key"], top - 7 * mm, left=inside, width=room, textColor=SOFT)
    groups = sheet.paper_key.split("-")
    half = (len(groups) + 1) // 2
    for row in ("-".join(groups[:half]) + "-", "-".join(groups[half:])):
        line = _set(
            canvas, row, line - 1.2 * mm, left=inside, width=room,
            fontName="Courier-Bold", fontSize=23, leading=27,
        )  # fmt: skip
    _set(canvas, words["key_note"], line - 1.5 * mm, left=inside, width=room,
         fontSize=9, leading=12, textColor=SOFT)  # fmt: skip
    return top - height


def _places(canvas: Canvas, sheet: Sheet, words: Mapping[str, str], top: float) -> float:
    top = _set(canvas, words["where"], top, fontName="Helvetica-Bold", textColor=ACCENT)
    for location in sheet.locations[:SHOWN]:
        top = _set(canvas, escape(location), top - 1 * mm, fontName="Courier", fontSize=10,
                   leading=13, splitLongWords=1)  # fmt: skip
    if (more := len(sheet.locations) - SHOWN) > 0:
        top = _set(canvas, words["more"].format(count=more), top - 1 * mm, textColor=SOFT)
    return top


def _steps(canvas: Canvas, sheet: Sheet, words: Mapping[str, str], top: float) -> float:
    top = _set(canvas, words["how"], top, fontName="Helvetica-Bold", textColor=ACCENT)
    location = sheet.locations[0] if sheet.locations else ""
    quoted = f"'{location}'" if any(sign in location for sign in " ()&;'") else location
    for number in range(1, 6):
        canvas.setFillColor(ACCENT)
        canvas.circle(MARGIN + 2.6 * mm, top - 6.5 * mm, 2.6 * mm, stroke=0, fill=1)
        canvas.setFillColor(HexColor("#FFFFFF"))
        canvas.setFont("Helvetica-Bold", 9)
        canvas.drawCentredString(MARGIN + 2.6 * mm, top - 7.6 * mm, str(number))
        left, width = MARGIN + 9 * mm, INNER - 9 * mm
        top = _set(canvas, words[f"step{number}"], top - 3.6 * mm, left=left, width=width)
        if command := words.get(f"command{number}"):
            top = _set(canvas, escape(command.format(location=quoted)), top - 0.6 * mm, left=left,
                       width=width, fontName="Courier-Bold", fontSize=9.5, leading=12.5,
                       splitLongWords=1)  # fmt: skip
    return top


def _foot(canvas: Canvas, sheet: Sheet, words: Mapping[str, str]) -> None:
    canvas.setStrokeColor(LINE)
    canvas.line(MARGIN, 33 * mm, WIDTH - MARGIN, 33 * mm)
    _set(canvas, words["sealed"], 30 * mm, fontSize=9.5, leading=18)
    if sheet.caretaker:
        said = words["caretaker"].format(caretaker=escape(sheet.caretaker))
        _set(canvas, said, 17 * mm, fontSize=9.5, leading=13, textColor=SOFT)


def _day(day: date, words: Mapping[str, str]) -> str:
    months = words["months"].split()
    return words["day"].format(day=day.day, month=months[day.month - 1], year=day.year)
