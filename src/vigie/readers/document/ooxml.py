"""Office files of today: parts, what they relate to, and what runs in them."""

import re
import zipfile
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree as ET

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import WITHOUT_MACROS, ending_of
from vigie.readers.document import compound, fields, macros
from vigie.readers.document.walk import Damaged, Holder, Part, Walk, text_of

_MOST_XML = 24 * 1024 * 1024
_ACTIVE = frozenset({"attachedtemplate", "oleobject", "frame", "subdocument", "afchunk", "control", "package", "customui", "webextension", "vbaproject", "slidelink"})  # fmt: skip
_WATCHED = frozenset({"image", "externallinkpath", "video", "audio", "media", "xlexternallinkpath/xlpathmissing", "mailmergesource", "mailmergeheadersource", "xmlmaps"})  # fmt: skip
_SCHEMES = re.compile(r"^(?:ms-[a-z]+|search-ms|search|mhtml|script|javascript|vbscript|mk|its|ldap):", re.IGNORECASE)  # fmt: skip
_FAR = re.compile(r"^(?:mhtml:|x-usc:)?(?:https?|ftp)(?::|%3a)", re.IGNORECASE)
_NEAR = re.compile(r"(?:file:/*)?\\\\[^\\]|file:/{4,}|(?:file:)?//(?!/)[^/\\]", re.IGNORECASE)
_PICTURES = (
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x01\0\0\0",
    b"\xd7\xcd\xc6\x9a",
    b"BM",
    b"II*\0",
)
_PRINTER = re.compile(r"printersettings\d*\.bin$")


