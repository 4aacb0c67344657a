"""Pages that are printed and kept: one A4 page, few words, large enough for a bad day."""

import io
import os
from collections.abc import Mapping, Sequence
from datetime import date
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

INK, SOFT, LINE, TINT = (HexColor(tone) for tone in ("#1F2A37", "#5B6675", "#C9D1DA", "#F3F6F8"))
ACCENT = HexColor("#1F5F5B")
MARGIN = 20 * mm
WIDTH, HEIGHT = A4
INNER = WIDTH - 2 * MARGIN
QR = 34 * mm  # read by any telephone held a hand away


def band(canvas: Canvas) -> None:
    """Draw the band that every page of ours has at its head."""
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - 4 * mm, WIDTH, 4 * mm, stroke=0, fill=1)


class Page:
    """One page, filled from its top; `top` is where the next thing goes (points from the foot)."""

    def __init__(self, title: str, subtitle: str) -> None:
        self._buffer = io.BytesIO()
        self.canvas = Canvas(self._buffer, pagesize=A4, pageCompression=1)
        self.canvas.setTitle(plain(title))
        self.canvas.setAuthor("Vigie")
        band(self.canvas)
        self.top = HEIGHT - 20 * mm
        self.say(title, fontName="Helvetica-Bold", fontSize=23, leading=28)
        self.say(subtitle, gap=1 * mm, textColor=SOFT)

    def say(
        self,
        text: str,
        *,
        gap: float = 0,
        left: float = MARGIN,
        width: float = INNER,
        **style: Any,  # noqa: ANN401  (ParagraphStyle's own names)
    ) -> None:
        """Set a paragraph `gap` below what stands there. `text` is markup: escape what is said."""
        look = {"fontName": "Helvetica", "fontSize": 10.5, "leading": 15, "textColor": INK, **style}
        paragraph = Paragraph(plain(text), ParagraphStyle("text", **look))
        _, height = paragraph.wrap(width, HEIGHT)
        self.top -= gap + float(height)
        paragraph.drawOn(self.canvas, left, self.top)

    def heading(self, text: str, *, gap: float = 7 * mm) -> None:
        """Set a heading."""
        self.say(text, gap=gap, fontName="Helvetica-Bold", textColor=ACCENT)

    def boxed_key(self, label: str, rows: Sequence[str], note: str, *, code: str = "") -> None:
        """Set a key in a box: its rows large, and the square that a telephone reads."""
        height, foot = QR + 10 * mm, self.top - 7 * mm - QR - 10 * mm
        self.canvas.setFillColor(TINT)
        self.canvas.setStrokeColor(LINE)
        self.canvas.roundRect(MARGIN, foot, INNER, height, 3 * mm, stroke=1, fill=1)
        if code:
            self._square(code, MARGIN + INNER - QR - 5 * mm, foot + 5 * mm)
        inside, room = MARGIN + 7 * mm, INNER - QR - 17 * mm
        self.top -= 7 * mm
        self.say(label, gap=7 * mm, left=inside, width=room, textColor=SOFT)
        for row in rows:
            self.say(row, gap=1.2 * mm, left=inside, width=room,
                     fontName="Courier-Bold", fontSize=21, leading=25)  # fmt: skip
        self.say(note, gap=1.5 * mm, left=inside, width=room, fontSize=9, leading=12,
                 textColor=SOFT)  # fmt: skip
        self.top = foot

    def steps(self, steps: Sequence[str], commands: Mapping[int, str] | None = None) -> None:
        """Set numbered steps; below some of them, what is to be typed."""
        left, width = MARGIN + 9 * mm, INNER - 9 * mm
        for number, text in enumerate(steps, 1):
            self.canvas.setFillColor(ACCENT)
            self.canvas.circle(MARGIN + 2.6 * mm, self.top - 6.5 * mm, 2.6 * mm, stroke=0, fill=1)
            self.canvas.setFillColor(HexColor("#FFFFFF"))
            self.canvas.setFont("Helvetica-Bold", 9)
            self.canvas.drawCentredString(MARGIN + 2.6 * mm, self.top - 7.6 * mm, str(number))
            self.say(text, gap=3.6 * mm, left=left, width=width)
            if command := (commands or {}).get(number):
                self.say(command, gap=0.6 * mm, left=left, width=width,
                         fontName="Courier-Bold", fontSize=9.5, leading=12.5,
                         splitLongWords=1)  # fmt: skip

    def foot(self, text: str, *, to_fill_in: str = "") -> None:
        """Set the last words under a line at the foot; before them what is filled in by hand."""
        high = 33 * mm if to_fill_in else 24 * mm
        self.canvas.setStrokeColor(LINE)
        self.canvas.line(MARGIN, high, WIDTH - MARGIN, high)
        self.top = high - 3 * mm
        if to_fill_in:
            self.say(to_fill_in, fontSize=9.5, leading=18)
            self.top = 17 * mm
        if text:
            self.say(text, fontSize=9.5, leading=13, textColor=SOFT)

    def pdf(self) -> bytes:
        """Return the page as PDF; nothing can be added afterwards."""
        self.canvas.showPage()
        self.canvas.save()
        return self._buffer.getvalue()

    def _square(self, code: str, left: float, low: float) -> None:
        widget = QrCodeWidget(code, barLevel="M")
        x, y, right, high = widget.getBounds()
        scale = QR / (right - x), QR / (high - y)
        drawing = Drawing(QR, QR, transform=[scale[0], 0, 0, scale[1], 0, 0])
        drawing.add(widget)
        drawing.drawOn(self.canvas, left, low)


def plain(text: str) -> str:
    """Return text that the page's own fonts can set: they have no narrow no-break space."""
    return text.replace("\u202f", "\u00a0")


def said(text: str) -> str:
    """Return what somebody wrote, as markup."""
    return escape(text)


def day_of(day: date, words: Mapping[str, str]) -> str:
    """Return a day in words: `words` has `months`, and `day` with its places."""
    months = words["months"].split()
    return words["day"].format(day=day.day, month=months[day.month - 1], year=day.year)


def keep_private(out: Path, page: bytes) -> None:
    """Write a page, fsynced, for its owner's eyes alone. Raise OSError if it fails."""
    part = out.with_name(f".{out.name}.part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(page)
        file.flush()
        os.fsync(file.fileno())
    part.replace(out)
