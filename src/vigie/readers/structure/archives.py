"""Archives: ZIP (and the office files that are ZIPs), 7z, gzip."""

import struct
import zlib
from dataclasses import dataclass

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look, Unsure, spread

_END = b"PK\5\6"
_END_SIZE = 22
_LONGEST_COMMENT = 65_535
_FAR = 0xFFFFFFFF  # the real number stands in the ZIP64 record
_STORED, _DEFLATED, _AES = 0, 8, 99
MOST_MEMBERS = 4_000  # walked; a document has some dozens
_HEADERS_CHECKED = 128
_BODIES_CHECKED = 64
# Inflated of one member: enough for the parts of a letter; a long one is judged by its beginning.
_INFLATED = 512 * 1024


@dataclass(frozen=True, slots=True)
class _Member:
    name: bytes
    start: int
    packed: int
    size: int
    crc: int
    method: int
    sealed: bool


def zip_archive(look: Look) -> None:
    """Check directory, local headers and sums; tell office files from plain archives."""
    look.kind = Kind.ZIP
    members = _directory(look)
    names = {member.name for member in members}
    if b"[Content_Types].xml" in names:
        look.kind = Kind.OOXML
    elif members and members[0].name == b"mimetype" and b"META-INF/manifest.xml" in names:
        start = members[0].start
        if b"opendocument" in look.upto(start, 128):
            look.kind = Kind.OPENDOCUMENT
    look.sealed = any(member.sealed for member in members)
    bodies = [_body(look, members[index]) for index in spread(len(members), _HEADERS_CHECKED)]
    # The smallest first: the parts that hold a document together before its pictures.
    bodies.sort(key=lambda found: found[1].packed)
    for index in spread(len(bodies), _BODIES_CHECKED):
        _check(look, *bodies[index])


def _directory(look: Look) -> list[_Member]:
    tail = look.tail(_END_SIZE + 1024)
    found = tail.rfind(_END)
    if found < 0:
        tail = look.tail(_END_SIZE + _LONGEST_COMMENT)
        found = tail.rfind(_END)
    if found < 0 or len(tail) - found < _END_SIZE:
        raise Broken("no_directory")
    where = look.size - len(tail) + found
    count, length, start = struct.unpack("<10xHII2x", tail[found : found + _END_SIZE])
    end = where
    if count == 0xFFFF or _FAR in (start, length):
        count, length, start, end = _far(look, where)
    shift = end - length - start  # what a self-extractor puts before the archive
    if shift < 0:
        raise Broken("stray_directory")
    raw = look.at(start + shift, length)
    members, position = [], 0
    for _ in range(min(count, MOST_MEMBERS)):
        if raw[position : position + 4] != b"PK\1\2":
            raise Broken("stray_directory")
        member, position = _entry(raw, position, shift)
        members.append(member)
    return members


def _far(look: Look, where: int) -> tuple[int, int, int, int]:
    locator = look.at(where - 20, 20)
    if not locator.startswith(b"PK\6\7"):
        raise Broken("stray_directory")
    (at,) = struct.unpack("<8xQ4x", locator)
    record = look.at(at, 56)
    if not record.startswith(b"PK\6\6"):
        raise Broken("stray_directory")
    count, length, start = struct.unpack("<32xQQQ", record)
    return count, length, start, at


def _entry(raw: bytes, position: int, shift: int) -> tuple[_Member, int]:
    try:
        flags, method, crc, packed, size, name, extra, comment, start = struct.unpack_from(
            "<8xHH4xIIIHHH8xI", raw, position
        )
    except struct.error:
        raise Broken("stray_directory") from None
    after = position + 46 + name
    if _FAR in (packed, size, start):
        packed, size, start = _wide(raw[after : after + extra], packed, size, start)
    member = _Member(
        name=raw[position + 46 : after],
        start=start + shift,
        packed=packed,
        size=size,
        crc=crc,
        method=method,
        sealed=bool(flags & 1),
    )
    return member, after + extra + comment


def _wide(extra: bytes, packed: int, size: int, start: int) -> tuple[int, int, int]:
    position = 0
    while position + 4 <= len(extra):
        number, length = struct.unpack_from("<HH", extra, position)
        if number == 1:
            values = [
                int.from_bytes(extra[at : at + 8], "little")
                for at in range(position + 4, position + 4 + length, 8)
            ]
            wide = iter([*values, 0, 0, 0])
            size = next(wide) if size == _FAR else size
            packed = next(wide) if packed == _FAR else packed
            start = next(wide) if start == _FAR else start
            break
        position += 4 + length
    return packed, size, start


def _body(look: Look, member: _Member) -> tuple[int, _Member]:
    """Return where the member's bytes start. Raise Broken if its local header is not there."""
    header = look.at(member.start, 30)
    if not header.startswith(b"PK\3\4"):
        raise Broken("lost_member")
    name, extra = struct.unpack("<26xHH", header)
    if look.at(member.start + 30, name) != member.name:
        raise Broken("lost_member")
    start = member.start + 30 + name + extra
    if start + member.packed > look.size:
        raise Broken("cut_short")
    return start, member


def _check(look: Look, start: int, member: _Member) -> None:
    if member.sealed or member.method == _AES:
        return
    if member.method == _STORED:
        if member.packed <= look.left and zlib.crc32(look.at(start, member.packed)) != member.crc:
            raise Broken("wrong_sum")
    elif member.method == _DEFLATED:
        found = inflated(look, look.upto(start, min(member.packed, _INFLATED)), wbits=-15)
        if len(found) == member.size and zlib.crc32(found) != member.crc:
            raise Broken("wrong_sum")
        if len(found) != member.size and len(found) < _INFLATED and member.packed <= _INFLATED:
            raise Broken("wrong_size")
        if look.kind is Kind.OPENDOCUMENT and member.name == b"META-INF/manifest.xml":
            look.sealed = look.sealed or b"encryption-data" in found


def inflated(look: Look, packed: bytes, *, wbits: int) -> bytes:
    """Return the first half megabyte of a deflate stream. Raise Broken if it is none."""
    try:
        found = zlib.decompressobj(wbits).decompress(packed, _INFLATED)
    except zlib.error:
        raise Broken("damaged_stream") from None
    look.spend(len(found))
    return found


_AES_IN_SEVEN_ZIP = b"\x06\xf1\x07\x01"
_MOST_HEADER = 1024 * 1024


def seven_zip(look: Look) -> None:
    """Check both headers by their sums; the archive must end where they say."""
    look.kind = Kind.SEVEN_ZIP
    crc, first = struct.unpack("<8xI20s", look.at(0, 32))
    if zlib.crc32(first) != crc:
        raise Broken("wrong_sum")
    start, length, crc = struct.unpack("<QQI", first)
    if 32 + start + length > look.size:
        raise Broken("cut_short")
    if length > _MOST_HEADER:
        raise Unsure
    header = look.at(32 + start, length)
    if zlib.crc32(header) != crc:
        raise Broken("wrong_sum")
    look.sealed = _AES_IN_SEVEN_ZIP in header


def gzip(look: Look) -> None:
    """Inflate the beginning; of a short file also the end, with its sum."""
    look.kind = Kind.GZIP
    stream = zlib.decompressobj(31)
    packed = look.upto(0, min(look.size, _INFLATED))
    try:
        found = stream.decompress(packed, _INFLATED)
    except zlib.error:
        raise Broken("damaged_stream") from None
    if len(packed) == look.size and len(found) < _INFLATED and not stream.eof:
        raise Broken("cut_short")
