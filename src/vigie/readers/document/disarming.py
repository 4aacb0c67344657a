"""The light copy: the same file without what acts, still editable. Runs in a cell.

Fields, pages, text and pictures stay; scripts, macros, objects and what is fetched go. What cannot be
made so (the office files of before 2007, pages, archives) has a raster copy alone.
"""

import base64
import io
import os
import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Stream

from vigie.readers.document import fields, forms
from vigie.readers.document.ooxml import relations
from vigie.readers.document.walk import Damaged, text_of

_MOST = 48 * 1024 * 1024
_HARMLESS_ACTIONS = frozenset(
    {"/GoTo", "/URI", "/Named", "/Hide", "/ResetForm", "/Thread", "/SetOCGState"}
)
_ANNOTATIONS = frozenset({"/FileAttachment", "/RichMedia", "/Movie", "/Screen", "/3D", "/Sound"})
_ADDRESS = re.compile(r"(?:https?|mailto|tel):", re.IGNORECASE)


def read(descriptor: int) -> dict[str, str]:
    """Return the copy (base64) and the kind it is, or an empty copy where none can be made."""
    untrusted = os.pread(descriptor, _MOST, 0)
    form = forms.form_of(untrusted, "")
    copier = _COPIERS.get(form)
    try:
        copy, kind = copier(untrusted) if copier else (b"", "")
    except (pikepdf.PikepdfError, zipfile.BadZipFile, Damaged, KeyError, ValueError,
            NotImplementedError, EOFError, RuntimeError):  # fmt: skip
        copy, kind = b"", ""
    return {"kind": kind, "copy": base64.b64encode(copy).decode()}


def _pdf(untrusted: bytes) -> tuple[bytes, str]:
    at = max(untrusted[:1024].find(b"%PDF-"), 0)
    with pikepdf.open(io.BytesIO(untrusted[at:]), suppress_warnings=True) as pdf:
        for found in list(pdf.objects):
            if isinstance(found, Stream):
                _calm(found.stream_dict)
            elif isinstance(found, Dictionary):
                _calm(found)
            elif isinstance(found, Array):
                _calm_all(found)
        root = pdf.Root
        for key in ("/OpenAction", "/AA"):
            if isinstance(root.get(key), Dictionary):
                del root[key]
        if isinstance(names := root.get("/Names"), Dictionary):
            for key in ("/JavaScript", "/EmbeddedFiles", "/Renditions"):
                if key in names:
                    del names[key]
        for key in ("/AF", "/Collection", "/Perms", "/Extensions"):
            if key in root:
                del root[key]
        _without_annotations(pdf)
        out = io.BytesIO()
        pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return out.getvalue(), "pdf"


def _calm(found: Object) -> None:
    """Take from one dictionary, and from those that stand right in it, what acts."""
    for key in ("/AA", "/JS", "/EF", "/XFA", "/AF"):
        if key in found:
            del found[key]
    for key in ("/A", "/PA", "/OpenAction", "/Next"):
        if key in found and _acts(found.get(key)):
            del found[key]
    if _acts(found):
        for key in list(found.keys()):
            del found[key]
        found["/S"], found["/N"] = Name.Named, Name.NextPage
    for key in list(found.keys()):
        inner = found.get(key)
        if isinstance(inner, Dictionary) and not inner.is_indirect:
            _calm(inner)
        elif isinstance(inner, Array) and not inner.is_indirect:
            _calm_all(inner)


def _calm_all(items: Array) -> None:
    for inner in list(items):
        if isinstance(inner, Dictionary) and not inner.is_indirect:
            _calm(inner)
        elif isinstance(inner, Array) and not inner.is_indirect:
            _calm_all(inner)


