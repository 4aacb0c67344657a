import socket
import threading
from contextvars import copy_context
from ipaddress import ip_network

import pytest
from receivers import LOOPBACK, web_receiver

from vigie.console import outgoing
from vigie.console.outgoing import NotOutward, may_reach, networks, outward


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "192.168.1.20",
        "169.254.169.254",
        "0.0.0.0",  # noqa: S104  (an address that is refused)
        "224.0.0.1",
        "::1",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:7f00:1::1",
        "localhost",
        "",
    ],
)
def test_what_lies_inside_is_not_reached(address: str) -> None:
    assert not may_reach(address)


def test_the_open_network_is_reached_and_what_the_host_names() -> None:
    assert may_reach("9.9.9.9")
    assert may_reach("2620:fe::fe")
    assert may_reach("192.168.1.20", networks("192.168.1.0/24, fd00::/8"))
    assert may_reach("fd00::7", networks("192.168.1.0/24 fd00::/8"))
    assert not may_reach("192.168.2.20", networks("192.168.1.0/24"))
    with pytest.raises(ValueError, match="not appear"):
        networks("ntfy.local")


def test_a_connection_is_looked_at_when_it_is_made_whatever_the_name_said() -> None:
    with web_receiver() as receiver:
        with outward(), pytest.raises(NotOutward):
            socket.create_connection(("localhost", receiver.port), timeout=5)
        with outward(LOOPBACK):
            socket.create_connection(("127.0.0.1", receiver.port), timeout=5).close()
        socket.create_connection(("127.0.0.1", receiver.port), timeout=5).close()


def test_other_threads_go_on_reaching_the_database_meanwhile() -> None:
    reached: list[bool] = []

    def connect(port: int) -> None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            reached.append(True)
        except NotOutward:
            reached.append(False)

    with web_receiver() as receiver, outward():
        other = threading.Thread(target=connect, args=(receiver.port,))
        other.start()
        other.join()
        carried = threading.Thread(target=copy_context().run, args=(connect, receiver.port))
        carried.start()
        carried.join()
    assert reached == [True, False]


def test_a_datagram_does_not_slip_through() -> None:
    with outward(), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as line:
        with pytest.raises(NotOutward):
            line.sendto(b"x", ("127.0.0.1", 9))
        with pytest.raises(NotOutward):
            line.connect(("10.0.0.1", 9))
    assert outgoing.may_reach("10.0.0.1", [ip_network("10.0.0.0/8")])
