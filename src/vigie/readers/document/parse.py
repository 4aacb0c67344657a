"""What runs in the cell: one file in, what it would do out. Formats are told apart here."""

import binascii
import hashlib
import os
import re
import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from xml.parsers.expat import ExpatError

import msgspec

from vigie.domain.evidence.documents import Act, Document
from vigie.knowledge import file_names
from vigie.knowledge.file_names import ending_of
from vigie.readers.archive import disks, others, zips
from vigie.readers.document import (
    flat,
    forms,
    letters,
    notebook,
    ole,
    portable,
    rtf,
    rules,
    scripted,
    sheets,
    shortcuts,
    specimens,
)
from vigie.readers.document.walk import Damaged, Holder, Part, Swollen, TooMany, Walk, text_of

MOST_READ = 256 * 1024 * 1024  # bytes of one file; of more, the beginning and the end are read
_ENDS = 4 * 1024 * 1024
_WARMING = 3  # readings after which another makes the next one no cheaper

# What parsing may raise over bytes that are not what they seem.
_WRONG = (struct.error, ValueError, IndexError, KeyError, OverflowError, zlib.error, EOFError,
          TypeError, AttributeError, AssertionError, RuntimeError, ExpatError)  # fmt: skip


prepare = rules.prepare  # what a cell of this reader may be prepared with


def warm_up() -> None:
    """Read papers of our own, before any other's (see `specimens`)."""
    for _ in range(_WARMING):
        for name, content in specimens.papers():
            look(content, name=name)


def read(descriptor: int, *, name: str, passwords: Sequence[str] = ()) -> str:
    """Return what an open file would do, as the JSON of a `Document`."""
    size = os.fstat(descriptor).st_size
    digest = hashlib.sha256()
    kept: list[bytes] = []
    at = 0
    while piece := os.pread(descriptor, 4 << 20, at):
        digest.update(piece)
        if at < (MOST_READ if size <= MOST_READ else _ENDS):
            kept.append(piece)
        at += len(piece)
    untrusted = b"".join(kept)
    walk = look(untrusted, name=name, passwords=passwords, whole=size <= MOST_READ)
    document = Document(
        name=name,
        digest=digest.hexdigest(),
        size=at,
        form=forms.form_of(untrusted, name) if walk.form == "" else walk.form,
        sights=tuple(walk.sights),
        entries=walk.entries,
    )
    return msgspec.json.encode(document).decode()


class _Walk(Walk):
    """A walk that remembers what the outermost file is."""

    form = ""


def look(
    untrusted: bytes, *, name: str, passwords: Sequence[str] = (), whole: bool = True
) -> "_Walk":
    """Return what was seen in the bytes of one file. Pure work on memory, for callers in a cell."""
    walk = _Walk(look=_look, passwords=passwords)
    part = Part(untrusted, name)
    try:
        if whole:
            _look(walk, part)
        else:
            _beginning(walk, part)
    except TooMany:
        walk.saw(Act.UNREAD, None, "too_many")
    except Swollen:
        walk.saw(Act.SWELLS)
    return walk


def _beginning(walk: Walk, part: Part) -> None:
    """Look at the beginning of what is too large: a film is a film, an archive is not read."""
    form = forms.form_of(part.untrusted, part.name)
    _names(walk, part, form)
    if form not in ("media", "picture", "data", "text"):
        walk.saw(Act.UNREAD, part, "too_large")


def _look(walk: Walk, part: Part) -> None:
    """Look at one part: its name, what it is, and by that what is in it."""
    walk.enter()
    if part.untrusted[:68] == forms.EICAR or forms.EICAR in part.untrusted[:256]:
        walk.saw(Act.TEST_SIGNATURE, part, "EICAR")
        return
    rules.look(walk, part)
    form = forms.form_of(part.untrusted, part.name)
    try:
        reader = _READERS.get(form)
        if reader:
            form = reader(walk, part) or form
        else:
            _plain(walk, part, form)
    except RecursionError:
        walk.saw(Act.SWELLS, part)
    except Damaged as trouble:
        _damaged(walk, part, form, trouble.defect)
    except _WRONG as trouble:
        _damaged(walk, part, form, type(trouble).__name__.lower())
    finally:
        if isinstance(walk, _Walk) and not walk.form and not part.depth:
            walk.form = form
    _names(walk, part, form)
    _faces(walk, part, form)


