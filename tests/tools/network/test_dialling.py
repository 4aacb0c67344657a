"""No byte goes where it would print, and none outside the practice."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from ipaddress import IPv4Network

import pytest

from vigie.tools.network.dialling import SILENT, Dialler, NoAnswer, NotAllowed, Reach
from vigie.tools.network.neighbours.arp import rows
from vigie.tools.network.pages import Web, within

HERE = Dialler([IPv4Network("127.0.0.0/8")])


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        yield listening


def port_of(listening: socket.socket) -> int:
    port: int = listening.getsockname()[1]
    return port


async def speak(dialler: Dialler, address: str, port: int) -> None:
    async with dialler.line(address, port) as line:
        await line.say(b"x")


@pytest.mark.parametrize("port", sorted(SILENT))
def test_ports_that_print_hear_nothing(port: int) -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(speak(HERE, "127.0.0.1", port))


def test_every_port_of_the_rule_is_silent() -> None:
    rule = {515, 9999, *range(9100, 9108), *range(9112, 9117)}
    assert rule == SILENT


@pytest.mark.parametrize("address", ["8.8.8.8", "192.168.1.1", "not an address", "::1"])
def test_nobody_outside_is_dialled(address: str) -> None:
    with pytest.raises(NotAllowed):
        asyncio.run(speak(HERE, address, 80))
    with pytest.raises(NotAllowed):
        asyncio.run(HERE.touch(address, 80))


def test_a_page_of_a_printing_port_is_never_asked_for() -> None:
    async def ask() -> None:
        async with Web(HERE) as web:
            await web.get("127.0.0.1", 9100, "/")

    with pytest.raises(NotAllowed):
        asyncio.run(ask())


def test_a_touch_sends_nothing(door: socket.socket) -> None:
    heard: list[bytes] = []

    def listen() -> None:
        line, _ = door.accept()
        with line:
            line.settimeout(5)
            heard.append(line.recv(100))

    thread = threading.Thread(target=listen)
    thread.start()
    assert asyncio.run(HERE.touch("127.0.0.1", port_of(door), linger=True)) is Reach.OPEN
    thread.join()
    assert heard == [b""]


def test_a_filter_that_hangs_up_is_told_from_a_printer(door: socket.socket) -> None:
    def hang_up() -> None:
        line, _ = door.accept()
        line.close()

    thread = threading.Thread(target=hang_up)
    thread.start()
    reach = asyncio.run(HERE.touch("127.0.0.1", port_of(door), linger=True))
    thread.join()
    assert reach is Reach.HUNG_UP


def test_a_closed_port_is_closed(door: socket.socket) -> None:
    port = port_of(door)
    door.close()
    assert asyncio.run(HERE.touch("127.0.0.1", port)) is Reach.CLOSED


def test_an_endless_answer_is_cut_off(door: socket.socket) -> None:
    def flood() -> None:
        with suppress(OSError):
            line, _ = door.accept()
            with line:
                line.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n")
                while True:
                    line.sendall(b"x" * 65_536)

    threading.Thread(target=flood, daemon=True).start()

    async def ask() -> int:
        async with Web(HERE) as web:
            return len((await web.get("127.0.0.1", port_of(door), "/")).content)

    assert asyncio.run(ask()) <= 512 * 1024


def test_silence_ends_a_conversation(door: socket.socket) -> None:
    async def wait() -> None:
        async with HERE.line("127.0.0.1", port_of(door), patience=0.1) as line:
            await line.hear()

    with pytest.raises(NoAnswer):
        asyncio.run(wait())


@pytest.mark.parametrize(
    ("link", "onward"),
    [
        ("/a?b=1", "/a?b=1"),
        ("c.html", "/dir/c.html"),
        ("http://192.168.1.9:8080/x", "/x"),
        ("http://192.168.1.9:9100/x", None),
        ("http://8.8.8.8:8080/x", None),
        ("https://192.168.1.9:8080/x", None),
        ("javascript:void(0)", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_a_link_is_followed_only_at_the_same_place(link: str, onward: str | None) -> None:
    assert within("/dir/page.html", link, "192.168.1.9", 8080, tls=False) == onward


def test_other_systems_tables_are_read() -> None:
    mac = "? (192.168.1.1) at 0:1e:8f:a:b:c on en0 ifscope [ethernet]\n"
    windows = "  192.168.1.7          00-80-77-01-02-03     dynamique\n"
    assert rows(mac + windows) == {
        "192.168.1.1": "00:1e:8f:0a:0b:0c",
        "192.168.1.7": "00:80:77:01:02:03",
    }
