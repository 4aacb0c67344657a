"""What changed since the last scan: new, gone, closed, printed in the night."""

from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from vigie.domain.evidence.printers import DeviceGone, DeviceSeen, Door, Kind
from vigie.domain.practice import ConsultationHours, Language, Span
from vigie.guards.open_printer.guard import judge
from vigie.guards.open_printer.scenes import IPP, MAPPING, device
from vigie.routines.network_scan.duty import NetworkScanDuty, _is_news, from_outside
from vigie.routines.network_scan.seeing import Seeing
from vigie.sensors.network.inventory import Inventory

LAN = "192.168.1.0/24"
NIGHT = datetime(2026, 11, 25, 1, 40, tzinfo=UTC)  # a Wednesday, 2:40 in Paris
DAY = (Span(time(8), time(12)), Span(time(14), time(19)))
HOURS = ConsultationHours(week=dict.fromkeys(range(5), DAY))
SEEING = Seeing(machine="m", language=Language.FR, hours=HOURS)


@pytest.fixture
def inventory(tmp_path: Path) -> Iterator[Inventory]:
    with closing(Inventory(tmp_path / "network.db")) as opened:
        yield opened


def facts(inventory: Inventory, *devices: object, at: datetime = NIGHT) -> list[str]:
    sights = list(SEEING.sights([LAN], devices, inventory, at))  # type: ignore[arg-type]
    inventory.keep([LAN], devices, at)  # type: ignore[arg-type]
    return [finding.fact for sight in sights for finding in judge([sight])]


def test_nothing_is_new_on_a_network_that_was_never_looked_at(inventory: Inventory) -> None:
    assert facts(inventory, device(IPP)) == ["prints_for_anybody"]
    assert facts(inventory, device()) == ["door_closed"]
    assert facts(inventory, device()) == []


def test_who_comes_and_who_goes_is_said_once(inventory: Inventory) -> None:
    stranger = replace(device(), mac="00:1e:8f:00:00:01", address="192.168.1.99")
    facts(inventory, device())
    assert facts(inventory, device(), stranger) == ["device_new"]
    assert facts(inventory, device(), stranger) == []
    assert facts(inventory, device()) == ["device_gone"]
    assert facts(inventory, device()) == []


def test_a_device_with_another_address_is_the_same(inventory: Inventory) -> None:
    facts(inventory, device())
    assert facts(inventory, replace(device(), address="192.168.1.77")) == []


def test_pages_of_a_day_are_ordinary_and_pages_of_a_night_are_not(inventory: Inventory) -> None:
    facts(inventory, device(pages=100))
    assert facts(inventory, device(pages=160), at=NIGHT + timedelta(days=1)) == []
    evening = datetime(2026, 11, 26, 19, 0, tzinfo=UTC)
    facts(inventory, device(pages=160), at=evening)
    later = facts(inventory, device(pages=163), at=evening + timedelta(hours=7))
    assert later == ["printed_while_closed"]


def test_without_hours_no_night_is_claimed(inventory: Inventory) -> None:
    always = replace(SEEING, hours=ConsultationHours())
    inventory.keep([LAN], [device(pages=1)], NIGHT)
    (sight, *_) = always.sights([LAN], [device(pages=9)], inventory, NIGHT + timedelta(hours=5))
    assert isinstance(sight, DeviceSeen)
    assert not sight.closed


def test_only_what_changed_is_handed_on() -> None:
    same = DeviceSeen(at=NIGHT, machine="m", device=device(IPP), called="x", before=device(IPP))
    assert not _is_news(same)
    assert _is_news(replace(same, before=device()))
    assert _is_news(replace(same, before=None))
    assert _is_news(DeviceGone(at=NIGHT, machine="m", device=device(), called="x"))


def test_the_duty_is_due_in_the_night_and_never_in_a_consultation(tmp_path: Path) -> None:
    duty = NetworkScanDuty(home=tmp_path, machine="m", seeing=SEEING, see=lambda _: None)
    assert duty.due_after(NIGHT - timedelta(hours=3)) == NIGHT
    assert duty.due_after(NIGHT) == NIGHT + timedelta(days=1)


def test_what_a_stranger_reaches_is_kept_with_the_box_and_told_at_once() -> None:
    box = replace(device(), kind=Kind.BOX, tried=(MAPPING,))
    asked: list[int] = []

    def outside(ports: Sequence[int]) -> frozenset[int]:
        asked.extend(ports)
        return frozenset({9100, 3389})

    (seen_,) = from_outside([box], outside)
    assert {9100, 3389, 23} <= set(asked)
    assert [one.port for one in seen_.tried if one.door is Door.OUTSIDE] == [3389]
    sight = DeviceSeen(at=NIGHT, machine="m", device=seen_, called="Box", first=True)
    assert [f.fact for f in judge([sight])] == ["open_to_internet"] * 2


def test_without_a_box_or_an_answer_nothing_is_said_of_the_outside() -> None:
    box = replace(device(), kind=Kind.BOX)
    assert from_outside([box], lambda _: None) == (box,)
    assert from_outside([device()], lambda _: frozenset({80})) == (device(),)


def test_a_file_of_another_version_is_a_first_sight(inventory: Inventory) -> None:
    inventory.keep([LAN], [device()], NIGHT)
    inventory._base.execute("UPDATE devices SET device = '{}'")
    assert inventory.before(device()) is None