def _damaged(walk: Walk, part: Part, form: str, defect: str) -> None:
    walk.saw(Act.DAMAGED, part, f"{form} {defect}")


def _zip(walk: Walk, part: Part) -> str:
    return zips.look(walk, part)


def _program(walk: Walk, part: Part) -> None:
    honest = file_names.runs(ending_of(part.name)) or ending_of(part.name) in {"bin", "class", ""}
    if part.holder in (Holder.DOCUMENT, Holder.IMAGE):
        walk.saw(Act.PROGRAM_INSIDE, part, part.name)
    elif not honest and ending_of(part.name) in file_names.READ:
        walk.saw(Act.PROGRAM_AS_DOCUMENT, part, ending_of(part.name))
    elif ending_of(part.name) in file_names.AT_A_CLICK:
        walk.saw(Act.SCRIPT_AT_A_CLICK, part, ending_of(part.name))
    elif part.holder in (Holder.ARCHIVE, Holder.MAIL):
        walk.saw(Act.PROGRAM_PACKED, part, part.name)
    else:
        walk.saw(Act.PROGRAM, part, ending_of(part.name))


def _page(walk: Walk, part: Part) -> None:
    scripted.Scripts(walk, part).in_page(text_of(part.untrusted))
    if ending_of(part.name) in file_names.AT_A_CLICK:
        walk.saw(Act.SCRIPT_AT_A_CLICK, part, ending_of(part.name))


def _drawing(walk: Walk, part: Part) -> None:
    scripted.Scripts(walk, part).in_page(text_of(part.untrusted), drawing=True)
    flat.look(walk, part)


def _xml(walk: Walk, part: Part) -> None:
    flat.look(walk, part)
    if ending_of(part.name) in file_names.AT_A_CLICK:
        scripted.Scripts(walk, part).as_file()


def _unopened(walk: Walk, part: Part) -> None:
    walk.saw(Act.NOT_OPENED, part)


def _image(walk: Walk, part: Part) -> None:
    walk.saw(Act.DISK_IMAGE, part)
    disks.carve(walk, part, part.untrusted)


def _flash(walk: Walk, part: Part) -> None:
    walk.saw(Act.PDF_MEDIA, part, "Flash")


def _registry(walk: Walk, part: Part) -> None:
    walk.saw(Act.SCRIPT_AT_A_CLICK, part, "reg")


def _property_list(walk: Walk, part: Part) -> None:
    if b"PayloadType" in part.untrusted and b"Configuration" in part.untrusted:
        walk.saw(Act.PROFILE, part)


def _enclosed(walk: Walk, part: Part) -> None:
    """Outlook's own envelope: what it carries stands in it as it is."""
    disks.carve(walk, part, part.untrusted)
    found = re.findall(
        rb"[\w .\-]{1,60}\.(?:exe|js|vbs|scr|hta|lnk|bat|docm|xlsm)\0", part.untrusted
    )
    walk.saw(Act.PROGRAM_PACKED if found else Act.NOT_OPENED, part)


_BEGIN = re.compile(rb"^begin(-base64)? [0-7]{3,4} ([^\r\n]{1,255})", re.MULTILINE)


def _lettered(walk: Walk, part: Part) -> None:
    """Look at a file written out in letters (uuencode), as mail carried them before MIME."""
    for found in list(_BEGIN.finditer(part.untrusted))[:20]:
        name = found[2].decode("utf-8", "replace").strip()
        lines = part.untrusted[found.end() :].lstrip(b"\r\n").split(b"\n")
        out = bytearray()
        for line in lines:
            text = line.rstrip(b"\r")
            if text in (b"end", b"`", b"====", b""):
                break
            try:
                out += binascii.a2b_base64(text) if found[1] else binascii.a2b_uu(text)
            except binascii.Error:
                break
        walk.spend(len(out))
        walk.into(part, bytes(out), name, Holder.MAIL)


