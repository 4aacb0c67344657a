"""Documents as rows of cells: a line of text is a row of one cell. Bounded everywhere."""

import codecs
import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence

import pypdfium2
from lxml import etree
from python_calamine import CalamineError, CalamineWorkbook

Rows = Iterator[Sequence[str]]

# Loaded now: the cell has no files to load them from.
for _charset in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp437"):
    codecs.lookup(_charset)

MOST_ROWS = 20_000
_MOST_CELLS = 60  # of a row
_LONGEST = 2_000  # characters of a cell
_INFLATED = 24 << 20  # bytes of one document's text
_MOST_PAGES = 60
_RUN = 4  # characters: shorter runs in a binary file are chance
_TEXT_BYTES = re.compile(rb"[\t\x20-\x7e\x80-\xff]{%d,}" % _RUN)
_WIDE_BYTES = re.compile(rb"(?:[\t\x20-\x7e\xa0-\xff]\x00){%d,}" % _RUN)
_RTF = re.compile(
    r"\\'([0-9a-fA-F]{2})|\\u(-?\d+) ?(?:\?|\\'[0-9a-f]{2})?"
    r"|\\([a-z]+)(-?\d+)? ?|\\(.)|([{}])|([\r\n]+)"
)
_RTF_SKIPPED = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "themedata", "datastore", "generator"}
)
_BREAKS = frozenset({"par", "line", "row", "sect", "page"})


def rows_of(untrusted: bytes, ending: str) -> Rows:
    """Yield the rows of a document whose name ends with `ending` (no dot, lower case).

    What it is shows in its bytes first; a file that is none of the kinds known here is read for
    the runs of text in it. Raise Sealed for one that only opens with a password.
    """
    for number, row in enumerate(_kind(untrusted, ending)(untrusted)):
        if number >= MOST_ROWS:
            return
        yield [cell[:_LONGEST] for cell in row[:_MOST_CELLS]]


class Sealed(Exception):
    """The document opens only with a password."""


def _kind(untrusted: bytes, ending: str) -> Callable[[bytes], Rows]:
    if untrusted.startswith(b"PK\3\4"):
        return _workbook if ending in _WORKBOOKS else _archive
    if untrusted.startswith(b"\xd0\xcf\x11\xe0"):
        return _workbook if ending in _WORKBOOKS else _runs
    if untrusted.startswith(b"%PDF-"):
        return _pdf
    if untrusted.startswith(b"{\\rtf"):
        return _rtf
    if b"\0" in untrusted[:4096] and not untrusted.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _runs
    return _table if ending in {"csv", "tsv"} else _text


_WORKBOOKS = frozenset({"xlsx", "xlsm", "xls", "xlsb", "ods"})


def _workbook(untrusted: bytes) -> Rows:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(untrusted))
    except CalamineError as trouble:
        if "assword" in str(trouble) or b"E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k" in untrusted:
            raise Sealed from trouble
        return
    for name in book.sheet_names:
        yield [name]
        yield []
        try:
            sheet = book.get_sheet_by_name(name)
        except CalamineError:
            continue
        for row in sheet.iter_rows():
            yield [_cell(value) for value in row]
        yield []


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _archive(untrusted: bytes) -> Rows:
    """Yield the paragraphs and tables of a text document of Word or LibreOffice."""
    try:
        with zipfile.ZipFile(io.BytesIO(untrusted)) as archive:
            for member in archive.infolist():
                if member.filename in _PARTS or _PART.fullmatch(member.filename):
                    if member.flag_bits & 1:
                        raise Sealed
                    with archive.open(member) as file:
                        yield from _paragraphs(file.read(_INFLATED))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError):
        return


_PARTS = frozenset({"word/document.xml", "content.xml"})
_PART = re.compile(r"word/(?:header|footer|footnotes|endnotes)\d*\.xml|ppt/slides/slide\d+\.xml")
_PARAGRAPHS, _ROWS, _CELLS = {"p", "h"}, {"tr", "table-row"}, {"tc", "table-cell"}
_NO_TEXT = {"instrText", "delText", "annotation"}


def _paragraphs(xml: bytes) -> Rows:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, recover=True, huge_tree=False, load_dtd=False
    )
    root = etree.fromstring(xml, parser)
    if root is not None:
        yield from _below(root)


