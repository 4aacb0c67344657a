import psutil
import pytest

from vigie.tools import own_battery
from vigie.tools.nut import NutFailed
from vigie.tools.own_battery import said_of


def test_a_plugged_laptop_is_on_the_mains() -> None:
    said = said_of(percent=97.6, seconds=psutil.POWER_TIME_UNLIMITED, plugged=True)
    assert (said.status, said.runtime, said.charge) == ({"OL"}, None, 98)


def test_an_unplugged_one_promises_its_time_and_says_when_it_is_low() -> None:
    said = said_of(percent=9, seconds=480, plugged=False)
    assert said.on_battery
    assert said.low
    assert said.runtime == 480


def test_a_machine_without_a_battery_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(psutil, "sensors_battery", lambda: None)
    with pytest.raises(NutFailed, match="no_ups"):
        own_battery.read()
