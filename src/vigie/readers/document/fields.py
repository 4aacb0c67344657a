"""Fields of a document that speak to a program or fetch matter: Word's, and conversations by DDE."""

import html
import re
from collections.abc import Iterator

from vigie.domain.evidence.documents import Act
from vigie.readers.document.walk import Part, Walk

_COMMAND = re.compile(r"^\W{0,4}(DDEAUTO|DDE)\b(.*)", re.IGNORECASE | re.DOTALL)
_PROGRAMS = re.compile(
    r"cmd|powershell|mshta|wscript|cscript|rundll|regsvr|certutil|bitsadmin|\.exe|https?:"
    r"|windows[\\/]|system32|curl|calc\b|notepad|\bsh\b|bash|control\b|forfiles|explorer",
    re.IGNORECASE,
)
_ORDINARY = re.compile(
    r"^\W{0,4}(?:excel|word|winword|powerpnt|soffice|msproject)\b", re.IGNORECASE
)
_INCLUDED = re.compile(
    r"^\W{0,2}(?P<kind>INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|RD)\s+(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_QUOTED = re.compile(r"^\W{0,2}QUOTE((?:\s+\d{2,3})+)\s*$", re.IGNORECASE)
_BEGIN = re.compile(r"fldCharType\s*=\s*[\"']begin[\"']")
_TEXT = re.compile(r"<(?:\w+:)?(?:instrText|delInstrText)\b[^>]{0,1000}>([^<]*)<")
_SIMPLE = re.compile(r"<(?:\w+:)?fldSimple\b[^>]{0,1000}?\binstr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")


def in_word(text: str) -> Iterator[str]:
    """Yield the instructions of the fields in WordprocessingML, put together from their runs."""
    for found in _SIMPLE.finditer(text):
        yield html.unescape(found[1] or found[2] or "")
    if "nstrText" not in text:
        return
    for piece in _BEGIN.split(text):
        if joined := "".join(_TEXT.findall(piece)):
            yield html.unescape(joined)


def command(walk: Walk, part: Part, field: str) -> None:
    """Say what a Word field does, whatever kind of file it stands in."""
    text = " ".join(field.split())
    if found := _QUOTED.match(text):  # letters by their numbers, to hide the word they make
        text = "".join(chr(int(n)) for n in found[1].split() if int(n) < 256)
    if found := _COMMAND.match(text):
        linked = _ORDINARY.match(found[2]) and not _PROGRAMS.search(found[2])
        walk.saw(Act.FIELD_LINK if linked else Act.FIELD_COMMAND, part, text)
    elif (found := _INCLUDED.match(text)) and re.search(r"https?:|ftp:|\\\\[^\\]", found["rest"]):
        picture = found["kind"].upper() == "INCLUDEPICTURE"
        far = re.search(r"https?:|ftp:", found["rest"])
        if far and not picture:
            walk.saw(Act.FETCHES, part, text)
        elif not far:
            walk.saw(Act.FETCHES_NEARBY, part, text)


def conversation(walk: Walk, part: Part, text: str) -> None:
    """Say whom a workbook speaks to by DDE."""
    shown = html.unescape(" ".join(text.split()))
    server = re.search(r"ddeService\s*=\s*[\"']([^\"']*)", shown)
    name = server[1] if server else shown
    ordinary = re.match(r"\W*(?:excel|winword|word|soffice)\b", name, re.IGNORECASE)
    linked = ordinary and not _PROGRAMS.search(shown)
    walk.saw(Act.FIELD_LINK if linked else Act.FIELD_COMMAND, part, shown)