def _acts(action: object) -> bool:
    if isinstance(action, Array):
        return any(_acts(inner) for inner in action)
    if not isinstance(action, Dictionary) or "/S" not in action:
        return False
    kind = action.get("/S")
    if not isinstance(kind, Name) or ("/Type" in action and str(action.get("/Type")) != "/Action"):
        return False
    if kind == Name.URI:
        return not _ADDRESS.match(str(action.get("/URI", "")))
    known = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/Rendition",
             "/Movie", "/Sound", "/RichMediaExecute", "/GoTo3DView", "/Trans"}  # fmt: skip
    return str(kind) in known and str(kind) not in _HARMLESS_ACTIONS


def _without_annotations(pdf: pikepdf.Pdf) -> None:
    for page in pdf.pages:
        found = page.obj.get("/Annots")
        if isinstance(found, Array):
            kept = [
                a for a in found
                if not (isinstance(a, Dictionary) and str(a.get("/Subtype")) in _ANNOTATIONS)
            ]  # fmt: skip
            if len(kept) != len(found):
                page.obj["/Annots"] = Array(kept)


def _zip(untrusted: bytes) -> tuple[bytes, str]:
    with zipfile.ZipFile(io.BytesIO(untrusted)) as archive:
        names = {member.filename.lower() for member in archive.infolist()}
        if "[content_types].xml" in names:
            return _Office(archive).copy()
        if "content.xml" in names:
            return _open(archive)
    raise Damaged("no_document")


_KINDS = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
_DROPPED = re.compile(
    r"vbaproject|vbadata|/activex/|/embeddings/|customui|/macrosheets/|/dialogsheets/|/externallinks/"
    r"|connections\.xml|/querytables/|/printersettings/|/ctrlprops/|webextensions|/afchunk"
    r"|\.(?:bin|exe|dll|js|vbs|hta|html?|mht|rtf|lnk|ocx|docm|xlsm|svg|eps|swf)$",
    re.IGNORECASE,
)
_KEPT_KINDS = frozenset({"hyperlink"})
_PARTS = (".xml", ".rels", ".vml")
_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".tif", ".tiff", ".bmp", ".odttf", ".ttf", ".fntdata", ".wdp", ".mp4", ".mp3", ".wav", ".m4a")  # fmt: skip
_OVERRIDE = re.compile(r"<(?:\w+:)?Override\b[^>]*PartName\s*=\s*[\"']([^\"']*)[\"'][^>]*/>")
_ENABLED = {
    "application/vnd.ms-word.document.macroEnabled.main+xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "application/vnd.ms-excel.sheet.macroEnabled.main+xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.ms-excel.template.macroEnabled.main+xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
    "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
    "application/vnd.ms-powerpoint.slideshow.macroEnabled.main+xml": "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml",
}  # fmt: skip


