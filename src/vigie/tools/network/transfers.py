"""FTP and telnet: services that carry passwords as readable text, and some that ask for none."""

import re
from dataclasses import dataclass

from vigie.tools.network.dialling import Dialler, Line, NoAnswer

_ANSWER = re.compile(rb"^(\d{3}) ([^\r\n]{0,120})", re.MULTILINE)
_ASKED_NOTHING = {"230"}
_TLS_ONLY = {"421", "503", "504", "522", "530", "534", "550"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ftp:
    """What an FTP server said. `readable` is None where it offers encryption and may insist."""

    banner: str
    readable: bool | None


async def ftp(dialler: Dialler, address: str, port: int) -> Ftp:
    """Read the greeting and whether encryption is offered, or insisted on.

    Raise NoAnswer if nobody speaks FTP there.
    """
    async with dialler.line(address, port, patience=3.0) as line:
        code, banner = await _heard(line)
        if code != "220":
            raise NoAnswer
        readable: bool | None = True
        try:
            code, _ = await _said(line, b"AUTH TLS\r\n")
            readable = None if code == "234" else True
        except NoAnswer:
            return Ftp(banner=banner, readable=True)
    if readable is None:
        readable = await _speaks_plainly(dialler, address, port)
    return Ftp(banner=banner, readable=readable)


async def _speaks_plainly(dialler: Dialler, address: str, port: int) -> bool:
    """Return whether a name is taken without encryption; no password follows it."""
    async with dialler.line(address, port, patience=3.0) as line:
        await _heard(line)
        try:
            code, _ = await _said(line, b"USER vigie\r\n")
        except NoAnswer:
            return False
    return code not in _TLS_ONLY


async def lets_anybody_in(dialler: Dialler, address: str, port: int) -> bool:
    """Knock once as `anonymous`. Ask for consent before: it is a password, if an idle one.

    Raise NoAnswer if nobody speaks FTP there.
    """
    async with dialler.line(address, port, patience=4.0) as line:
        await _heard(line)
        try:
            code, _ = await _said(line, b"USER anonymous\r\n")
            if code == "331":
                code, _ = await _said(line, b"PASS vigie@\r\n")
        except NoAnswer:
            return False
    return code in _ASKED_NOTHING


async def _said(line: Line, words: bytes) -> tuple[str, str]:
    await line.say(words)
    return await _heard(line)


async def _heard(line: Line) -> tuple[str, str]:
    heard = b""
    for _ in range(20):
        heard += await line.until(b"\n")
        if found := _ANSWER.search(heard):
            return found[1].decode(), found[2].decode("latin-1").strip()
    raise NoAnswer


async def greeting(dialler: Dialler, address: str, port: int, *, patience: float) -> bytes:
    """Return what a server says before anybody asks; empty where it waits for a question."""
    try:
        async with dialler.line(address, port) as line:
            return await line.hear(256, patience=patience)
    except NoAnswer:
        return b""
