"""RDP and VNC: does a screen open without a password? Neither is ever logged in to.

RDP: the server's choice of security in the first packet (MS-RDPBCGR 2.2.1.2); VNC: the types of
security it offers (RFC 6143, 7.1.2). One handshake each: some count them.
"""

import struct

from vigie.tools.network.dialling import Dialler, NoAnswer

_PLAIN, _TLS = 0, 1  # requestedProtocols
_RESPONSE, _FAILURE = 2, 3
_NLA = 2 | 8  # PROTOCOL_HYBRID, PROTOCOL_HYBRID_EX
_TLS_WANTED, _TLS_UNKNOWN = 1, 2  # failure codes: SSL_REQUIRED_BY_SERVER, SSL_NOT_ALLOWED
_CONFIRM = 0xD0
_NO_PASSWORD = 1


async def asks_before_session(dialler: Dialler, address: str, port: int) -> bool | None:
    """Return whether RDP wants a password before it shows a session (NLA), None if not RDP."""
    kind, value = await _choice(dialler, address, port, _PLAIN)
    if kind == _FAILURE and value == _TLS_WANTED:
        kind, value = await _choice(dialler, address, port, _TLS)
    if kind == _FAILURE:
        return value not in {_TLS_WANTED, _TLS_UNKNOWN}
    if kind == _RESPONSE and value & _NLA:
        return True
    return None if kind < 0 else False


async def _choice(dialler: Dialler, address: str, port: int, wish: int) -> tuple[int, int]:
    """Return the kind of the server's answer and its value; (0, 0) for a server without choice."""
    wishes = struct.pack("<BBHI", 1, 0, 8, wish)
    request = bytes([6 + len(wishes), 0xE0, 0, 0, 0, 0, 0]) + wishes
    packet = struct.pack(">BBH", 3, 0, 4 + len(request)) + request
    try:
        async with dialler.line(address, port) as line:
            await line.say(packet)
            head = await line.exactly(4)
            version, _, size = struct.unpack(">BBH", head)
            if version != 3 or not 11 <= size <= 512:
                return (-1, 0)
            body = await line.exactly(size - 4)
    except NoAnswer:
        return (-1, 0)
    if body[1] & 0xF0 != _CONFIRM:
        return (-1, 0)
    if len(body) < 15:
        return (0, 0)
    kind, _, _, value = struct.unpack_from("<BBHI", body, 7)
    return (kind, value)


async def screen_types(dialler: Dialler, address: str, port: int) -> tuple[str, tuple[int, ...]]:
    """Return VNC's version and the security types it offers. Raise NoAnswer if it is not VNC."""
    async with dialler.line(address, port) as line:
        version = await line.exactly(12)
        if not version.startswith(b"RFB "):
            raise NoAnswer
        said = version.decode("ascii", "replace").strip()
        old = version[8:11] == b"003" and version[4:7] == b"003"
        await line.say(b"RFB 003.003\n" if old else b"RFB 003.008\n")
        if old:
            (kind,) = struct.unpack(">I", await line.exactly(4))
            return said, (kind,) if kind else ()
        (count,) = await line.exactly(1)
        return said, tuple(await line.exactly(count)) if count else ()


def opens(types: tuple[int, ...]) -> bool:
    """Return whether anybody may look."""
    return _NO_PASSWORD in types
