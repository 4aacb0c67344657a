"""The agent looks at the network unless it is told not to, and never beyond what was agreed."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from vigie.agent.loop import Agent
from vigie.agent.network_watch import _from_outside, network_watch
from vigie.agent.settings import BadSettings, parse
from vigie.guards.open_printer.scenes import device
from vigie.sensors.network.inventory import INVENTORY, Inventory

PRACTICE = '[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'


def agent(home: Path, text: str = "") -> Agent:
    return Agent(parse(PRACTICE + text), home)


def test_by_default_it_looks_and_tries_no_password_and_asks_nobody_outside(tmp_path: Path) -> None:
    watch = network_watch(agent(tmp_path), tmp_path)
    assert watch is not None
    assert (watch.duty.consent, watch.duty.networks) == (False, ())
    assert watch.duty.outside([80]) is None


def test_the_settings_decide(tmp_path: Path) -> None:
    text = (
        '[network]\nnetworks = ["192.168.1.7/24"]\ntry_default_passwords = true\n'
        '[network.names]\n"00:80:77:01:02:03" = "Imprimante de l’accueil"\n'
    )
    watch = network_watch(agent(tmp_path, text), tmp_path)
    assert watch is not None
    assert (watch.duty.consent, watch.duty.networks) == (True, ("192.168.1.0/24",))
    assert watch.duty.seeing.names == {"00:80:77:01:02:03": "Imprimante de l’accueil"}


def test_it_can_be_left_out(tmp_path: Path) -> None:
    assert network_watch(agent(tmp_path, "[network]\nscan = false\n"), tmp_path) is None


@pytest.mark.parametrize("row", ['networks = ["printer"]', "names = 3", 'scan = "yes"'])
def test_a_wrong_setting_is_one_sentence(row: str) -> None:
    with pytest.raises(BadSettings):
        parse(f"{PRACTICE}[network]\n{row}\n")


def test_nobody_is_new_before_the_first_night(tmp_path: Path) -> None:
    text = '[network]\nnetworks = ["127.0.0.0/30"]\n'
    watch = network_watch(agent(tmp_path, text), tmp_path)
    assert watch is not None
    assert watch.sensor._known() is None
    with closing(Inventory(tmp_path / INVENTORY)) as inventory:
        inventory.keep(["127.0.0.0/30"], [device()], datetime.now(UTC))
    assert watch.sensor._known() == {"00:80:77:01:02:03"}


def test_a_console_that_talks_nonsense_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = agent(tmp_path)
    said: list[bytes | None] = [
        None, b"", b"{", b'{"looked": true, "open": [70000]}', b'{"looked": false}',
        b'{"looked": true, "open": [80, 81]}',
    ]  # fmt: skip
    monkeypatch.setattr(one.console, "ask", lambda *_: said.pop(0))
    answers = [_from_outside(one, [80, 443]) for _ in range(6)]
    assert answers == [None, None, None, None, None, frozenset({80})]
