"""RTSP: does a camera describe its picture to anybody? DESCRIBE starts no stream (RFC 2326)."""

import re
from dataclasses import dataclass

from vigie.tools.network.dialling import Dialler, Line, NoAnswer

# Where makers keep their first stream; nothing of it is played.
PATHS = (
    "/",
    "/live",
    "/stream1",
    "/live/ch00_0",
    "/Streaming/Channels/101",
    "/cam/realmonitor?channel=1&subtype=0",
    "/axis-media/media.amp",
    "/h264Preview_01_main",
    "/videoMain",
    "/onvif1",
    "/live.sdp",
    "/h264",
)
_STATUS = re.compile(rb"RTSP/1\.\d (\d{3})")
_SERVER = re.compile(rb"^server:\s*([^\r\n]{1,80})", re.IGNORECASE | re.MULTILINE)
_ASKS = {401, 403}


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a camera answered: `shows` is None where no known path leads to a picture."""

    shows: bool | None
    path: str = ""
    server: str = ""


async def describe(dialler: Dialler, address: str, port: int) -> Described:
    """Ask for one description after the other, until one is given or a password is asked for.

    Raise NoAnswer if nobody speaks RTSP there.
    """
    server = ""
    spoke = False
    for path in PATHS:
        try:
            async with dialler.line(address, port) as line:
                await line.say(_question(address, port, path))
                head = await line.until(b"\r\n\r\n")
                status, server = _head(head, server)
                spoke = True
                if status in _ASKS:
                    return Described(shows=False, path=path, server=server)
                sdp = b"application/sdp" in head.lower()
                if status == 200 and (sdp or await _describes(line)):
                    return Described(shows=True, path=path, server=server)
        except NoAnswer:
            if not spoke:
                raise
    return Described(shows=None, server=server)


async def _describes(line: Line) -> bool:
    try:
        body = await line.hear(patience=0.5)
    except NoAnswer:
        return False
    return body.startswith(b"v=0") or b"\nm=" in body


def _question(address: str, port: int, path: str) -> bytes:
    return (
        f"DESCRIBE rtsp://{address}:{port}{path} RTSP/1.0\r\nCSeq: 1\r\n"
        "Accept: application/sdp\r\nUser-Agent: Vigie\r\n\r\n"
    ).encode()


def _head(head: bytes, server: str) -> tuple[int, str]:
    status = _STATUS.match(head)
    if status is None:
        raise NoAnswer
    named = _SERVER.search(head)
    return int(status[1]), named[1].decode("latin-1").strip() if named else server
