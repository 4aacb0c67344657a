"""Office files of before 2007, and everything else in a compound file: what they run and carry."""

import re
import struct
import zlib

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import ending_of
from vigie.readers.document import compound, fields, macros, sealed, sheets
from vigie.readers.document.compound import Compound
from vigie.readers.document.walk import Damaged, Holder, Part, Walk

# Classes of objects that nobody inserts and attacks use: the equation editor and its kin.
EXPLOITED = {
    "0002ce02-0000-0000-c000-000000000046": "Equation.3",
    "0002ce03-0000-0000-c000-000000000046": "Equation.3",
    "0004a6b0-0000-0000-c000-000000000046": "Equation.2",
    "00000300-0000-0000-c000-000000000046": "StdOleLink",
    "3050f4d8-98b5-11cf-bb82-00aa00bdce0b": "HTA",
    "06290bd3-48aa-11d2-8432-006008c3fbfc": "Script moniker",
    "ecabafc9-7f19-11d2-978e-0000f8757e2a": "Composite moniker",
    "f20da720-c02f-11ce-927b-0800095ae340": "",
    "1efb6596-857c-11d1-b16a-00c0f0283628": "MSCOMCTL.TabStrip",
    "bdd1f04b-858b-11d1-b16a-00c0f0283628": "MSCOMCTL.ListView",
    "dd9da666-8594-11d1-b16a-00c0f0283628": "MSCOMCTL.ComboBox",
    "d27cdb6e-ae6d-11cf-96b8-444553540000": "Flash",
    "8856f961-340a-11d0-a96b-00c04fd705a2": "Browser",
    "14ce31dc-abc2-484c-b061-cf3416aed8ff": "Workflow",
    "a08a033d-1a75-4ab6-a166-ead02f547959": "otkloadr",
}
PACKAGES = {"f20da720-c02f-11ce-927b-0800095ae340", "0003000c-0000-0000-c000-000000000046"}
_INSTALLER = "000c1084-0000-0000-c000-000000000046"
_INSTALLERS = {
    _INSTALLER,
    "000c1086-0000-0000-c000-000000000046",
    "000c1082-0000-0000-c000-000000000046",
}
_FIELD = re.compile(r"\x13([^\x13\x14\x15]{1,2000})[\x14\x15]")
_HTTP = re.compile(rb"(?:h\0?t\0?t\0?p\0?s?\0?:\0?/\0?/\0?|\\\0?\\\0?[a-z0-9])", re.IGNORECASE)
_MOST_OBJECTS = 200


def look(walk: Walk, part: Part) -> None:
    """Look at a compound file. Raise Damaged where it does not hold."""
    container = compound.read(part.untrusted)
    names = {path.rpartition("/")[2] for path in container.entries}
    if container.clsid in _INSTALLERS or _looks_like_installer(container):
        walk.saw(Act.PROGRAM, part, "MSI")
        return
    if "encryptedpackage" in names or sealed.is_sealed(container):
        inner = sealed.opened(part.untrusted, walk.passwords)
        if inner is None:
            walk.saw(Act.SEALED, part)
        else:
            if inner[1]:
                walk.saw(Act.UNSEALED, part)
            walk.into(part, inner[0], part.name, Holder.NOTHING)
            return
    _macros(walk, part, container)
    _objects(walk, part, container)
    _word(walk, part, container)
    for path in container.find("workbook", "book"):
        sheets.biff(walk, part, container.stream(path))
    for path in container.find("powerpoint document"):
        _slides(walk, part, container.stream(path))
    if any(name.startswith("__substg1.0_") for name in names):
        _message(walk, part, container)
    if container.defects:
        raise Damaged(min(container.defects))


def _looks_like_installer(container: Compound) -> bool:
    # The streams of a Windows Installer database have names folded into one range of letters.
    return any(path.startswith("\u4840") for path in container.entries)


def _macros(walk: Walk, part: Part, container: Compound) -> None:
    texts = macros.sources(container)
    if not texts and not macros.is_project(container):
        return
    if macros.empty(texts):
        return
    ending = ending_of(part.name)
    macros.judge(walk, part, texts, hidden=ending in {"docx", "xlsx", "pptx", "rtf", "pdf", "txt"})


def _objects(walk: Walk, part: Part, container: Compound) -> None:
    for path, entry in list(container.entries.items())[: 20 * _MOST_OBJECTS]:
        last = path.rpartition("/")[2]
        if (known := EXPLOITED.get(entry.clsid)) and entry.clsid not in PACKAGES:
            walk.saw(Act.OBJECT_EXPLOIT, part, known)
        if last == "\x01ole10native":
            native(walk, part, container.stream(path))
        elif last == "package":
            walk.into(part, container.stream(path), "package", Holder.DOCUMENT)
        elif last == "equation native":
            equation = container.stream(path)
            if _equation_runs(equation):
                walk.saw(Act.OBJECT_EXPLOIT, part, "Equation")
        elif last == "\x01ole":
            _linked(walk, part, container.stream(path))
        elif last == "contents" and entry.kind == 2:
            inner = container.stream(path)
            if inner[:5] == b"%PDF-":
                walk.into(part, inner, "contents.pdf", Holder.DOCUMENT)
    if EXPLOITED.get(container.clsid) and container.clsid not in PACKAGES:
        walk.saw(Act.OBJECT_EXPLOIT, part, EXPLOITED[container.clsid])


