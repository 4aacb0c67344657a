from ipaddress import ip_address

from vigie.tools.firewall import Opening
from vigie.tools.firewall.netsh import shutting

OPENING = Opening(peers=((ip_address("192.0.2.7"), 443),), resolvers=(ip_address("192.0.2.53"),))


def test_windows_is_told_to_block_first_and_then_to_let_the_peers_through() -> None:
    commands = [" ".join(words) for words in shutting(OPENING)]
    assert commands[1] == "set allprofiles firewallpolicy blockinbound,blockoutbound"
    assert commands[2] == "firewall delete rule name=all"
    allowed = [c for c in commands if "action=allow" in c]
    assert len(allowed) == 4
    assert any("remoteip=192.0.2.7 protocol=tcp remoteport=443" in c for c in allowed)
    assert any("remoteip=192.0.2.53 protocol=udp remoteport=53" in c for c in allowed)
    assert all("dir=out" in c for c in allowed)
