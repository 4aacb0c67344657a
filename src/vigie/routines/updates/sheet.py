"""The sheet for people: what was entered since an update and has to be typed again.

It holds what patients said, so it stays here: mode 0600, in Vigie's own folder, to be printed.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape
from importlib import resources
from pathlib import Path
from tomllib import loads
from typing import TYPE_CHECKING, Any

from vigie.domain.practice import Language
from vigie.tools.records import Value, canonical

if TYPE_CHECKING:
    from vigie.routines.updates.carrying import Carried, Written

_KNOWN = frozenset({"closed", "no_place"})


@dataclass(slots=True)
class Sheet:
    """What there is to type again, for one unit, since a moment."""

    unit: str
    since: datetime
    language: Language = Language.FR
    entries: list[tuple[str, "Written", str]] = field(default_factory=list)
    notes: list[tuple[str, str, int]] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)
    beside: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Return how many things somebody has to type or look at."""
        changed = sum(rows for _, slug, rows in self.notes if slug == "too_many_changed")
        return len(self.entries) + changed + len(self.unread) + len(self.beside)

    @property
    def needed(self) -> bool:
        """Return whether there is anything to print."""
        return bool(self.entries or self.notes or self.unread or self.beside)

    def add(self, place: str, found: "Carried") -> None:
        """Add what became of one database."""
        self.entries += [(place, row, why) for row, why in found.reenter]
        self.notes += found.notes

    def lines(self) -> list[str]:
        """Return the lines of the sheet, in the order of the tables."""
        words = _words(self.language)
        said = [_line(words, row, why) for _, row, why in self.entries]
        said += [words[slug].format(table=table, rows=rows) for table, slug, rows in self.notes]
        said += [words["unread"].format(place=place, why=why) for place, why in self.unread]
        return said + [words["beside"].format(place=place) for place in self.beside]


@cache
def _words(language: Language) -> Mapping[str, str]:
    text = (resources.files("vigie.routines.updates") / "sheet.toml").read_text("utf-8")
    words: Mapping[str, str] = loads(text)[language.value]
    return words


def _line(words: Mapping[str, str], row: "Written", why: str) -> str:
    kind = words["new"] if row.new else words["changed"]
    key = ", ".join(f"{name} {_said(v)}" for name, v in zip(row.table.key, row.key, strict=False))
    shown = row.homeless if why == "no_place" else (*row.values, *row.homeless)
    values = "; ".join(f"{name} = {_said(value)}" for name, value in shown if value is not None)
    reason = words[why] if why in _KNOWN else words["refused"].format(why=why)
    return f"{kind}, {row.table.name} {key} — {values} — {reason}"


def _said(value: Value) -> str:
    return (canonical(value) or b"").decode("utf-8", "replace")


def write_sheet(sheet: Sheet, path: Path) -> None:
    """Write the sheet as a PDF of A4 pages that only its owner can read."""
    # Half a second that few need.
    from reportlab.lib.styles import ParagraphStyle  # noqa: PLC0415
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer  # noqa: PLC0415

    from vigie.routines import paper  # noqa: PLC0415

    def head(canvas: Any, _page: object) -> None:  # noqa: ANN401  (reportlab's)
        paper.band(canvas)

    words = _words(sheet.language)
    since = f"{sheet.since.astimezone():%d/%m/%Y %H:%M}"
    text = ParagraphStyle("text", fontName="Helvetica", fontSize=10.5, leading=15, spaceAfter=8,
                          textColor=paper.INK)  # fmt: skip
    title = ParagraphStyle("title", text, fontName="Helvetica-Bold", fontSize=23, leading=28)
    line = ParagraphStyle("line", text, leftIndent=20, bulletIndent=0)
    story = [
        Paragraph(escape(words["title"].format(unit=sheet.unit)), title),
        Paragraph(escape(words["intro"].format(since=since)), text),
        Spacer(1, 12),
    ]
    story += [Paragraph(escape(said), line, bulletText="[  ]") for said in sheet.lines()]
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    pages = SimpleDocTemplate(
        str(path),
        pagesize=(paper.WIDTH, paper.HEIGHT),
        title=words["title"].format(unit=""),
        leftMargin=paper.MARGIN,
        rightMargin=paper.MARGIN,
    )
    pages.build(story, onFirstPage=head, onLaterPages=head)