def look(walk: Walk, part: Part, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Look at each part of an office file that is a ZIP."""
    ending = ending_of(part.name)
    for member in members:
        name = member.filename.replace("\\", "/").lower()
        if member.is_dir():
            continue
        walk.enter()
        if name.endswith(".rels"):
            _relations(walk, part, name, _read(walk, archive, member))
        elif name == "[content_types].xml":
            types = text_of(_read(walk, archive, member)).lower()
            if "macroenabled" in types and ending in WITHOUT_MACROS:
                walk.saw(Act.MACRO_HIDDEN, part, ending)
            if "macrosheet" in types:
                walk.saw(Act.SHEET_COMMANDS, part)
        elif name.endswith((".xml", ".vml", ".xhtml")):
            _markup(walk, part, name, _read(walk, archive, member))
        else:
            _other(walk, part, name, archive, member, ending)


def _read(walk: Walk, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    with archive.open(member) as file:
        found = file.read(_MOST_XML)
    walk.spend(len(found))
    return found


def relations(untrusted: bytes) -> Iterator[Mapping[str, str]]:
    """Yield the attributes of each relationship, whatever its encoding and quoting."""
    if b"<!ENTITY" in untrusted[:4096]:
        raise Damaged("entities")
    try:
        root = ET.fromstring(untrusted)  # noqa: S314  (in a cell; entities are refused above)
    except (ET.ParseError, ValueError, LookupError):
        raise Damaged("no_relations") from None
    for element in root:
        yield {key.rpartition("}")[2].lower(): value for key, value in element.attrib.items()}


def _relations(walk: Walk, part: Part, name: str, untrusted: bytes) -> None:
    for relation in relations(untrusted):
        kind = relation.get("type", "").rpartition("/")[2].lower()
        target = relation.get("target", "").strip()
        external = relation.get("targetmode", "").lower() == "external"
        if not external and not _FAR.match(target):
            continue
        far, near = _FAR.match(target), _NEAR.match(target)
        if kind == "hyperlink":
            if _SCHEMES.match(target):
                walk.saw(Act.FETCHES, part, target)
        elif _SCHEMES.match(target) or (kind in _ACTIVE and far):
            walk.saw(Act.FETCHES, part, target)
        elif (kind in _ACTIVE and near) or (
            kind in _WATCHED and near and kind != "externallinkpath"
        ):
            walk.saw(Act.FETCHES_NEARBY, part, target)
        elif kind == "oleobject" and not target.lower().endswith(
            (".xls", ".xlsx", ".doc", ".docx")
        ):
            walk.saw(Act.FILE_INSIDE, part, target)
        elif kind == "oleobject" or (kind == "externallinkpath" and far):
            walk.saw(Act.FETCHES_NEARBY, part, target)
    del name


_QUERY = re.compile(r"<webPr\b[^>]{0,1000}\burl\s*=\s*[\"']([^\"']+)", re.IGNORECASE)
_DDE = re.compile(r"<(?:\w+:)?ddeLink\b([^>]{0,1000})", re.IGNORECASE)
_OLE_LINK = re.compile(r"<(?:\w+:)?oleLink\b([^>]{0,1000})", re.IGNORECASE)
_CALLS = re.compile(
    r"\b(?:EXEC|CALL|REGISTER|FOPEN|FWRITE|RUN|URLDownloadToFile\w*)\s*\(", re.IGNORECASE
)
_AUTO = re.compile(r"auto_?(?:open|close|activate|deactivate)", re.IGNORECASE)


def _markup(walk: Walk, part: Part, name: str, untrusted: bytes) -> None:
    text = text_of(untrusted)
    if name.startswith(("word/", "ppt/")) or "instrText" in text or "fldSimple" in text:
        for field in fields.in_word(text):
            fields.command(walk, part, field)
    if "ppaction://program" in text:
        walk.saw(Act.FIELD_COMMAND, part, "ppaction://program")
    elif "ppaction://macro" in text:
        walk.saw(Act.MACRO, part, "ppaction://macro")
    if found := _DDE.search(text):
        fields.conversation(walk, part, found[1])
    if (found := _OLE_LINK.search(text)) and re.search(r"(?i)progId=\"(?:package|file)", found[1]):
        walk.saw(Act.FIELD_LINK, part, found[1])
    if "/macrosheets/" in name or re.search(r"<(?:\w+:)?macrosheet\b", text[:2000]):
        harmful = _CALLS.search(text)
        walk.saw(Act.SHEET_COMMANDS_AT_OPENING if harmful else Act.SHEET_COMMANDS, part)
    if name.endswith("workbook.xml") and re.search(
        r"<(?:\w+:)?definedName\b[^>]{0,1000}name\s*=\s*[\"'](?:_xlnm\.)?auto_", text, re.IGNORECASE
    ):
        walk.saw(Act.SHEET_COMMANDS, part, "Auto_Open")
    if name.endswith("connections.xml") and (found := _QUERY.search(text)):
        walk.saw(Act.FETCHES_NEARBY, part, found[1])
    if "/worksheets/" in name and re.search(r"<f>[^<]*\bWEBSERVICE\s*\(", text, re.IGNORECASE):
        walk.saw(Act.FETCHES_NEARBY, part, "WEBSERVICE")
    if "customui" in name and (found := re.search(r"on[lL]oad\s*=\s*[\"']([^\"']*)", text)):
        far = "http" in found[1].lower() or "\\\\" in found[1]
        walk.saw(Act.FETCHES if far else Act.MACRO, part, found[1])
    if "<!ENTITY" in text[:4096]:
        walk.saw(Act.DAMAGED, part, "entities")


def _other(  # noqa: PLR0913, PLR0917  (one part and what it lies in)
    walk: Walk,
    part: Part,
    name: str,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    ending: str,
) -> None:
    with archive.open(member) as file:
        start = file.read(16)
        if start.startswith(_PICTURES) or _PRINTER.search(name) or not start:
            return
        whole = start + file.read(_MOST_XML)
    walk.spend(len(whole))
    base = name.rpartition("/")[2]
    if start.startswith(compound.MAGIC):
        _container(walk, part, base, whole, hidden=ending in WITHOUT_MACROS)
    elif "/macrosheets/" in name:
        walk.saw(Act.SHEET_COMMANDS, part)
    elif "/externallinks/" in name and name.endswith(".bin"):
        # BrtBeginSupBook, [MS-XLSB] 2.4.186: the kind 1 is a program spoken to by DDE.
        at = 4 if len(whole) > 3 and whole[2] & 0x80 else 3  # its length takes one byte, or two
        if whole[:2] == b"\xe8\x02" and whole[at : at + 2] == b"\1\0":
            fields.conversation(walk, part, whole[at + 2 : 400].decode("utf-16-le", "replace"))
    elif name.endswith("workbook.bin"):
        if _AUTO.search(whole.decode("utf-16-le", "replace")) or _AUTO.search(
            whole[1:].decode("utf-16-le", "replace")
        ):
            walk.saw(Act.SHEET_COMMANDS_AT_OPENING, part)
    elif "/activex/" in name or "activex" in base:
        walk.saw(Act.CONTROL, part, base)
    elif (
        "/embeddings/" in name or start[:4] in (b"PK\3\4", b"%PDF", b"{\\rt") or start[:2] == b"MZ"
    ) or base.endswith((".htm", ".html", ".mht", ".rtf", ".hta", ".js", ".vbs", ".lnk", ".exe")):
        walk.into(part, whole, base, Holder.DOCUMENT)


def _container(walk: Walk, part: Part, base: str, whole: bytes, *, hidden: bool) -> None:
    """Look at a compound file inside: macros whatever it is called, else an object."""
    inner = part.inner(whole, base, Holder.DOCUMENT)
    found = compound.read(whole)
    if macros.is_project(found) and "worddocument" not in found.entries:
        texts = macros.sources(found)
        if not macros.empty(texts):
            macros.judge(walk, inner, texts, hidden=hidden or "vbaproject" not in base)
        return
    walk.into(part, whole, base, Holder.DOCUMENT)
