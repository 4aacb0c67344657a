from ipaddress import ip_address
from pathlib import Path

from vigie.tools.firewall import Peer, opening_for


def test_peers_are_found_by_address_and_by_name_and_the_unknown_are_left_out() -> None:
    peers = [Peer("192.0.2.7", 443), Peer("localhost", 8000), Peer("nobody.invalid", 443)]
    opening = opening_for(peers, ())
    assert (ip_address("192.0.2.7"), 443) in opening.peers
    assert {port for _, port in opening.peers} == {443, 8000}


def test_at_once_asks_nobody_for_a_name() -> None:
    peers = [Peer("192.0.2.7", 443), Peer("localhost", 8000), Peer("2001:db8::7", 443)]
    assert [str(a) for a, _ in opening_for(peers, (), at_once=True).peers] == [
        "192.0.2.7",
        "2001:db8::7",
    ]


def test_resolvers_are_those_of_the_system_and_nothing_else(tmp_path: Path) -> None:
    stub, real = tmp_path / "stub", tmp_path / "real"
    stub.write_text("# by hand\nnameserver 127.0.0.53\nsearch cabinet.lan\noptions edns0\n")
    real.write_text("nameserver 192.168.1.1\nnameserver fe80::1%eth0\nnameserver nonsense\n")
    opening = opening_for([], (stub, real, tmp_path / "absent"))
    assert [str(address) for address in opening.resolvers] == [
        "127.0.0.53",
        "192.168.1.1",
        "fe80::1",
    ]