@dataclass(slots=True)
class _Office:
    """An office file on its way to a copy: parts dropped, and all that leads to them."""

    archive: zipfile.ZipFile
    kept: dict[str, bytes] = field(default_factory=dict)

    def copy(self) -> tuple[bytes, str]:
        members = [m for m in self.archive.infolist() if not m.is_dir()]
        names = [m.filename for m in members if self._stays(m.filename)]
        for name in names:
            self.kept[name] = self.archive.read(name)
        lost: dict[str, set[str]] = {}
        for name in [name for name in names if name.lower().endswith(".rels")]:
            self.kept[name], gone = self._related(name, self.kept[name])
            lost[_owner(name)] = gone
        for name in names:
            if name.lower().endswith((".xml", ".vml")) and name != "[Content_Types].xml":
                self.kept[name] = _quiet(text_of(self.kept[name]), lost.get(name, set())).encode()
        types = "[Content_Types].xml"
        self.kept[types] = self._types(text_of(self.kept[types])).encode()
        kind = next(
            (k for prefix, k in _KINDS.items() if any(n.startswith(prefix) for n in names)), ""
        )
        if not kind:
            raise Damaged("no_document")
        return _packed(self.kept), kind

    def _stays(self, name: str) -> bool:
        lower = name.lower()
        if _DROPPED.search(lower) or not lower.endswith((*_PARTS, *_PICTURES)):
            return False
        if lower.endswith(_PARTS):
            return True
        with self.archive.open(name) as file:
            start = file.read(8)
        return not start.startswith((b"MZ", b"\xd0\xcf\x11\xe0", b"PK\3\4", b"{\\rt", b"<"))

    def _related(self, name: str, raw: bytes) -> tuple[bytes, set[str]]:
        """Return a part of relationships without those that lead out or nowhere, and their ids."""
        kept, gone = [], set[str]()
        folder = _owner(name).rpartition("/")[0]
        for relation in relations(raw):
            kind = relation.get("type", "").rpartition("/")[2].lower()
            target = relation.get("target", "")
            if relation.get("targetmode", "").lower() == "external":
                stays = kind in _KEPT_KINDS and bool(_ADDRESS.match(target))
            else:
                stays = _resolved(folder, target) in self.kept or target.startswith("#")
            if stays:
                kept.append(relation)
            else:
                gone.add(relation.get("id", ""))
        rows = "".join(
            f'<Relationship Id="{_quoted(r.get("id", ""))}" Type="{_quoted(r.get("type", ""))}"'
            f' Target="{_quoted(r.get("target", ""))}"'
            + (' TargetMode="External"' if r.get("targetmode") else "")
            + "/>"
            for r in kept
        )
        space = "http://schemas.openxmlformats.org/package/2006/relationships"
        whole = f'<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="{space}">{rows}</Relationships>'
        return whole.encode(), gone

    def _types(self, text: str) -> str:
        for enabled, plain in _ENABLED.items():
            text = text.replace(enabled, plain)
        return _OVERRIDE.sub(lambda m: m[0] if m[1].lstrip("/") in self.kept else "", text)


def _owner(relations_name: str) -> str:
    folder, _, last = relations_name.rpartition("/")
    return f"{folder.removesuffix('_rels')}{last.removesuffix('.rels')}".lstrip("/")


