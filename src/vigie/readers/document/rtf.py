"""RTF: objects (whatever hides their hexadecimal), templates from elsewhere, fields."""

import re
import struct
from dataclasses import dataclass, field

from vigie.domain.evidence.documents import Act
from vigie.readers.document import compound, fields, ole
from vigie.readers.document.walk import Holder, Part, Walk

_TOKEN = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\(\*)|\\[^a-zA-Z]|([{}])|([^\\{}]+)"
)
_NOT_HEX = bytes(c for c in range(256) if c not in b"0123456789abcdefABCDEF")
_MOST_TOKENS = 2_000_000
_MOST_OBJECTS = 100
_KNOWN = ("equation", "package", "ole2link", "htmlfile", "mscomctllib", "otkloadr", "shell.explorer", "msxml2", "scriptletfile", "script")  # fmt: skip


@dataclass(slots=True)
class _Group:
    """One pair of braces: what its content is for."""

    use: str = ""
    star: bool = False


@dataclass(slots=True)
class _Seen:
    objects: list[bytearray] = field(default_factory=list)
    templates: list[bytearray] = field(default_factory=list)
    fields: list[bytearray] = field(default_factory=list)
    classes: list[bytearray] = field(default_factory=list)
    updates: bool = False


_USES = {
    b"objdata": "objects",
    b"template": "templates",
    b"fldinst": "fields",
    b"objclass": "classes",
}
# Destinations whose content is none of the object around them.
_APART = {b"pict", b"result", b"objname", b"fldrslt", b"blipuid"}


def look(walk: Walk, part: Part) -> None:
    """Look at an RTF file."""
    seen = _tokens(part.untrusted)
    for raw in seen.objects[:_MOST_OBJECTS]:
        digits = bytes(raw)
        _object(walk, part, bytes.fromhex(digits[: len(digits) // 2 * 2].decode()))
    for raw in seen.templates:
        target = raw.decode("latin-1").strip()
        if re.match(r"(?:https?|ftp):", target, re.IGNORECASE):
            walk.saw(Act.FETCHES, part, target)
        elif target.startswith("\\\\") or "//" in target[:8]:
            walk.saw(Act.FETCHES_NEARBY, part, target)
    for raw in seen.fields:
        fields.command(walk, part, raw.decode("latin-1"))
    for raw in seen.classes:
        name = raw.decode("latin-1").strip().lower()
        if name.startswith(_KNOWN) and not name.startswith("package"):
            # Formulas are honest; what makes them run is looked for in the object itself.
            honest = name.startswith("equation") and not seen.updates
            walk.saw(Act.FILE_INSIDE if honest else Act.OBJECT_EXPLOIT, part, name)
    if seen.updates and seen.objects:
        walk.saw(Act.FILE_INSIDE, part, "objupdate")
    if not seen.objects and b"objdata" in part.untrusted.lower():
        walk.saw(Act.FILE_INSIDE, part, "objdata")


def _tokens(untrusted: bytes) -> _Seen:
    seen = _Seen()
    stack = [_Group()]
    position = count = 0
    while position < len(untrusted) and count < _MOST_TOKENS:
        token = _TOKEN.match(untrusted, position)
        count += 1
        if not token:
            position += 1
            continue
        position = token.end()
        word, number, escaped, star, brace, text = token.groups()
        if brace == b"{":
            stack.append(_Group(use=stack[-1].use))
        elif brace == b"}":
            if len(stack) > 1:
                stack.pop()
        elif star:
            stack[-1].star = True
        elif word:
            position = _word(seen, stack[-1], word.lower(), number, untrusted, position)
        elif text or escaped:
            _text(seen, stack[-1], text, escaped)
    return seen


def _word(  # noqa: PLR0913, PLR0917  (one control word and where it stands)
    seen: _Seen, group: _Group, word: bytes, number: bytes | None, untrusted: bytes, position: int
) -> int:
    if word in _USES:
        group.use = _USES[word]
        if not (group.use == "fields" and seen.fields and not seen.fields[-1]):
            getattr(seen, group.use).append(bytearray())
    elif word in _APART:
        group.use = ""
    elif word in (b"objupdate", b"objautlink"):
        seen.updates = True
    elif word == b"bin" and number:
        length = max(int(number), 0)
        if group.use == "objects":
            seen.objects[-1] += untrusted[position : position + length].hex().encode()
        return min(position + length, len(untrusted))
    elif word == b"u" and number and group.use in ("templates", "fields"):
        code = int(number) & 0xFFFF
        getattr(seen, group.use)[-1].append(code if code < 256 else 63)
    return position


def _text(seen: _Seen, group: _Group, text: bytes | None, escaped: bytes | None) -> None:
    if not group.use:
        return
    target: bytearray = getattr(seen, group.use)[-1]
    if group.use == "objects":
        if text:
            target += text.translate(None, _NOT_HEX)
    elif text:
        target += text.replace(b"\r", b"").replace(b"\n", b"")
    elif escaped:
        target.append(int(escaped, 16))


def _object(walk: Walk, part: Part, raw: bytes) -> None:
    """Look at one object as OLE 1.0 writes it ([MS-OLEDS] 2.2)."""
    name, data = "", raw
    if len(raw) >= 12:
        kind, length = struct.unpack_from("<II", raw, 4)
        if length < 256 and 12 + length <= len(raw):
            name = raw[12 : 12 + length].rstrip(b"\0").decode("latin-1").lower()
            position = 12 + length
            for _ in range(2):
                (size,) = struct.unpack_from("<I", raw.ljust(position + 4, b"\0"), position)
                position += 4 + min(size, 4096)
            if kind == 2:
                data = raw[position + 4 :]
            elif kind == 1:
                walk.saw(Act.FETCHES_NEARBY, part, raw[12:300].decode("latin-1"))
    if name.startswith("package"):
        ole.native(walk, part, b"\0\0\0\0" + data)
        return
    at = raw.find(compound.MAGIC)
    if at >= 0:
        walk.into(part, raw[at:], name or "object", Holder.DOCUMENT)
    elif name.startswith(_KNOWN):
        walk.saw(Act.OBJECT_EXPLOIT, part, name)
    elif data.find(b"MZ") == 0:
        walk.into(part, data, name or "object", Holder.DOCUMENT)
    elif name.startswith(("pbrush", "static", "paint", "msgraph", "word", "excel", "powerpoint")):
        return
    else:
        walk.saw(Act.FILE_INSIDE, part, name or "object")
    if name.startswith("ole2link"):
        walk.saw(Act.OBJECT_EXPLOIT, part, name)
