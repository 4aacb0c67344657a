"""OpenPGP messages: a walk of the packets to the last byte (RFC 9580)."""

from collections.abc import Iterator

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look

_LETTERS = bytes({*range(0x20, 0x7F), *range(0x80, 0x100), *b"\t\r\n"})
ARMOUR = b"-----BEGIN PGP "
_KEYS, _SEALED_DATA = {1, 3}, {9, 18, 20}  # session keys; what they open
_VERSIONS = {
    1: {2, 3, 6},
    2: {3, 4, 6},
    3: {4, 5, 6},
    5: {3, 4, 6},
    6: {3, 4, 6},
    18: {1, 2},
    20: {1},
}
# What may begin a key, a key ring or a signature kept beside its document.
_RINGS = {2, 5, 6}
_IN_RINGS = {2, 5, 6, 7, 12, 13, 14, 17, 21}
_MOST_PACKETS = 4096
# A walk that ends on the last byte is the proof; a shorter file could do so by chance.
_SHORTEST = 32


def armoured(look: Look) -> None:
    """Check a message, a key or a signature in letters: legible, with its last line."""
    head = look.upto(0, min(look.size, look.left // 2))
    look.kind = Kind.OPENPGP
    look.sealed = head.startswith(ARMOUR + b"MESSAGE")
    if len(head.translate(None, _LETTERS)):
        raise Broken("illegible")
    if b"-----END PGP " not in look.tail(1024):
        raise Broken("cut_short")


def packets(look: Look) -> bool:
    """Return whether the bytes are a sealed message, keys or a signature, up to the last byte."""
    try:
        tags = list(_packets(look)) if look.size >= _SHORTEST else []
    except Broken:
        return False
    opened = [tag for tag in tags if tag not in _KEYS]
    message = len(opened) == 1 < len(tags) and opened[0] in _SEALED_DATA and tags[-1] == opened[0]
    ring = bool(tags) and tags[0] in _RINGS and set(tags) <= _IN_RINGS
    if message or ring:
        look.kind = Kind.OPENPGP
        look.sealed = message
    return message or ring


def _packets(look: Look) -> Iterator[int]:
    position = 0
    for _ in range(_MOST_PACKETS):
        if position >= look.size:
            break
        first = look.at(position, 1)[0]
        if not first & 0x80:
            raise Broken("stray_packet")
        tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
        walk = _new_length if first & 0x40 else _old_length
        start, position = walk(look, position, first)
        if tag not in _VERSIONS and tag not in _IN_RINGS | _SEALED_DATA:
            raise Broken("stray_packet")
        if tag in _VERSIONS and look.at(start, 1)[0] not in _VERSIONS[tag]:
            raise Broken("stray_packet")
        yield tag
    if position != look.size:
        raise Broken("cut_short")


def _old_length(look: Look, position: int, first: int) -> tuple[int, int]:
    width = {0: 1, 1: 2, 2: 4, 3: 0}[first & 3]
    start = position + 1 + width
    if not width:
        return start, look.size
    return start, start + int.from_bytes(look.at(position + 1, width), "big")


def _new_length(look: Look, position: int, _: int) -> tuple[int, int]:
    position += 1
    body = 0
    for _step in range(_MOST_PACKETS):
        size = look.at(position, 1)[0]
        if size < 192:
            start, length = position + 1, size
        elif size < 224:
            start, length = position + 2, ((size - 192) << 8) + look.at(position + 1, 1)[0] + 192
        elif size == 255:
            start, length = position + 5, int.from_bytes(look.at(position + 1, 4), "big")
        else:
            body = body or position + 1
            position += 1 + (1 << (size & 0x1F))
            continue
        return body or start, start + length
    raise Broken("endless")