def _equation_runs(stream: bytes) -> bool:
    """Return whether an equation carries an overlong font name: the attack, not a formula."""
    at = stream.find(b"\x08", 28)
    while 0 <= at < 2048:
        name = stream[at + 3 :].partition(b"\0")[0]
        if len(name) > 40 or b"cmd" in name.lower() or b"mshta" in name.lower():
            return True
        at = stream.find(b"\x08", at + 1)
    return any(word in stream.lower() for word in (b"cmd.exe", b"cmd /c", b"mshta", b"powershell"))


def _linked(walk: Walk, part: Part, stream: bytes) -> None:
    """Say where a linked object would be fetched from."""
    found = _HTTP.search(stream)
    linked = len(stream) > 20 and stream[4:8] == b"\x01\0\0\0"
    if linked and not found:
        walk.saw(Act.FETCHES_NEARBY, part, "link")
    elif linked and found:
        text = stream[found.start() : found.start() + 300].replace(b"\0", b"").decode("latin-1")
        walk.saw(Act.FETCHES if text.lower().startswith("http") else Act.FETCHES_NEARBY, part, text)


def native(walk: Walk, part: Part, stream: bytes) -> None:
    """Look at the file in an Ole10Native stream ([MS-OLEDS] 2.3.6), whatever its name."""
    name, content = "package", stream[4:]
    if len(stream) > 6 and struct.unpack_from("<H", stream, 4)[0] == 2:
        label, _, rest = stream[6:].partition(b"\0")
        source, _, rest = rest.partition(b"\0")
        if len(rest) >= 8:
            length = struct.unpack_from("<I", rest, 4)[0]
            after = 8 + length
            target = rest[8:after].rstrip(b"\0")
            size = struct.unpack_from("<I", rest.ljust(after + 4, b"\0"), after)[0]
            content = rest[after + 4 : after + 4 + size]
            shown = label or source or target
            name = shown.decode("latin-1").replace("\\", "/").rpartition("/")[2] or "package"
            if not ending_of(name):
                name = target.decode("latin-1").replace("\\", "/").rpartition("/")[2] or name
    walk.saw(Act.FILE_INSIDE, part, name)
    if content:
        walk.into(part, content, name, Holder.DOCUMENT)


def _word(walk: Walk, part: Part, container: Compound) -> None:
    stream = container.stream("worddocument")
    if len(stream) < 512:
        return
    raw = stream[512:]
    for text in (raw.decode("latin-1"), raw.decode("utf-16-le", "replace")):
        for field in _FIELD.finditer(text):
            fields.command(walk, part, field[1])
    table = container.stream("1table") or container.stream("0table")
    for found in re.finditer(rb"(?:h\0t\0t\0p\0s?\0?:\0/\0/\0|\\\0\\\0)(?:[!-~]\0){4,400}", table):
        text = found[0].decode("utf-16-le", "replace")
        if re.search(r"\.(?:dot[mx]?|doc[mx]?|rtf|hta|html?|php)\b", text, re.IGNORECASE):
            near = table[max(found.start() - 2, 0) : found.start()]
            # In the table of associated strings the template's name has its length before it.
            if len(near) == 2 and struct.unpack("<H", near)[0] == len(text):
                far = text.lower().startswith("http")
                walk.saw(Act.FETCHES if far else Act.FETCHES_NEARBY, part, text)


_CONTAINER, _MOST_RECORDS = 0xF, 200_000


def _slides(walk: Walk, part: Part, stream: bytes) -> None:
    """Walk PowerPoint's records ([MS-PPT] 2.3.1) for what it carries: macros, objects, actions."""
    position, seen = 0, 0
    while position + 8 <= len(stream) and seen < _MOST_RECORDS:
        version, kind, length = struct.unpack_from("<HHI", stream, position)
        seen += 1
        position += 8
        if version & 0xF == _CONTAINER:
            continue  # its children follow
        body = stream[position : position + length]
        if kind == 0x1011:  # ExOleObjStg: an object, or the project of macros
            _stored(walk, part, body, packed=bool(version >> 4))
        elif kind == 0x0FF3 and len(body) >= 9 and body[8] in (1, 2):  # a click that runs
            walk.saw(Act.MACRO, part, "action")
        elif kind == 0x0FBA and b"\x2e\0e\0x\0e\0" in body.lower():
            walk.saw(Act.FIELD_COMMAND, part, body.decode("utf-16-le", "replace"))
        position += length


def _stored(walk: Walk, part: Part, body: bytes, *, packed: bool) -> None:
    if packed:
        try:
            inner = zlib.decompressobj().decompress(body[4:], 64 * 1024 * 1024)
        except zlib.error:
            raise Damaged("damaged_stream") from None
        walk.spend(len(inner))
    else:
        inner = body
    if not inner.startswith(compound.MAGIC):
        return
    walk.into(part, inner, "object", Holder.DOCUMENT)


def _message(walk: Walk, part: Part, container: Compound) -> None:
    """Look at the files attached to an Outlook message."""
    for path in container.entries:
        folder, _, last = path.rpartition("/")
        if last.startswith("__substg1.0_37010102"):
            name = "attachment"
            for tag in ("3707001f", "3704001f", "3707001e", "3704001e"):
                if raw := container.stream(f"{folder}/__substg1.0_{tag}"):
                    name = raw.decode("utf-16-le" if tag[-1] == "f" else "latin-1", "replace")
                    break
            walk.into(part, container.stream(path), name.strip("\0"), Holder.MAIL)
    for path in container.find("__substg1.0_10130102", "__substg1.0_1013001e"):
        walk.into(part, container.stream(path), "body.html", Holder.MAIL)
