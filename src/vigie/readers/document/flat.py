"""Documents that are one XML file: Word's and Excel's of 2003, flat OOXML, flat OpenDocument."""

import base64
import binascii
import html
import re
import zlib

from vigie.domain.evidence.documents import Act
from vigie.readers.document import fields, opendocument
from vigie.readers.document.scripted import Scripts
from vigie.readers.document.walk import Holder, Part, Swollen, Walk, text_of

_PACKED = re.compile(
    r"<(?:\w+:)?(?:binData|binaryData|docOleData|office:binary-data|binary-data)\b([^>]{0,1000})>([A-Za-z0-9+/=\s]{8,})<"
)
_NAMED = re.compile(r"(?:w:name|pkg:name|name)\s*=\s*\"([^\"]*)\"")
_PART = re.compile(r"<pkg:part\b[^>]{0,1000}pkg:name\s*=\s*\"([^\"]*)\"")
_EXTERNAL = re.compile(
    r"<(?:\w+:)?Relationship\b[^>]{0,1000}/(attachedTemplate|oleObject|frame|subDocument)\"[^>]{0,1000}>",
    re.IGNORECASE,
)
_TARGET = re.compile(r"Target\s*=\s*\"([^\"]*)\"")
_FORMULA = re.compile(r"ss:Formula\s*=\s*\"=([^\"]*)\"|<(?:\w+:)?Topic>([^<]*)<", re.IGNORECASE)
_ENTITY = re.compile(
    r"<!ENTITY\s+(?:%\s*)?(\S+)\s+(?:(SYSTEM|PUBLIC)\b|[\"']([^\"']*))", re.IGNORECASE
)
_MOST_ENTITIES = 5
_PROFILE = re.compile(r"<key>\s*PayloadType\s*</key>\s*<string>\s*Configuration\s*</string>")


def look(walk: Walk, part: Part) -> None:
    """Look at an XML file, for what an office program, a browser or a telephone makes of it."""
    text = text_of(part.untrusted)
    _entities(walk, part, text)
    if _PROFILE.search(text):
        walk.saw(Act.PROFILE, part)
    if "nstrText" in text or "fldSimple" in text or "w:instr" in text:
        for field in fields.in_word(text):
            fields.command(walk, part, field)
    for name in re.findall(r"w:macrosPresent\s*=\s*\"(yes|on|true|1)\"", text[:20_000]):
        walk.saw(Act.MACRO, part, name)
    for external in _EXTERNAL.finditer(text):
        target = _TARGET.search(external[0])
        if target and "External" in external[0]:
            walk.saw(Act.FETCHES, part, html.unescape(target[1]))
    _formulas(walk, part, text)
    if "urn:oasis:names:tc:opendocument" in text[:20_000]:
        opendocument.markup(walk, part, text)
    if "<msxsl:script" in text or "<ms:script" in text or re.search(r"xmlns:\w+\s*=\s*\"urn:schemas-microsoft-com:xslt\"", text):  # fmt: skip
        walk.saw(Act.SCRIPT_AT_A_CLICK, part, "xsl")
    if re.search(r"<(?:\w+:)?script\b|<scriptlet\b|<hta:", text, re.IGNORECASE):
        Scripts(walk, part).in_page(text)
    _packed(walk, part, text)


def _entities(walk: Walk, part: Part, text: str) -> None:
    found = _ENTITY.findall(text[:200_000])
    nested = sum(value.count("&") > 1 for _, _, value in found)
    if nested >= _MOST_ENTITIES or (len(found) == 1 and text.count(f"&{found[0][0]};") > 10_000):
        raise Swollen
    if any(system for _, system, _ in found):
        walk.saw(Act.FETCHES_NEARBY, part, "ENTITY SYSTEM")


def _formulas(walk: Walk, part: Part, text: str) -> None:
    if "office:spreadsheet" not in text[:20_000] and "<Workbook" not in text[:20_000]:
        return
    for formula, topic in _FORMULA.findall(text):
        shown = html.unescape(formula or topic)
        if re.search(r"[^\s|]+\s*\|[^!]*!", shown) or topic:
            fields.conversation(walk, part, shown)
    if re.search(r"<(?:\w+:)?(?:MacroSheet|x:MacroSheet)", text, re.IGNORECASE):
        walk.saw(Act.SHEET_COMMANDS, part)


def _packed(walk: Walk, part: Part, text: str) -> None:
    for found in _PACKED.finditer(text):
        try:
            content = base64.b64decode("".join(found[2].split()), validate=False)
        except (binascii.Error, ValueError):
            continue
        walk.spend(len(content))
        walk.enter()
        named = _NAMED.search(found[1])
        name = named[1] if named else ""
        if not name and (parts := _PART.findall(text, max(found.start() - 400, 0), found.start())):
            name = parts[-1]
        if content.startswith(b"ActiveMime"):
            _active_mime(walk, part, content)
        elif content[:4] in (b"\xd0\xcf\x11\xe0", b"PK\3\4", b"%PDF") or content[:2] == b"MZ":
            walk.into(part, content, name.rpartition("/")[2] or "object", Holder.DOCUMENT)


def _active_mime(walk: Walk, part: Part, content: bytes) -> None:
    """Look at macros as Word 2003 and web archives keep them: packed behind a mark."""
    for start in (0x32, 0x22A, *(m.start() for m in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", content[:1024]))):  # fmt: skip
        try:
            inner = zlib.decompressobj().decompress(content[start:], 32 << 20)
        except zlib.error:
            continue
        walk.spend(len(inner))
        if inner.startswith(b"\xd0\xcf\x11\xe0"):
            walk.into(part, inner, "macros", Holder.DOCUMENT)
            return
    walk.saw(Act.MACRO, part, "ActiveMime")