def _below(element: etree._Element) -> Rows:
    for child in element.iterchildren():
        kind = _local(child)
        if kind in _ROWS:
            yield [" ".join(_said(c).split("\n")) for c in child.iter() if _local(c) in _CELLS]
        elif kind in _PARAGRAPHS:
            yield from ([line] for line in _said(child).split("\n"))
        else:
            yield from _below(child)


def _said(element: etree._Element) -> str:
    """Return the text below an element; line breaks and tabs are what they are."""
    parts: list[str] = []
    for node in element.iter():
        kind = _local(node)
        if kind in {"br", "line-break", "cr"}:
            parts.append("\n")
        elif kind == "tab":
            parts.append("\t")
        elif kind == "s" or (kind in _PARAGRAPHS and parts and node is not element):
            parts.append(" ")
        if node.text and kind not in _NO_TEXT:
            parts.append(node.text)
        if node.tail and node is not element:
            parts.append(node.tail)
    return "".join(parts)


def _local(node: etree._Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _pdf(untrusted: bytes) -> Rows:
    try:
        document = pypdfium2.PdfDocument(untrusted)
    except pypdfium2.PdfiumError as trouble:
        if "assword" in str(trouble):
            raise Sealed from trouble
        return
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            text = document[number].get_textpage().get_text_bounded()
            yield from _lines(text)
            yield []
    except pypdfium2.PdfiumError:
        return
    finally:
        document.close()


def _table(untrusted: bytes) -> Rows:
    text = _decoded(untrusted)
    counts = {sign: text[:8192].count(sign) for sign in ";\t,"}
    divider = max(counts, key=lambda sign: counts[sign])
    try:
        yield from csv.reader(io.StringIO(text), delimiter=divider)
    except csv.Error:
        yield from _lines(text)


def _text(untrusted: bytes) -> Rows:
    yield from _lines(_decoded(untrusted))


def _lines(text: str) -> Rows:
    for line in text.splitlines():
        yield [cell for cell in re.split(r"\t+| {3,}|\s\|\s", line.strip()) if cell.strip()]


def _decoded(untrusted: bytes) -> str:
    if untrusted.startswith((b"\xff\xfe", b"\xfe\xff")):
        return untrusted.decode("utf-16", errors="replace")
    try:
        return untrusted.decode("utf-8-sig")
    except UnicodeDecodeError:
        return untrusted.decode("cp1252", errors="replace")


def _runs(untrusted: bytes) -> Rows:
    """Yield the runs of text in a file of another kind: old Word, sticky notes, OneNote."""
    for found in _WIDE_BYTES.finditer(untrusted):
        yield from _lines(found[0].decode("utf-16-le", errors="replace"))
    for found in _TEXT_BYTES.finditer(untrusted):
        yield from _lines(_decoded(found[0]))


def _rtf(untrusted: bytes) -> Rows:
    yield from _lines(_plain_rtf(untrusted.decode("latin-1")))


def _plain_rtf(text: str) -> str:
    """Return the words of a rich text: control words dropped, groups that hold no text skipped."""
    words: list[str] = []
    depth, skipped, end = 0, 0, 0
    for found in _RTF.finditer(text):
        if not skipped:
            words.append(text[end : found.start()])
        end = found.end()
        code, unicode_, word, _, sign, brace, _ = found.groups()
        if brace:
            depth += 1 if brace == "{" else -1
            skipped = 0 if depth < skipped else skipped
        elif (word in _RTF_SKIPPED or sign == "*") and not skipped:
            skipped = depth
        elif not skipped:
            words.append(_rtf_sign(code, unicode_, word, sign))
    return "".join(words)


def _rtf_sign(code: str | None, unicode_: str | None, word: str | None, sign: str | None) -> str:
    if code:
        return bytes([int(code, 16)]).decode("cp1252", errors="replace")
    if unicode_:
        return chr(int(unicode_) % 0x10000)
    if word in _BREAKS:
        return "\n"
    if word in {"tab", "cell"}:
        return "\t"
    return _RTF_SIGNS.get(sign or "", "")


_RTF_SIGNS: Mapping[str, str] = {"~": " ", "-": "", "_": "-", "\\": "\\", "{": "{", "}": "}"}
