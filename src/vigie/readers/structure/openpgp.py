"""OpenPGP messages: a walk of the packets to the last byte (RFC 9580)."""

from collections.abc import Iterator

from vigie.domain.evidence.structure import Kind
from vigie.readers.structure.look import Broken, Look

_ARMOUR = b"-----BEGIN PGP "
_SESSION_KEYS = frozenset({1, 3})  # for a public key, for a password
_SEALED_DATA = frozenset({9, 18, 20})
_VERSIONS = {1: {2, 3, 6}, 3: {4, 5, 6}, 18: {1, 2}, 20: {1}}
_MOST_PACKETS = 4096


def armoured(head: bytes) -> bool:
    """Return whether a text is an OpenPGP message in letters."""
    return head.startswith(_ARMOUR)


def sealed_message(look: Look) -> bool:
    """Return whether the bytes are session keys followed by sealed data, up to the last byte."""
    try:
        tags = list(_packets(look))
    except Broken:
        return False
    keys = [tag for tag in tags if tag in _SESSION_KEYS]
    if not keys or tags[: len(keys)] != keys or tags[len(keys) :][:1] == []:
        return False
    if len(tags) != len(keys) + 1 or tags[-1] not in _SEALED_DATA:
        return False
    look.kind = Kind.OPENPGP
    look.sealed = True
    return True


def _packets(look: Look) -> Iterator[int]:
    position = 0
    while position < look.size:
        first = look.at(position, 1)[0]
        if not first & 0x80:
            raise Broken("stray_packet")
        tag = first & 0x3F if first & 0x40 else (first >> 2) & 0x0F
        walk = _new_length if first & 0x40 else _old_length
        start, position = walk(look, position, first)
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
        if size < 192:  # noqa: PLR2004  (RFC 9580, 4.2.1)
            start, length = position + 1, size
        elif size < 224:  # noqa: PLR2004
            start, length = position + 2, ((size - 192) << 8) + look.at(position + 1, 1)[0] + 192
        elif size == 255:  # noqa: PLR2004
            start, length = position + 5, int.from_bytes(look.at(position + 1, 4), "big")
        else:
            body = body or position + 1
            position += 1 + (1 << (size & 0x1F))
            continue
        return body or start, start + length
    raise Broken("endless")
