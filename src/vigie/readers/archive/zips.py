"""ZIP, and what is a ZIP under another name: measured before it is opened, then entry by entry."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Sequence
from itertools import pairwise

from vigie.domain.evidence.documents import Act
from vigie.knowledge.file_names import OPEN_OFFICE, ending_of
from vigie.readers.archive import others
from vigie.readers.document import ooxml, opendocument
from vigie.readers.document.walk import (
    FREE_OF_RATIO,
    MOST_ENTRIES,
    MOST_EXPANDED,
    MOST_RATIO,
    Damaged,
    Holder,
    Part,
    Swollen,
    TooMany,
    Walk,
)

WRONG = (zipfile.BadZipFile, zlib.error, ValueError, EOFError, NotImplementedError, RuntimeError, KeyError, OSError, struct.error)  # fmt: skip
_AES = 99
_TOLERATED = 4096  # bytes before the first or behind the last record: a signature, padding
_LOCAL = struct.Struct("<4sHHHHHIIIHH")
_RUNS_AS_A_WHOLE = frozenset({"jar", "apk", "msix", "appx", "xpi", "crx", "vsix", "ipa"})


def look(walk: Walk, part: Part) -> str:
    """Look at a ZIP and return what it is. Raise Damaged or Swollen."""
    try:
        with zipfile.ZipFile(io.BytesIO(part.untrusted)) as archive:
            members = archive.infolist()
            _measure(part, members)
            form = _form(members, part.name)
            _faces(walk, part, members, form)
            if form == "ooxml":
                ooxml.look(walk, part, archive, members)
            elif form == "odf":
                opendocument.look(walk, part, archive, members)
            else:
                _plain(walk, part, archive, members)
            return form
    except WRONG as trouble:
        if b"PK\3\4" in part.untrusted[:4]:
            others.look(walk, part)  # a reader that goes by the local headers alone
        raise Damaged("no_zip") from trouble


def _form(members: Sequence[zipfile.ZipInfo], name: str) -> str:
    names = {member.filename.lower().replace("\\", "/") for member in members}
    ending = ending_of(name)
    if "[content_types].xml" in names:
        return "ooxml"
    if "meta-inf/manifest.xml" in names and ("content.xml" in names or ending in OPEN_OFFICE):
        return "odf"
    return "zip"


def _measure(part: Part, members: Sequence[zipfile.ZipInfo]) -> None:
    """Refuse what would swell, by its own directory, before anything of it is unpacked."""
    size = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    held = min(max(packed, 1), len(part.untrusted))
    if size > FREE_OF_RATIO and (size > MOST_EXPANDED * 5 or size / held > MOST_RATIO):
        raise Swollen
    # Entries that share their bytes: forty-two kilobytes that make terabytes.
    spans = sorted((m.header_offset, m.header_offset + 30 + m.compress_size) for m in members)
    overlapping = sum(a[1] > b[0] for a, b in pairwise(spans))
    if overlapping > 1:
        raise Swollen
    if len(members) > MOST_ENTRIES:
        raise TooMany


def _faces(walk: Walk, part: Part, members: Sequence[zipfile.ZipInfo], form: str) -> None:
    """Compare what two readers would see: the directory's names, and those beside the bytes."""
    raw = part.untrusted
    for member in members:
        at = member.header_offset
        if raw[at : at + 4] != b"PK\3\4":
            raise Damaged("lost_member")
        header = _LOCAL.unpack_from(raw.ljust(at + 30, b"\0"), at)
        name = raw[at + 30 : at + 30 + header[9]]
        coding = "utf-8" if header[2] & 0x800 else "cp437"
        beside = name.decode(coding, "replace").replace("\\", "/").split("\0")[0]
        if beside != member.filename and name.decode("utf-8", "replace") != member.orig_filename:
            walk.saw(Act.HEADERS_DIFFER, part, f"{beside} / {member.filename}")
    first = min((m.header_offset for m in members), default=0)
    if first > 0 and form == "zip" and part.untrusted[:2] != b"MZ" and first > _TOLERATED:
        walk.saw(Act.APPENDED, part)
    shown = len(members)
    if raw.count(b"PK\5\6") > 1 and form == "zip":
        at = raw.find(b"PK\5\6")
        inner = raw[at + 22 : at + 26]
        if inner == b"PK\3\4" and struct.unpack_from("<H", raw, at + 10)[0] != shown:
            walk.saw(Act.TWO_FACES, part, "zip")


def _plain(
    walk: Walk, part: Part, archive: zipfile.ZipFile, members: Sequence[zipfile.ZipInfo]
) -> None:
    if ending_of(part.name) in _RUNS_AS_A_WHOLE:
        walk.saw(Act.PROGRAM, part, ending_of(part.name))
        return
    locked: list[zipfile.ZipInfo] = []
    for member in members:
        walk.enter()
        escapes(
            walk,
            part,
            member.filename,
            member.external_attr >> 16,
            lambda m=member: archive.read(m),
        )
        if member.is_dir():
            continue
        if member.flag_bits & 1 or member.compress_type == _AES:
            locked.append(member)
            continue
        whole = _unpacked(walk, archive, member)
        walk.into(part, whole, member.filename, Holder.ARCHIVE)
    if locked:
        # AES keeps a sum of its own, checked by the library, and states no CRC.
        aes = any(member.compress_type == _AES for member in locked)
        sums = () if aes else {member.CRC for member in members}
        others.unlocked(walk, part, [member.filename for member in locked], sums)


def _unpacked(walk: Walk, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    pieces: list[bytes] = []
    with archive.open(member) as file:
        while piece := file.read(1 << 20):
            walk.spend(len(piece))
            pieces.append(piece)
    return b"".join(pieces)


_LINK, _KIND = 0o120000, 0o170000


def escapes(walk: Walk, part: Part, name: str, mode: int, target: object) -> None:
    """Note an entry that would land outside its folder, or point there."""
    path = name.replace("\\", "/")
    outside = path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/")
    if outside:
        walk.saw(Act.ESCAPES, part, name)
    if mode & _KIND == _LINK and callable(target):
        where = target()
        text = where.decode("utf-8", "replace") if isinstance(where, bytes) else str(where)
        if leads_out(path, text):
            walk.saw(Act.ESCAPES, part, f"{name} → {text}")


def leads_out(path: str, target: str) -> bool:
    """Return whether a link at `path` leads out of the folder that is unpacked."""
    if target.startswith(("/", "\\")) or re.match(r"[A-Za-z]:", target):
        return True
    depth = path.strip("/").count("/")
    for step in target.replace("\\", "/").split("/"):
        depth += -1 if step == ".." else 1 if step not in ("", ".") else 0
        if depth < 0:
            return True
    return False
