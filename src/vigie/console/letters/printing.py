"""Setting a letter: as a page, as a mail, as a text, and as one sheet of PDF.

Nothing is ever fetched: the style sheet is read from this folder, pictures are drawn in the page,
and WeasyPrint's every request for an address is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, NoReturn

import css_inline
from django.template.loader import render_to_string

from vigie.console.letters.telling import Line, Told

STEP = 5  # picture units a day
# A full month is set a little closer: one page is one page.
SIZES = ("", "snug", "close", "tight", "tightest")


_IDENTIFIER = b"vigie letter"  # WeasyPrint would draw one by chance


class NoAddress(Exception):
    """A page of ours asked for something outside itself."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One sign of a strip: its kind (held, failed, seen) and its middle."""

    kind: str
    x: str  # a float would be written with a comma in French


def marks(line: Line) -> Sequence[Mark]:
    """Return the signs of one danger's days, in the order in which they are drawn."""
    signs = (("held", line.strip.held), ("failed", line.strip.failed), ("seen", line.strip.seen))
    return [Mark(kind, f"{(day - 0.5) * STEP:.1f}") for kind, days in signs for day in sorted(days)]


def sheet(told: Told, *, size: str = "") -> str:
    """Return the letter as a part of a page."""
    context = {
        "told": told,
        "size": size,
        "rows": [(line, marks(line)) for line in told.lines],
        "width": told.days * STEP,
        "weeks": [day * STEP for day in range(7, told.days, 7)],
        "nights": [
            {"kind": kind, "x": number * 10, "restored": number + 1 in told.restored_on}
            for number, kind in enumerate(told.nights)
        ],
        "nights_width": told.days * 10,
    }
    return render_to_string("letters/sheet.html", context)


def pdf(told: Told) -> bytes:
    """Return the letter as PDF: one A4 page; the same letter is always the same bytes."""
    for size in SIZES:
        document = _set(told, size)
        if len(document.pages) == 1:
            break
    written: bytes = document.write_pdf(pdf_identifier=_IDENTIFIER)
    return written


def mail(told: Told) -> str:
    """Return the letter as the HTML of a mail: tables, and every style on its element."""
    page = render_to_string("letters/mail.html", {"told": told})
    return css_inline.CSSInliner(load_remote_stylesheets=False).inline(page)


@cache
def style() -> str:
    """Return the style sheet of the letter."""
    return (resources.files(__package__) / "static/letters/letter.css").read_text("utf-8")


def _set(told: Told, size: str) -> Any:  # noqa: ANN401  (WeasyPrint's own document)
    import weasyprint  # noqa: PLC0415  (0.5 s and pango, which only a printed page needs)

    context = {"told": told, "sheet": sheet(told, size=size), "style": style()}
    page = render_to_string("letters/paper.html", context)
    return weasyprint.HTML(string=page, base_url=None, url_fetcher=_refuse).render()


def _refuse(url: str, *_: object, **__: object) -> NoReturn:
    raise NoAddress(url)


def plain(told: Told) -> str:
    """Return the letter as a text for a terminal, or for a mail program that shows no other."""
    labels, lines = told.labels, [told.people.practice, told.dated, "", told.greeting, ""]
    lines += [told.draft, ""] if told.draft else []
    lines += [labels["this_month"], " ".join(told.sentences), *told.alarms, ""]
    if told.came:
        lines += [labels["came"], *(f"  {about}: {what}" for about, what in told.came), ""]
    lines += [labels["promises"]]
    wide = max(len(line.incident) for line in told.lines)
    lines += [f"  {line.incident:<{wide}}  {line.word}, {line.last}" for line in told.lines]
    lines += ["", labels["failed_at"], *(f"  {text}" for text in told.not_managed), ""]
    lines += [labels["decide"], f"  {told.decision}", ""]
    if told.lesson:
        lines += [labels["minute"], f"  {told.lesson.title}", f"  {told.lesson.text}", ""]
    lines += [part for part in (told.people.caretaker, told.reach, told.counted) if part]
    return "\n".join(lines) + "\n"
