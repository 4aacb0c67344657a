"""The narrow way between a cell and its keeper: short JSON messages, and one descriptor along."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_LENGTH = struct.Struct(">I")


class ChannelBroken(Exception):
    """The other side is gone, or said something that is no message."""


def send(end: socket.socket, message: Mapping[str, Any], descriptor: int | None = None) -> None:
    """Send one message, and a descriptor with it. Raise OSError if the other side is gone."""
    body = json.dumps(message).encode()
    raw = _LENGTH.pack(len(body)) + body
    sent = end.send(raw) if descriptor is None else socket.send_fds(end, [raw], [descriptor])
    if sent < len(raw):
        end.sendall(raw[sent:])


def receive(end: socket.socket, most: int) -> tuple[dict[str, Any], int | None]:
    """Return the next message of at most `most` bytes, and the descriptor that came with it.

    Raise ChannelBroken for anything else, TimeoutError when the socket's own time is over.
    """
    raw, descriptors, _flags, _address = socket.recv_fds(end, _LENGTH.size, 1)
    descriptor = descriptors[0] if descriptors else None
    if not raw:
        raise ChannelBroken("gone")
    raw = _exactly(end, _LENGTH.size, raw)
    (length,) = _LENGTH.unpack(raw)
    if length > most:
        raise ChannelBroken("too_long")
    try:
        message = json.loads(_exactly(end, length, b""))
    except (ValueError, RecursionError) as trouble:
        raise ChannelBroken("no_message") from trouble
    if not isinstance(message, dict):
        raise ChannelBroken("no_message")
    return message, descriptor


def _exactly(end: socket.socket, length: int, raw: bytes) -> bytes:
    pieces, missing = [raw], length - len(raw)
    while missing:
        piece = end.recv(min(missing, 1 << 16))
        if not piece:
            raise ChannelBroken("gone")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
