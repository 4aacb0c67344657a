"""OpenDocument: macros and who calls them, links by DDE, what is fetched, objects."""

import html
import re
import zipfile

from vigie.domain.evidence.documents import Act
from vigie.readers.document import fields, macros
from vigie.readers.document.walk import Holder, Part, Walk, text_of

_MOST_XML = 24 * 1024 * 1024
_LISTENER = re.compile(r"<script:event-listener\b([^>]{0,1000})>")
_HREF = re.compile(r"xlink:href\s*=\s*\"([^\"]*)\"")
_AT_OPENING = re.compile(
    r"(?:dom|office|script)?:?(?:load|opened?|start-?app|on-?open|view-created|focus|new|activate"
    r"|print|close\w*|layout-finished|mouseover|DOMFocusIn|OnLoad)",
    re.IGNORECASE,
)
_DDE = re.compile(r"<(?:text:dde-connection-decl|office:dde-source)\b([^>]{0,1000})", re.IGNORECASE)
_APPLICATION = re.compile(r"dde-application\s*=\s*\"([^\"]*)\"")
_FETCHED = re.compile(
    r"<(?:draw:object|draw:object-ole|draw:plugin|draw:applet|draw:floating-frame"
    r"|text:section-source|table:table-source|table:cell-range-source|table:database-source\w*"
    r"|office:document-source)\b[^>]{0,1000}xlink:href\s*=\s*\"((?:https?:|ftp:|\\\\|//|file:)[^\"]*)\"",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(
    r"<meta:template\b[^>]{0,1000}xlink:href\s*=\s*\"((?:https?:|\\\\|file://[^/])[^\"]*)"
)
_PLUGIN = re.compile(r"<(?:draw:plugin|draw:applet)\b[^>]{0,1000}", re.IGNORECASE)
_FORMULA = re.compile(r"table:formula\s*=\s*\"[^\"]*\b(DDE|WEBSERVICE)\s*\(([^\"]*)", re.IGNORECASE)
_CLICK = re.compile(r"xlink:href\s*=\s*\"(vnd\.sun\.star\.script:[^\"]*|macro:[^\"]*)\"")


def look(walk: Walk, part: Part, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Look at each part of an OpenDocument file."""
    for member in members:
        name = member.filename
        lower = name.lower()
        if member.is_dir() or lower.startswith(("thumbnails/", "configurations2/")):
            continue
        walk.enter()
        with archive.open(member) as file:
            start = file.read(16)
            if lower.startswith("pictures/") and not start.startswith((b"MZ", b"PK", b"\xd0\xcf")):
                if lower.endswith(".svg"):
                    walk.into(part, start + file.read(_MOST_XML), name, Holder.DOCUMENT)
                continue
            whole = start + file.read(_MOST_XML)
        walk.spend(len(whole))
        if lower == "meta-inf/manifest.xml":
            if b"encryption-data" in whole:
                walk.saw(Act.SEALED, part)
        elif lower.startswith("basic/") and lower.endswith(".xml"):
            if b"<script:module" in whole:
                _basic(walk, part, text_of(whole))
        elif lower.startswith("scripts/"):
            walk.saw(Act.MACRO, part, name)
            macros.judge(walk, part, [text_of(whole)])
        elif lower.endswith(".xml"):
            markup(walk, part, text_of(whole))
        elif not lower.startswith("objectreplacements/") and lower != "mimetype":
            _object(walk, part, name, whole)


def _basic(walk: Walk, part: Part, text: str) -> None:
    source = html.unescape(re.sub(r"<[^>]{0,1000}>", "", text))
    if source.strip() and not macros.empty([source]) and not _default(source):
        macros.judge(walk, part, [source])


def _default(source: str) -> bool:
    """Return whether a module holds what LibreOffice writes into a new one."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    kept = [line for line in lines if not line.upper().startswith("REM")]
    return [line.lower() for line in kept] in ([], ["sub main", "end sub"])


def markup(walk: Walk, part: Part, text: str) -> None:
    """Look at OpenDocument's XML, whether a part or a whole file of it."""
    for listener in _LISTENER.finditer(text):
        attributes = html.unescape(listener[1])
        event = re.search(r"script:event-name\s*=\s*\"([^\"]*)\"", attributes)
        called = _HREF.search(attributes)
        address = called[1] if called else ""
        own = re.search(r"script:location\s*=\s*\"document|location=document", attributes)
        outside = re.search(r"\.\./|%2e|location=(?:share|user)", address, re.IGNORECASE)
        if not own and not outside:
            continue  # nothing is called, or what the office program brings itself
        by_itself = event and _AT_OPENING.search(event[1])
        walk.saw(Act.MACRO_AT_OPENING if by_itself else Act.MACRO, part, attributes)
    if "<script:module" in text:
        _basic(walk, part, text)
    for dde in _DDE.finditer(text):
        application = _APPLICATION.search(dde[1])
        fields.conversation(
            walk, part, f'ddeService="{application[1] if application else ""}" {dde[1]}'
        )
    for found in (*_FETCHED.finditer(text), *_TEMPLATE.finditer(text)):
        target = html.unescape(found[1])
        if target.lower().startswith(("http", "ftp")):
            walk.saw(Act.FETCHES, part, target)
        elif not target.lower().startswith("file:///"):
            walk.saw(Act.FETCHES_NEARBY, part, target)
    if plugin := _PLUGIN.search(text):
        walk.saw(Act.CONTROL, part, plugin[0])
    if formula := _FORMULA.search(text):
        inner = html.unescape(formula[2])
        if formula[1].upper() == "DDE":
            fields.conversation(walk, part, inner)
        elif "http" in inner.lower():
            walk.saw(Act.FETCHES, part, inner)
    if not walk.has(Act.MACRO, Act.MACRO_AT_OPENING) and (click := _CLICK.search(text)):
        walk.saw(Act.MACRO, part, click[1])


def _object(walk: Walk, part: Part, name: str, whole: bytes) -> None:
    if whole[:4] in (b"PK\3\4", b"\xd0\xcf\x11\xe0", b"%PDF") or whole[:2] == b"MZ":
        walk.into(part, whole, name.rpartition("/")[2], Holder.DOCUMENT)
    elif not whole.startswith(
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x01\0\0\0", b"VCLMTF", b"<")
    ):
        ending = name.rpartition(".")[2].lower()
        if (
            ending not in {"ttf", "otf", "bin", "emf", "wmf", "svm", "rdf", "css", "txt", "odttf"}
            and "." in name
        ):
            walk.into(part, whole, name.rpartition("/")[2], Holder.DOCUMENT)
