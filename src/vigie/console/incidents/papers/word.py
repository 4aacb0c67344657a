"""A paper as a .docx that a person finishes in their own word processor."""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.enum.text import WD_UNDERLINE
from docx.oxml.ns import qn
from docx.oxml.parser import OxmlElement
from docx.shared import Mm, Pt, RGBColor

from vigie.console.incidents.papers.content import Paper, Part, Run

_INK, _QUIET, _BLANK = (RGBColor.from_string(c) for c in ("1C2733", "55606B", "8A6110"))
_SERIF = "Liberation Serif"
_THEN = datetime(2000, 1, 1)  # noqa: DTZ001  (Word's dates have no zone; the same paper, the same bytes)


def docx(paper: Paper) -> bytes:
    """Return the paper as a Word document. The same paper gives the same bytes."""
    document = Document()
    _set_page(document, paper)
    title = document.add_heading(level=1)
    title.add_run(paper.title)
    _say(document.add_paragraph(style="Subtitle"), paper.addressee)
    facts: list[Part] = []
    for part in paper.parts:
        if part.kind == "fact":
            facts.append(part)
            continue
        _table(document, facts)
        _put(document, part)
    _table(document, facts)
    foot = document.sections[0].footer.paragraphs[0]
    foot.add_run(paper.foot).font.size = Pt(8.5)
    whole = io.BytesIO()
    document.save(whole)
    return _same_bytes(whole)


def _set_page(document: Any, paper: Paper) -> None:  # noqa: ANN401  (python-docx names no such type)
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(26), Mm(24)
    section.top_margin, section.bottom_margin = Mm(24), Mm(24)
    for name, size, colour, bold in (
        ("Normal", 11, _INK, False),
        ("Heading 1", 19, _INK, False),
        ("Heading 2", 12.5, _INK, True),
        ("Heading 3", 11, _INK, True),
        ("Subtitle", 11, _QUIET, False),
    ):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.bold = _SERIF, Pt(size), bold
        style.font.italic, style.font.color.rgb = False, colour
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{theme}"), None)
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), _SERIF)
    subtitle = document.styles["Subtitle"].element.get_or_add_rPr()
    for spaced in subtitle.findall(qn("w:spacing")):
        subtitle.remove(spaced)
    document.styles["Subtitle"].paragraph_format.space_after = Pt(20)
    document.styles["Heading 2"].paragraph_format.space_before = Pt(20)
    document.styles["Heading 3"].paragraph_format.space_before = Pt(12)
    spoken = {"fr": "fr-FR", "de": "de-CH", "en": "en-GB"}[paper.language.value]
    for language in document.styles.element.xpath("//w:docDefaults//w:lang"):
        language.set(qn("w:val"), spoken)
    properties = document.core_properties
    properties.title, properties.author = paper.title, "Vigie"
    properties.language = paper.language.value
    properties.created = properties.modified = _THEN


def _put(document: Any, part: Part) -> None:  # noqa: ANN401
    if part.kind == "heading":
        document.add_heading(part.label, level=2)
        return
    if part.label:
        document.add_heading(part.label, level=3)
    for runs in part.paragraphs:
        written = document.add_paragraph()
        written.paragraph_format.space_after = Pt(6)
        if part.kind == "signature":
            written.paragraph_format.space_before = Pt(30)
        _say(written, runs)


def _table(document: Any, facts: list[Part]) -> None:  # noqa: ANN401
    """Set the facts so far as a table, label and value, and forget them."""
    if not facts:
        return
    table = document.add_table(rows=0, cols=2)
    table.autofit = False
    for column, width in zip(table.columns, (50, 110), strict=True):
        column.width = Mm(width)
    for part in facts:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  (raw XML)
        label, value = row.cells
        label.width, value.width = Mm(50), Mm(110)
        label.paragraphs[0].add_run(part.label).font.color.rgb = _QUIET
        for place, runs in enumerate(part.paragraphs):
            _say(value.paragraphs[0] if place == 0 else value.add_paragraph(), runs)
        for cell in (label, value):
            cell.paragraphs[0].paragraph_format.space_after = Pt(5)
            cell.paragraphs[0].paragraph_format.space_before = Pt(5)
            _rule(cell)
    facts.clear()


def _rule(cell: Any) -> None:  # noqa: ANN401
    """Draw a quiet line under a cell."""
    borders, bottom = OxmlElement("w:tcBorders"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "4"), ("color", "DCD8CF")):
        bottom.set(qn(f"w:{name}"), value)
    borders.append(bottom)
    cell._tc.get_or_add_tcPr().append(borders)  # noqa: SLF001  (python-docx's way to raw XML)


def _say(paragraph: Any, runs: Sequence[Run]) -> None:  # noqa: ANN401
    for run in runs:
        written = paragraph.add_run(f"[{run.text}]" if run.blank else run.text)
        if run.blank:
            written.font.color.rgb = _BLANK
            written.font.underline = WD_UNDERLINE.DOTTED
            written.font.italic = True


def _same_bytes(whole: io.BytesIO) -> bytes:
    """Write the archive again without the time at which it was written."""
    again = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(again, "w") as target:
        for item in source.infolist():
            plain = zipfile.ZipInfo(item.filename)
            plain.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(plain, source.read(item))
    return again.getvalue()
