"""VBA: the macros of an office file, unpacked and judged by what they do. [MS-OVBA]."""

import re

from vigie.domain.evidence.documents import Act
from vigie.readers.document.compound import Compound
from vigie.readers.document.walk import Part, Walk

_MOST_SOURCE = 8 * 1024 * 1024

# Runs without being asked: at opening, closing, or as soon as something moves or is calculated.
_BY_ITSELF = re.compile(
    r"\b(?:auto_?(?:exec|open|close|exit|new)|document_?(?:open|close|new|beforeclose"
    r"|beforeprint|contentcontrolon\w+)|workbook_?(?:open|activate|close|beforeclose|deactivate"
    r"|newsheet)|worksheet_(?:activate|calculate|change|selectionchange)|sheet_\w+"
    r"|presentation_?open|slideshow\w*|\w+_(?:gotfocus|layout|mousemove|mousehover|painted"
    r"|resize|click|change|onconnecting|onauthenticationprompt|beforenavigate2|documentcomplete"
    r"|downloadbegin|downloadcomplete|filedownload|navigatecomplete2|navigateerror"
    r"|progresschange|propertychange|setsecurelockicon|statustextchange|titlechange"
    r"|windowclosing|initialize|terminate|activate|load))\b",
    re.IGNORECASE,
)
# Reaches beyond the document: starts, writes, fetches, or calls what does.
_REACHES = re.compile(
    r"\bshell\b|shell\.application|wscript\.shell|\bcreateobject\b|\bgetobject\b|\bcreatetextfile\b"
    r"|\bcallbyname\b|\bdeclare\s+(?:ptrsafe\s+)?(?:function|sub)\b|urldownloadtofile|winhttp"
    r"|msxml2|\.xmlhttp|adodb\.stream|savetofile|\bfilecopy\b|\bkill\s+[\"\w]|\bsendkeys\b"
    r"|powershell|cmd(?:\.exe)?\s*/[ck]|mshta|regsvr32|rundll32|certutil|bitsadmin"
    r"|\bopen\s+[^\r\n]{1,200}\bfor\s+(?:output|append|binary|random)\b|\bput\s*#|\bmacscript\b"
    r"|\bexecutestatement|virtualalloc|rtlmovememory|createthread|\bwin32_process\b|\bregwrite\b"
    r"|\bfollowhyperlink\b|\bexecuteexcel4macro\b|\.run\b|documents\.open\b.{0,40}http"
    r"|application\.startuppath|normaltemplate|vbproject|\.dde\w*|ddeinitiate",
    re.IGNORECASE,
)


def unpacked(untrusted: bytes) -> bytes:
    """Return what a compressed container holds, as far as it can be read ([MS-OVBA] 2.4.1)."""
    out = bytearray()
    position = 1
    while position + 2 <= len(untrusted) and len(out) < _MOST_SOURCE:
        header = untrusted[position] | untrusted[position + 1] << 8
        end = min(position + (header & 0x0FFF) + 3, len(untrusted))
        position += 2
        if not header & 0x8000:
            out += untrusted[position : position + 4096]
            position = end
            continue
        _chunk(untrusted, position, end, out)
        position = end
    return bytes(out)


def _chunk(untrusted: bytes, position: int, end: int, out: bytearray) -> None:
    begin = len(out)
    while position < end:
        flags = untrusted[position]
        position += 1
        for bit in range(8):
            if position >= end:
                return
            if not flags >> bit & 1:
                out.append(untrusted[position])
                position += 1
                continue
            if position + 1 >= end:
                return
            token = untrusted[position] | untrusted[position + 1] << 8
            position += 2
            here = len(out) - begin
            width = max((here - 1).bit_length(), 4) if here > 1 else 4
            length = (token & (0xFFFF >> width)) + 3
            back = (token >> (16 - width)) + 1
            if back > here:
                return
            for _ in range(length):
                out.append(out[-back])


_ATTRIBUTE = re.compile(rb"\x00Attribut[^\x00]?e?")


def sources(container: Compound) -> list[str]:
    """Return the macros' source, module by module, wherever in the file they lie."""
    found: list[str] = []
    room = _MOST_SOURCE
    for path, entry in container.entries.items():
        if entry.kind != 2 or room <= 0 or path.rpartition("/")[2] in ("dir", "_vba_project"):
            continue
        raw = container.stream(path)
        for match in _ATTRIBUTE.finditer(raw):
            # The container begins three bytes before: its signature, and the chunk's header.
            start = match.start() - 3
            if start >= 0 and raw[start] == 1:
                source = unpacked(raw[start:]).decode("latin-1")
                room -= len(source)
                found.append(source)
    return found


def is_project(container: Compound) -> bool:
    """Return whether a compound file holds a project of macros, even one without source."""
    return any(
        path.rpartition("/")[2] in ("_vba_project", "_vba_project_cur", "vbaproject")
        or "/vba/" in f"/{path}"
        or path.startswith(("macros", "_vba_project_cur"))
        for path in container.entries
    )


def judge(walk: Walk, part: Part, texts: list[str], *, hidden: bool = False) -> None:
    """Say what macros do. `hidden`: the file's name or the part's says that there are none."""
    source = "\n".join(line for text in texts for line in text.splitlines() if not _plain(line))
    wide = source.replace(" _\n", " ")
    by_itself, reaches = _BY_ITSELF.search(wide), _REACHES.search(wide)
    if by_itself and reaches:
        walk.saw(Act.MACRO_AT_OPENING, part, f"{by_itself[0]} {reaches[0]}")
    elif source.strip() or not texts:
        walk.saw(Act.MACRO, part, reaches[0] if reaches else "")
    if hidden and (source.strip() or not texts):
        walk.saw(Act.MACRO_HIDDEN, part)


def empty(texts: list[str]) -> bool:
    """Return whether modules are there but nobody ever wrote in them."""
    return bool(texts) and not any(
        line.strip() and not _plain(line) for text in texts for line in text.splitlines()
    )


def _plain(line: str) -> bool:
    """Return whether a line does nothing: an attribute that every module has, or a remark."""
    stripped = line.strip().lower()
    return stripped.startswith(("attribute vb_", "'", "rem ", "option ")) or not stripped