def _biff(walk: Walk, part: Part) -> None:
    sheets.biff(walk, part, part.untrusted)


_READERS: Mapping[str, Callable[[Walk, Part], str | None]] = {
    "program": _program,
    "pdf": portable.look,
    "ole": ole.look,
    "biff": _biff,
    "zip": _zip,
    "rtf": rtf.look,
    "html": _page,
    "svg": _drawing,
    "xml": _xml,
    "mail": letters.look,
    "tnef": _enclosed,
    "lettered": _lettered,
    "shortcut": shortcuts.look,
    "link_text": shortcuts.in_text,
    "notebook": notebook.look,
    "sylk": sheets.sylk,
    "query": sheets.query,
    "registry": _registry,
    "plist": _property_list,
    "flash": _flash,
    "rar": others.look,
    "cabinet": others.look,
    "tar": others.look,
    "packed": others.look,
    "stream": others.stream,
    "seven_zip": others.seven_zip,
    "iso": disks.iso,
    "disk": disks.disk,
    "vhd": disks.vhd,
    "vhdx": disks.vhdx,
    "image": _image,
    "unopened": _unopened,
}
_TABLES = frozenset({"csv", "tsv", "txt", "slk", "dif", "xls", "xlsx", "tab", "prn", ""})


def _plain(walk: Walk, part: Part, form: str) -> None:
    """Look at a text, or at what is nothing that is known here."""
    ending = ending_of(part.name)
    scripts = scripted.Scripts(walk, part)
    if form in ("text", "table_text", "unknown") and file_names.runs(ending):
        scripts.as_file()
        return
    if form in ("text", "table_text"):
        if ending in _TABLES or form == "table_text":
            sheets.table(walk, part, text_of(part.untrusted[: 16 << 20]))
        elsewhere = ending not in {"txt", "md", "log", "rst", "json", "csv", "py", "c", "h", "java"}
        if (elsewhere or part.holder is Holder.DOCUMENT) and scripts.like_a_program():
            disguised = ending in file_names.READ
            walk.saw(Act.PROGRAM_AS_DOCUMENT if disguised else Act.SCRIPT_AT_A_CLICK, part, ending)
    elif form == "unknown" and ending in {"one", "onepkg", "iso", "img", "vhd", "vhdx", "lnk"}:
        walk.saw(Act.NOT_OPENED, part)


_MEANT = {
    "pdf": "pdf", "doc": "ole ooxml rtf html xml mail text odf", "dot": "ole ooxml rtf", "xls": "ole biff ooxml html xml text sylk mail",
    "ppt": "ole ooxml", "pps": "ole ooxml", "docx": "ooxml ole", "xlsx": "ooxml ole", "pptx": "ooxml ole", "docm": "ooxml ole",
    "xlsm": "ooxml ole", "xlsb": "ooxml ole", "pptm": "ooxml ole", "odt": "odf", "ods": "odf", "odp": "odf", "rtf": "rtf text",
    "jpg": "picture media", "jpeg": "picture media", "png": "picture media", "gif": "picture media", "bmp": "picture", "tif": "picture",
    "tiff": "picture", "txt": "text", "csv": "text table_text", "mp3": "media", "mp4": "media",
}  # fmt: skip
_ACTIVE = frozenset({"html", "svg", "mail", "xml", "script", "iso", "vhd", "vhdx", "disk", "image", "zip", "rar", "seven_zip", "cabinet", "tar", "ole", "ooxml", "rtf", "pdf", "odf", "shortcut", "link_text", "notebook", "sylk", "query", "flash", "packed"})  # fmt: skip


