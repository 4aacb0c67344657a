"""The list of shared folders: two questions of the server service, in and out ([MS-SRVS], DCE 1.1).

Only NetrShareEnum at level 1 (names, types, remarks) is spoken; no kept library speaks it without
bringing an attacker's whole workshop along.
"""

import struct
from collections.abc import Iterator

_SRVSVC = bytes.fromhex("c84f324b7016d30112785a47bf6ee188") + struct.pack("<HH", 3, 0)
_NDR = bytes.fromhex("045d888aeb1cc9119fe808002b104860") + struct.pack("<I", 2)
_BIND, _BIND_ACK, _REQUEST, _RESPONSE = 11, 12, 0, 2
_SHARE_ENUM = 15
_MOST = 256  # names
_FOLDER, _KIND = 0, 0x0FFFFFFF  # share types: a disk; without the flag of hidden ones


class NotListed(ValueError):
    """The server does not list its folders to a guest."""


def bind() -> bytes:
    """Return the question that opens the server service."""
    body = struct.pack("<HHIB3xHBx", 4280, 4280, 0, 1, 0, 1) + _SRVSVC + _NDR
    return _packet(_BIND, body)


def opened(untrusted: bytes) -> bool:
    """Return whether the service was opened."""
    return len(untrusted) > 2 and untrusted[2] == _BIND_ACK


def listing(server: str) -> bytes:
    """Return the question for all names, with what kind of thing each is."""
    name = ("\\\\" + server + "\0").encode("utf-16-le")
    count = len(name) // 2
    body = struct.pack("<IIII", 0x20000, count, 0, count) + name
    body += b"\0" * (-len(body) % 4)
    body += struct.pack("<II", 1, 1)  # level, and the switch of its union
    body += struct.pack("<III", 0x20004, 0, 0)  # an empty container
    body += struct.pack("<III", 0xFFFFFFFF, 0x20008, 0)  # as much as there is, from the start
    return _packet(_REQUEST, struct.pack("<IHH", len(body), 0, _SHARE_ENUM) + body)


def names(untrusted: bytes) -> Iterator[str]:
    """Yield the names of the folders in an answer. Raise NotListed for anything else."""
    if len(untrusted) < 48 or untrusted[2] != _RESPONSE:
        raise NotListed
    try:
        yield from _names(untrusted[24:])
    except struct.error as trouble:
        raise NotListed from trouble


def _names(body: bytes) -> Iterator[str]:
    # level, switch, pointer to the container, count, pointer to the rows, their number again
    _, _, container, count, rows, again = struct.unpack_from("<IIIIII", body)
    if not container or not rows or count != again or count > _MOST:
        raise NotListed
    kinds = [struct.unpack_from("<III", body, 24 + 12 * n)[1] for n in range(count)]
    at = 24 + 12 * count
    for kind in kinds:
        name, at = _string(body, at)
        _, at = _string(body, at)
        if kind & _KIND == _FOLDER and name:
            yield name


def _string(body: bytes, at: int) -> tuple[str, int]:
    """Return a conformant and varying string, and where the next one begins."""
    _, offset, count = struct.unpack_from("<III", body, at)
    end = at + 12 + 2 * count
    if offset or count > 1024 or end > len(body):
        raise NotListed
    text = body[at + 12 : end].decode("utf-16-le", "replace").rstrip("\0")
    return text, end + (-end % 4)


def _packet(kind: int, body: bytes) -> bytes:
    head = struct.pack("<BBBBIHHI", 5, 0, kind, 3, 0x10, 16 + len(body), 0, 1)
    return head + body
