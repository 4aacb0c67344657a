"""The counters of real network cards, in a network of their own."""

import json
import subprocess
import sys
import uuid
from collections.abc import Iterator

import pytest

from vigie.sensors.outflow import counters

SEND = """
import json, socket, sys
from vigie.sensors.outflow import counters
before = counters.sent()
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
    for _ in range(100):
        way.sendto(bytes(1000), ("10.97.5.2", 9))
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as way:
    for _ in range(100):
        way.sendto(bytes(1000), ("127.0.0.1", 9))
json.dump([counters.between(before, counters.sent()), sorted(before)], sys.stdout)
"""


def ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@pytest.fixture
def room() -> Iterator[str]:
    """Return the name of a network with one cable of its own."""
    name = f"out{uuid.uuid4().hex[:8]}"
    ip("netns", "add", name)
    try:
        inside = ("-n", name)
        ip(*inside, "link", "add", "cab0", "type", "veth", "peer", "name", "veth-far")
        ip(*inside, "addr", "add", "10.97.5.1/24", "dev", "cab0")
        ip(*inside, "link", "set", "lo", "up")
        ip(*inside, "link", "set", "cab0", "up")
        ip(*inside, "link", "set", "veth-far", "up")
        far = ("neigh", "add", "10.97.5.2", "lladdr", "02:00:00:00:05:02", "dev", "cab0")
        ip(*inside, *far)
        yield name
    finally:
        ip("netns", "del", name)


@pytest.mark.kernel
def test_what_leaves_by_a_card_is_counted_and_what_stays_inside_is_not(room: str) -> None:
    inside = ["ip", "netns", "exec", room, sys.executable, "-c", SEND]
    left, cards = json.loads(subprocess.run(inside, check=True, capture_output=True).stdout)
    assert cards == ["cab0"]
    assert 100_000 <= left <= 110_000  # a hundred packets, their headers, and some of the kernel's


def test_a_card_that_came_up_anew_counts_whole() -> None:
    assert counters.between({"eth0": 900}, {"eth0": 100}) == 100
    assert counters.between({"eth0": 900}, {"eth0": 950, "wlan0": 7}) == 57
    assert counters.between({"eth0": 900, "usb0": 5}, {"eth0": 900}) == 0
