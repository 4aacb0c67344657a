import subprocess
from ipaddress import ip_address

import pytest
from two_machines import two_machines

from vigie.tools.firewall import FirewallFailed, Opening
from vigie.tools.firewall.nftables import Nftables, ruleset

WIDE = Opening(
    peers=((ip_address("192.0.2.7"), 443), (ip_address("2001:db8::7"), 8443)),
    resolvers=(ip_address("192.0.2.53"), ip_address("2001:db8::53")),
)


def test_everything_is_dropped_that_is_not_named() -> None:
    assert ruleset(Opening()).count("policy drop") == 3
    assert "443" not in ruleset(Opening())


@pytest.mark.kernel
@pytest.mark.parametrize("opening", [Opening(), WIDE])
def test_the_kernel_takes_the_rules_and_shows_them_again(opening: Opening) -> None:
    with two_machines() as machines:
        firewall = Nftables(machines.nft)
        assert not firewall.is_shut()
        firewall.shut(opening)
        firewall.shut(opening)
        assert firewall.is_shut()
        shown = firewall._run("list", "ruleset")
        assert all(str(address) in shown for address, _ in opening.peers)
        firewall.reopen()
        firewall.reopen()
        assert not firewall.is_shut()


@pytest.mark.kernel
def test_what_the_system_refuses_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> "subprocess.CompletedProcess[str]":
        return subprocess.CompletedProcess([], 1, "", "Operation not permitted (you must be root)")

    monkeypatch.setattr(subprocess, "run", refused)
    with pytest.raises(FirewallFailed) as failed:
        Nftables().is_shut()
    assert failed.value.reason == "no_permission"
