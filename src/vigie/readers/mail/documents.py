"""Documents in a mail: their words, their links, the codes on their first pages. Bounded."""

import ctypes
import re
import zipfile
from dataclasses import dataclass, field

import pypdfium2
from pypdfium2 import raw as pdfium

from vigie.domain.evidence.mail import Link, Source
from vigie.readers.mail import codes
from vigie.readers.mail.body import tidy
from vigie.readers.mail.heading import clean, text_of

MOST_DOCUMENTS = 4  # of one message: each may cost a tenth of a second
_MOST_BYTES = 24 * 1024 * 1024
_MOST_PAGES = 3
_LONGEST_TEXT = 20_000
_MOST_LINKS = 40
_DOTS = 110  # per inch: a printed code has modules of half a millimetre and more
_MOST_SIDE = 1_400  # points; a longer page is no letter
_INFLATED = 2 * 1024 * 1024
_TAG = re.compile(r"<[^>]{0,2000}>")
_BREAK = re.compile(r"</(?:w:p|text:p|a:p|row|si)>")
_OUTSIDE = re.compile(
    r"Type=\"[^\"]*/(?:attachedTemplate|oleObject|frame|subDocument)\"[^>]*TargetMode=\"External\""
    r"|TargetMode=\"External\"[^>]*Type=\"[^\"]*/(?:attachedTemplate|oleObject|frame|subDocument)\""
)
_HYPERLINK = re.compile(r"Target=\"(https?://[^\"]{4,1500})\"[^>]*TargetMode=\"External\"")
_PARTS = re.compile(
    r"word/(?:document|header\d|footer\d)\.xml|xl/sharedStrings\.xml|ppt/slides/slide\d\.xml"
)


@dataclass(slots=True)
class Read:
    """What a PDF says. `codes` is what the barcodes on its first pages say."""

    text: str = ""
    links: list[Link] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    sealed: bool = False


def office(
    archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]
) -> tuple[str, list[Link], bool]:
    """Return an office file's words, its links, and whether it fetches active matter elsewhere."""
    words: list[str] = []
    links: list[Link] = []
    outside, room = False, _INFLATED
    for member in members:
        related = member.filename.endswith(".rels")
        if not (related or _PARTS.fullmatch(member.filename)) or room <= 0:
            continue
        with archive.open(member) as file:
            raw = file.read(room)
        room -= len(raw)
        text = clean(text_of(raw, "utf-8"))
        if related:
            outside = outside or bool(_OUTSIDE.search(text))
            links += [
                Link(target=target, source=Source.ATTACHMENT)
                for target in _HYPERLINK.findall(text)[:_MOST_LINKS]
            ]
        else:
            words.append(_TAG.sub("", _BREAK.sub("\n", text)))
    return tidy("\n".join(words))[:_LONGEST_TEXT], links, outside


def pdf(untrusted: bytes) -> Read:
    """Return what the first pages of a PDF say."""
    read = Read()
    if len(untrusted) > _MOST_BYTES:
        return read
    try:
        document = pypdfium2.PdfDocument(untrusted)
    except pypdfium2.PdfiumError as trouble:
        read.sealed = "assword" in str(trouble) or "ncrypt" in str(trouble)
        return read
    try:
        for number in range(min(len(document), _MOST_PAGES)):
            _page(document, number, read)
    except (pypdfium2.PdfiumError, ValueError, OSError, MemoryError):
        pass  # what was read so far is what there is
    finally:
        document.close()
    read.text = tidy(read.text)[:_LONGEST_TEXT]
    return read


def _page(document: pypdfium2.PdfDocument, number: int, read: Read) -> None:
    page = document[number]
    words = page.get_textpage()
    read.text += clean(words.get_text_bounded()[:_LONGEST_TEXT]) + "\n"
    read.links += _links(document, page)
    wide, high = page.get_size()
    if not number and max(wide, high) <= _MOST_SIDE and _pictures(page):
        picture = page.render(scale=_DOTS / 72, grayscale=True, may_draw_forms=False).to_pil()
        read.codes += codes.read(picture.convert("L"))


def _pictures(page: pypdfium2.PdfPage) -> bool:
    """Return whether a page holds pictures, or enough drawn matter to be a code."""
    kinds = [found.type for found in page.get_objects(max_depth=3)]
    return pdfium.FPDF_PAGEOBJ_IMAGE in kinds or kinds.count(pdfium.FPDF_PAGEOBJ_PATH) > 60


def _links(document: pypdfium2.PdfDocument, page: pypdfium2.PdfPage) -> list[Link]:
    found: list[Link] = []
    position, link = ctypes.c_int(0), pdfium.FPDF_LINK()
    while len(found) < _MOST_LINKS and pdfium.FPDFLink_Enumerate(page, position, link):
        action = pdfium.FPDFLink_GetAction(link)
        length = pdfium.FPDFAction_GetURIPath(document, action, None, 0) if action else 0
        if not 1 < length < 2_000:  # noqa: PLR2004
            if position.value > 4 * _MOST_LINKS:
                break
            continue
        buffer = ctypes.create_string_buffer(length)
        pdfium.FPDFAction_GetURIPath(document, action, buffer, length)
        target = clean(text_of(buffer.value, "utf-8"))
        found.append(Link(target=target, source=Source.ATTACHMENT))
    return found
