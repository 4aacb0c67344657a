"""Whatever a device answers, a reader returns a value or says that there is no answer."""

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable
from contextlib import closing, suppress
from ipaddress import IPv4Network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigie.sensors.network.markup import shown
from vigie.tools.network import (
    cameras,
    desktops,
    ipp,
    multicast_dns,
    shares,
    snmp,
    stores,
    transfers,
    upnp,
)
from vigie.tools.network.dialling import Dialler, NoAnswer
from vigie.tools.network.pages import Page

HERE = Dialler([IPv4Network("127.0.0.0/8")])
BYTES = st.binary(max_size=400)
ASKS: list[Callable[[int], Awaitable[object]]] = [
    lambda port: desktops.asks_before_session(HERE, "127.0.0.1", port),
    lambda port: desktops.screen_types(HERE, "127.0.0.1", port),
    lambda port: cameras.describe(HERE, "127.0.0.1", port),
    lambda port: transfers.ftp(HERE, "127.0.0.1", port),
    lambda port: stores.postgresql(HERE, "127.0.0.1", port),
    lambda port: stores.redis(HERE, "127.0.0.1", port),
    lambda port: stores.mongodb(HERE, "127.0.0.1", port),
    lambda port: stores.mqtt(HERE, "127.0.0.1", port),
    lambda port: stores.rsync(HERE, "127.0.0.1", port),
    lambda port: stores.memcached(HERE, "127.0.0.1", port),
]
NASTY = [
    b"",
    b"\0" * 64,
    b"\xff" * 64,
    b"RFB 003.008\n\xff",
    b"220 \r\n",
    b"R\xff\xff\xff\xff",
    b"RTSP/1.0 999999\r\n\r\n",
    b"@RSYNCD: \n",
    b"\x03\0\xff\xff",
    b"VERSION" + b"A" * 300,
]


@pytest.mark.parametrize("answer", NASTY)
@pytest.mark.parametrize("number", range(len(ASKS)))
def test_a_nasty_answer_ends_a_conversation_and_nothing_else(number: int, answer: bytes) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:

        def serve() -> None:
            with suppress(OSError):
                while True:
                    line, _ = listening.accept()
                    with line:
                        line.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()

        async def ask() -> None:
            with suppress(NoAnswer):
                async with asyncio.timeout(20):
                    await ASKS[number](listening.getsockname()[1])

        asyncio.run(ask())
        listening.close()


@given(BYTES)
@settings(max_examples=300)
def test_an_snmp_answer_may_be_anything(untrusted: bytes) -> None:
    answer = snmp._answer(untrusted)
    assert answer is None or isinstance(answer.community, str)


def test_an_snmp_question_is_no_answer() -> None:
    assert snmp._answer(snmp._question(1, "public", (snmp.DESCRIPTION,))) is None


@given(BYTES)
@settings(max_examples=300)
def test_an_announcement_may_be_anything(untrusted: bytes) -> None:
    assert isinstance(multicast_dns._read(untrusted), list)


@given(BYTES)
@settings(max_examples=300)
def test_an_ipp_answer_may_be_anything(untrusted: bytes) -> None:
    page = Page(
        status=200, content=untrusted, path="/", headers={"content-type": "application/ipp"}
    )
    with suppress(NoAnswer):
        answer = ipp._read(page)
        assert answer is None or "status-code" in answer
        ipp._queues(answer)


@given(BYTES)
@settings(max_examples=300)
def test_a_list_of_shares_may_be_anything(untrusted: bytes) -> None:
    with suppress(shares.NotListed):
        assert all(isinstance(name, str) for name in shares.names(untrusted))


def test_a_list_of_shares_is_read() -> None:
    def text(value: str) -> bytes:
        packed = (value + "\0").encode("utf-16-le")
        count = len(packed) // 2
        return struct.pack("<III", count, 0, count) + packed + b"\0" * (-len(packed) % 4)

    rows = b"".join(struct.pack("<III", 1, kind, 1) for kind in (0, 3 | 0x80000000, 0x80000000))
    body = struct.pack("<IIIIII", 1, 1, 2, 3, 4, 3) + rows
    for name in ("Public", "IPC$", "C$"):
        body += text(name) + text("")
    packet = struct.pack("<BBBBIHHI", 5, 0, 2, 3, 0x10, 24 + len(body), 0, 1) + b"\0" * 8 + body
    assert list(shares.names(packet)) == ["Public", "C$"]


@given(st.text(max_size=300))
@settings(max_examples=200)
def test_a_description_may_be_anything(text: str) -> None:
    assert isinstance(upnp._tag(text, "NewExternalPort"), str)
    assert all(one.outside >= 0 for one in upnp._mapping(text))


BROKEN = b"<form><input><select name=a><frame src='http://[x'><meta http-equiv=refresh>"


@given(BYTES | st.just(BROKEN))
@settings(max_examples=200)
def test_a_page_may_be_anything(untrusted: bytes) -> None:
    page = Page(status=200, content=untrusted, path="/")
    assert shown(page, "192.168.1.9", 80, tls=False).status == 200
