from ipaddress import ip_address

from vigie.tools.firewall import Opening
from vigie.tools.firewall.pf import ruleset

OPENING = Opening(peers=((ip_address("192.0.2.7"), 443),), resolvers=(ip_address("192.0.2.53"),))


def test_the_anchor_of_macos_lets_the_peers_through_and_drops_the_rest_last() -> None:
    lines = ruleset(OPENING).splitlines()
    assert "pass out quick proto tcp to 192.0.2.7 port 443 keep state" in lines
    assert "pass out quick proto { udp, tcp } to 192.0.2.53 port 53 keep state" in lines
    assert lines[-1] == "block drop quick all"
    assert sum(line.startswith("block") for line in lines) == 1
