"""The narrow way between a cell and its keeper: short JSON messages, and one descriptor along."""

import json
import socket
import struct
from collections.abc import Mapping
from typing import Any

_LENGTH = struct.Struct(">I")


class ChannelBroken(Exception):
    """The other side is gone, or said something that is no message."""


def send(end: socket.socket, message: Mapping[str, Any], *descriptors: int | None) -> None:
    """Send one message, and descriptors with it. Raise OSError if the other side is gone."""
    given = [descriptor for descriptor in descriptors if descriptor is not None]
    body = json.dumps(message).encode()
    raw = _LENGTH.pack(len(body)) + body
    sent = socket.send_fds(end, [raw], given) if given else end.send(raw)
    if sent < len(raw):
        end.sendall(raw[sent:])


def receive(end: socket.socket, most: int) -> tuple[dict[str, Any], int | None]:
    """Return the next message of at most `most` bytes, and the descriptor that came with it.

    Raise ChannelBroken for anything else, TimeoutError when the socket's own time is over.
    """
    message, descriptors = receive_all(end, most, 1)
    return message, descriptors[0] if descriptors else None


def receive_all(end: socket.socket, most: int, count: int) -> tuple[dict[str, Any], list[int]]:
    """Return the same, with at most `count` descriptors."""
    raw, descriptors, _flags, _address = socket.recv_fds(end, _LENGTH.size, count)
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
    return message, list(descriptors)


def _exactly(end: socket.socket, length: int, raw: bytes) -> bytes:
    pieces, missing = [raw], length - len(raw)
    while missing:
        piece = end.recv(min(missing, 1 << 16))
        if not piece:
            raise ChannelBroken("gone")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)