def _resolved(folder: str, target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            steps = steps[:-1]
        elif step != ".":
            steps.append(step)
    return "/".join(steps)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


_INSTRUCTION = re.compile(r"(<(?:\w+:)?instrText\b[^>]{0,300}>)([^<]*)(<)")
_SIMPLE = re.compile(r"(\binstr\s*=\s*)(\"[^\"]*\"|'[^']*')")
_HARMFUL_FIELD = re.compile(
    r"DDE|INCLUDE|IMPORT|\bLINK\b|\bRD\b|QUOTE|MACROBUTTON|EMBED|CONTROL|DATABASE", re.IGNORECASE
)
_ACTION = re.compile(r"\baction\s*=\s*\"ppaction://(?:program|macro|ole)[^\"]*\"")
_NAMED = re.compile(
    r"<definedName\b[^>]*name\s*=\s*\"(?:_xlnm\.)?auto_[^>]*>[^<]*</definedName>", re.IGNORECASE
)
_DTD = re.compile(r"<!DOCTYPE[^>\[]*(?:\[[^\]]*\])?[^>]*>", re.IGNORECASE)


def _quiet(text: str, gone: set[str]) -> str:
    """Return a part's XML without fields that speak to programs, nor references that are gone."""
    text = _DTD.sub("", text)
    whole = "".join(fields.in_word(text))
    if _HARMFUL_FIELD.search(whole):
        text = _INSTRUCTION.sub(
            lambda m: m[1] + ("" if _HARMFUL_FIELD.search(whole) else m[2]) + m[3], text
        )
        text = _SIMPLE.sub(lambda m: f'{m[1]}""' if _HARMFUL_FIELD.search(m[2]) else m[0], text)
    text = _NAMED.sub("", _ACTION.sub("", text))
    text = re.sub(r"\b(?:fcn|macro)\s*=\s*\"[^\"]*\"", "", text) if "macro=" in text else text
    text = re.sub(r"<f>[^<]*\bWEBSERVICE\s*\([^<]*</f>", "", text, flags=re.IGNORECASE)
    for identity in gone:
        reference = rf"\b\w+:(?:id|embed|link|pict|dm|lo|qs|cs)\s*=\s*\"{re.escape(identity)}\""
        text = re.sub(rf"<[^<>]*{reference}[^<>]*/>", "", text)
        text = re.sub(reference, "", text)
    return text


def _packed(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            archive.writestr(zipfile.ZipInfo(name), content, compress_type=stored)
    return out.getvalue()


_OPEN_KINDS = {"text": "odt", "spreadsheet": "ods", "presentation": "odp", "graphics": "odg"}
_SCRIPTS = re.compile(r"<office:scripts\b.*?</office:scripts>|<office:scripts\s*/>", re.DOTALL)
_LISTENERS = re.compile(r"<office:event-listeners\b.*?</office:event-listeners>|<script:event-listener\b[^>]*/>|<presentation:event-listener\b[^>]*/>", re.DOTALL)  # fmt: skip
_SPEAKING = re.compile(r"<(?:text:dde-connection-decls?|office:dde-source|table:dde-links?|table:dde-link|draw:plugin|draw:applet|draw:floating-frame|draw:object-ole|text:section-source|table:table-source|table:cell-range-source|meta:template)\b[^>]*/>", re.DOTALL)  # fmt: skip
_OUTSIDE = re.compile(r"(<(?!text:a\b)[\w:-]+\b[^>]*?)xlink:href\s*=\s*\"(?:https?:|ftp:|file:|\\\\|//|vnd\.sun\.star)[^\"]*\"", re.IGNORECASE)  # fmt: skip
_OPEN_DROPPED = re.compile(r"^(?:basic|scripts|dialogs|objectreplacements|database|forms|reports)/|\.(?:py|js|bsh|exe|svg)$", re.IGNORECASE)  # fmt: skip


def _open(archive: zipfile.ZipFile) -> tuple[bytes, str]:
    kept: dict[str, bytes] = {}
    kind = (
        archive.read("mimetype").decode("latin-1").rpartition(".")[2]
        if "mimetype" in archive.namelist()
        else "text"
    )
    for member in archive.infolist():
        name = member.filename
        if member.is_dir() or _OPEN_DROPPED.search(name):
            continue
        content = archive.read(member)
        if content.startswith((b"MZ", b"\xd0\xcf\x11\xe0", b"PK\3\4", b"{\\rt")):
            continue
        if name.lower().endswith(".xml"):
            text = _DTD.sub("", text_of(content))
            for pattern in (_SCRIPTS, _LISTENERS, _SPEAKING):
                text = pattern.sub("", text)
            text = _OUTSIDE.sub(r'\1xlink:href=""', text)
            text = re.sub(r"table:formula\s*=\s*\"[^\"]*(?:DDE|WEBSERVICE)[^\"]*\"", "", text)
            content = text.encode()
        kept[name] = content
    manifest = "META-INF/manifest.xml"
    if manifest in kept:
        kept[manifest] = re.sub(
            r"<manifest:file-entry\b[^>]*full-path\s*=\s*\"([^\"]*)\"[^>]*/>",
            lambda m: (
                m[0]
                if m[1] == "/"
                or m[1] in kept
                or (m[1].endswith("/") and not _OPEN_DROPPED.search(m[1]))
                else ""
            ),
            text_of(kept[manifest]),
        ).encode()
    order = ["mimetype", *[name for name in kept if name != "mimetype"]]
    return _packed({name: kept[name] for name in order if name in kept}), _OPEN_KINDS.get(
        kind.split("-")[0], "odt"
    )


_COPIERS: Mapping[str, Callable[[bytes], tuple[bytes, str]]] = {"pdf": _pdf, "zip": _zip}
