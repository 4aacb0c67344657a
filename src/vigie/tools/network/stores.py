"""Databases, brokers and file services, asked as somebody who shows no password.

Each is asked one harmless thing that only a stranger who was let in gets an answer to. None is
logged in to with a password, and nothing is read from what they keep.
"""

import re
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from vigie.tools.network.dialling import Dialler, Line, NoAnswer

_OURS = re.compile(rb"[\x20-\x7e]{1,60}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """What somebody without a password is to it. `product` names it, `said` is its answer."""

    product: str
    lets_in: bool
    said: str = ""
    version: str = ""


async def postgresql(dialler: Dialler, address: str, port: int) -> Store:
    """Begin as `postgres`: AuthenticationOk (R 0) comes to whoever needs no password."""
    answer = await _startup(dialler, address, port, tls=False)
    if answer is None:
        answer = await _startup(dialler, address, port, tls=True)
    if answer is None:
        return Store(product="PostgreSQL", lets_in=False, said="pg_hba")
    said = "AuthenticationOk" if answer == 0 else f"Authentication {answer}"
    return Store(product="PostgreSQL", lets_in=answer == 0, said=said)


async def _startup(dialler: Dialler, address: str, port: int, *, tls: bool) -> int | None:
    """Return the kind of authentication asked for, None for a refusal. Raise NoAnswer."""
    words = b"user\0postgres\0database\0postgres\0application_name\0vigie\0\0"
    async with dialler.line(address, port) as line:
        if tls:
            await line.say(struct.pack(">II", 8, 80877103))
            if await line.exactly(1) != b"S":
                return None
            await dialler.upgraded(line)
        await line.say(struct.pack(">II", 8 + len(words), 196608) + words)
        kind = await line.exactly(1)
        (size,) = struct.unpack(">I", await line.exactly(4))
        if kind == b"E" and size < 4096:
            return None
        if kind not in {b"R", b"v"} or not 8 <= size < 4096:
            raise NoAnswer
        body = await line.exactly(size - 4)
        return int(struct.unpack_from(">I", body)[0]) if kind == b"R" else None


async def redis(dialler: Dialler, address: str, port: int) -> Store:
    """PING: `+PONG` comes to whoever may do everything, `-NOAUTH` to the others."""
    async with dialler.line(address, port) as line:
        await line.say(b"*1\r\n$4\r\nPING\r\n")
        said = await line.hear(128)
    if not said.startswith((b"+PONG", b"-NOAUTH", b"-DENIED", b"-NOPERM")):
        raise NoAnswer
    return Store(product="Redis", lets_in=said.startswith(b"+PONG"), said=_clean(said))


async def memcached(dialler: Dialler, address: str, port: int) -> Store:
    """Ask its version: it knows no passwords, whoever hears the answer may read and write."""
    async with dialler.line(address, port) as line:
        await line.say(b"version\r\n")
        said = await line.hear(128)
    if not said.startswith(b"VERSION "):
        raise NoAnswer
    return Store(product="memcached", lets_in=True, said=_clean(said))


async def mongodb(dialler: Dialler, address: str, port: int) -> Store:
    """ListDatabases by name only: it needs a login as soon as logins exist (OP_MSG)."""
    document = (
        _bson_int("listDatabases", 1) + _bson_true("nameOnly") + b"\x02$db\0\x06\0\0\0admin\0"
    )
    body = b"\0\0\0\0\0" + struct.pack("<i", len(document) + 5) + document + b"\0"
    async with dialler.line(address, port) as line:
        await line.say(struct.pack("<iiii", 16 + len(body), 1, 0, 2013) + body)
        size, _, _, operation = struct.unpack("<iiii", await line.exactly(16))
        if operation != 2013 or not 21 < size < 200_000:
            raise NoAnswer
        answer = await line.exactly(size - 16)
    if b"ok\0" not in answer:
        raise NoAnswer
    return Store(product="MongoDB", lets_in=b"\x04databases\0" in answer, said="listDatabases")


async def mqtt(dialler: Dialler, address: str, port: int) -> Store:
    """CONNECT without a name or a password: return code 0 lets in, 4 and 5 do not."""
    client = b"vigie"
    body = b"\0\4MQTT\4\2\0\x0a" + struct.pack(">H", len(client)) + client
    async with dialler.line(address, port) as line:
        await line.say(bytes([0x10, len(body)]) + body)
        answer = await line.exactly(4)
        if answer[:2] != b"\x20\x02":
            raise NoAnswer
        await line.say(b"\xe0\0")
    return Store(product="MQTT", lets_in=answer[3] == 0, said=f"CONNACK {answer[3]}")


async def rsync(dialler: Dialler, address: str, port: int) -> Store:
    """List the modules, and open the first: `@RSYNCD: OK` asks for no password."""
    async with dialler.line(address, port) as line:
        hello = await line.until(b"\n")
        if not hello.startswith(b"@RSYNCD: "):
            raise NoAnswer
        await line.say(b"@RSYNCD: 31.0\n#list\n")
        listed = await _lines(line)
    modules = [row.split(b"\t")[0].strip() for row in listed if not row.startswith(b"@")]
    if not modules or not modules[0]:
        return Store(product="rsync", lets_in=False, said=_clean(hello))
    async with dialler.line(address, port) as line:
        await line.until(b"\n")
        await line.say(b"@RSYNCD: 31.0\n" + modules[0] + b"\n")
        answer = await line.until(b"\n")
    return Store(product="rsync", lets_in=answer.startswith(b"@RSYNCD: OK"), said=_clean(answer))


Asks = Callable[[Dialler, str, int], Awaitable[Store]]


async def _lines(line: Line) -> list[bytes]:
    rows: list[bytes] = []
    for _ in range(100):
        try:
            row = await line.until(b"\n")
        except NoAnswer:
            break
        rows.append(row)
        if row.startswith(b"@RSYNCD: EXIT"):
            break
    return rows


def _bson_int(name: str, value: int) -> bytes:
    return b"\x10" + name.encode() + b"\0" + struct.pack("<i", value)


def _bson_true(name: str) -> bytes:
    return b"\x08" + name.encode() + b"\0\1"


def _clean(said: bytes) -> str:
    found = _OURS.match(said)
    return found[0].decode().strip() if found else ""