def _names(walk: Walk, part: Part, form: str) -> None:
    """Compare the name with what it stands for."""
    name = part.name
    ending = ending_of(name)
    runs = file_names.runs(ending) or form in ("program", "shortcut")
    if file_names.turned(name):
        walk.saw(Act.NAME_TURNED, part, name)
    if file_names.doubled(name):
        walk.saw(Act.NAME_DOUBLED, part, name)
    if file_names.lookalike(name) and (runs or ending in file_names.READ):
        walk.saw(Act.NAME_LOOKALIKE, part, name)
    if runs and form in ("program", "text", "unknown", "shortcut", "html", "xml"):
        _placed(walk, part)
    meant = _MEANT.get(ending)
    if (
        meant
        and form in _ACTIVE
        and form not in meant.split()
        and part.holder is not Holder.DOCUMENT
    ):
        walk.saw(Act.OTHER_KIND, part, f"{ending} / {form}")
    if form == "unknown" and meant and ending in {"pdf", "docx", "xlsx", "pptx"} and part.untrusted.strip(b"\0"):  # fmt: skip
        walk.saw(Act.DAMAGED, part, "not_its_kind")


def _placed(walk: Walk, part: Part) -> None:
    if part.holder in (Holder.DOCUMENT, Holder.IMAGE):
        walk.saw(Act.PROGRAM_INSIDE, part, part.name)
    elif part.holder is Holder.ARCHIVE and not walk.has(Act.SCRIPT_AT_A_CLICK, Act.SHORTCUT_RUNS):
        walk.saw(Act.PROGRAM_PACKED, part, part.name)


_HTA = re.compile(rb"<(?:hta:application|script\b|html\b)", re.IGNORECASE)


def _faces(walk: Walk, part: Part, form: str) -> None:
    """Look for a second file before, behind or around the first."""
    raw = part.untrusted
    if form == "picture" and raw[:2] != b"BM":
        _behind_picture(walk, part, raw)
    elif form == "pdf":
        if (
            not raw.startswith((b"%PDF-", b"\xef\xbb\xbf%PDF-"))
            and raw[: raw.find(b"%PDF-")].strip()
        ):
            before = raw[: raw.find(b"%PDF-")]
            if before[:2] in (b"MZ", b"PK", b"BM") or _HTA.search(before) or before[:1] == b"\x7f":
                walk.saw(Act.TWO_FACES, part, "pdf")
        _behind(walk, part, raw, raw.rfind(b"%%EOF") + 5)
    elif form == "program" and raw[:2] == b"MZ":
        if b"%PDF-" in raw[:1024]:
            walk.saw(Act.TWO_FACES, part, "program pdf")
    elif form == "rtf":
        _behind(walk, part, raw, raw.rfind(b"}") + 1)
    if form in ("zip", "ooxml", "odf") and b"%PDF-" in raw[:1024]:
        walk.saw(Act.TWO_FACES, part, "zip pdf")


def _behind(walk: Walk, part: Part, raw: bytes, end: int) -> None:
    rest = raw[end:].lstrip(b"\r\n\0 ")
    if len(rest) < 16:
        return
    if (
        rest[:4] == b"PK\3\4"
        or rest[:2] == b"MZ"
        or rest[:4] == b"Rar!"
        or _HTA.search(rest[:4096])
    ):
        walk.saw(Act.TWO_FACES, part, "appended")
    elif b"PK\5\6" in rest[-4096:]:
        walk.saw(Act.TWO_FACES, part, "zip")


def _behind_picture(walk: Walk, part: Part, raw: bytes) -> None:
    ends = {b"\x89PNG": b"IEND\xaeB`\x82", b"\xff\xd8\xff\xe0": b"\xff\xd9", b"GIF8": b"\0;"}
    mark = ends.get(raw[:4]) or (b"\xff\xd9" if raw[:2] == b"\xff\xd8" else None)
    if mark and (at := raw.rfind(mark)) >= 0:
        _behind(walk, part, raw, at + len(mark))
    for start in (b"PK\3\4", b"Rar!\x1a\x07"):
        if start in raw and b"PK\5\6" in raw[-66000:]:
            walk.saw(Act.TWO_FACES, part, "picture zip")
            break
    if re.search(rb"<script[\s>]|<hta:application|<\?php", raw, re.IGNORECASE):
        walk.saw(Act.TWO_FACES, part, "picture script")
