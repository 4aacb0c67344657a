"""Only the practice's own private networks are looked at."""

from ipaddress import IPv4Network

import pytest

from vigie.sensors.network.networks import NotOurs, Ours, checked, to_watch

KNOWN = (
    Ours(IPv4Network("192.168.1.0/24"), "192.168.1.7"),
    Ours(IPv4Network("10.0.0.0/8"), "10.1.2.3"),
    Ours(IPv4Network("203.0.113.0/24"), "203.0.113.9"),
    Ours(IPv4Network("127.0.0.0/8"), "127.0.0.1"),
    Ours(IPv4Network("169.254.0.0/16"), "169.254.3.3"),
)


@pytest.mark.parametrize(
    "text", ["192.168.1.0/24", "192.168.1.20", "192.168.1.7/28", "10.1.2.0/24"]
)
def test_the_practices_own_networks_may_be_looked_at(text: str) -> None:
    assert checked([text], KNOWN) == (IPv4Network(text, strict=False),)


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.0/24",
        "203.0.113.0/24",  # the machine is on it, and it is public all the same
        "100.64.0.0/24",
        "192.0.2.0/24",
        "0.0.0.0/0",
        "192.168.2.0/24",
        "192.168.0.0/16",
        "172.16.0.0/24",
        "10.0.0.0/8",
        "2001:db8::/64",
        "192.168.1.0/33",
        "imprimante",
        "",
    ],
)
def test_everything_else_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(NotOurs) as refused:
        checked([text], KNOWN)
    assert str(refused.value).endswith(".")


def test_one_bad_network_stops_all_before_anybody_is_asked() -> None:
    with pytest.raises(NotOurs):
        checked(["192.168.1.0/24", "8.8.8.8"], KNOWN)


def test_public_and_huge_networks_are_not_watched_at_night() -> None:
    assert to_watch(KNOWN) == (IPv4Network("192.168.1.0/24"),)
