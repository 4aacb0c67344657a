"""A power cut as the sensor sees it, and a hundred of them to the end of the battery."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.power import MainsBack, OnBattery, UpsMissing
from vigie.domain.response import Deed
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.sensors.power.ups import EVERY, MISSED, REMINDED, Ups
from vigie.tools.nut import NutFailed, Said
from vigie.watch.patrol import Patrol

BEGAN = datetime(2026, 11, 28, 3, 40, tzinfo=UTC)
MAINS = Said(status=frozenset({"OL"}), runtime=900, charge=100)


@dataclass
class Night:
    """A UPS and a clock that a test turns."""

    said: Said | None = MAINS
    now: datetime = BEGAN
    seen: list[Evidence] = field(default_factory=list)
    ups: Ups = field(init=False)
    expected: bool = True

    def __post_init__(self) -> None:
        self.ups = Ups(self.read, machine="m", expected=self.expected, clock=lambda: self.now)

    def read(self) -> Said:
        if self.said is None:
            raise NutFailed("no_answer")
        return self.said

    def go_on(self, looks: int = 1) -> list[Evidence]:
        for _ in range(looks):
            self.now += EVERY
            self.ups.look(self.seen.append)
        return self.seen


def test_while_the_mains_is_there_nothing_is_seen() -> None:
    assert Night().go_on(100) == []


def test_one_power_cut_is_one_outage_however_often_it_is_looked_at() -> None:
    night = Night()
    night.said = Said(status=frozenset({"OB"}), runtime=480)
    night.go_on(3)
    night.said = MAINS
    night.go_on()
    assert [type(e) for e in night.seen] == [OnBattery] * 3 + [MainsBack]
    assert len({e.outage for e in night.seen if isinstance(e, OnBattery | MainsBack)}) == 1
    assert isinstance(night.seen[-1], MainsBack)
    assert night.seen[-1].seconds == 6


def test_a_second_power_cut_has_a_name_of_its_own() -> None:
    night, names = Night(), set()
    for _ in range(2):
        night.said = Said(status=frozenset({"OB"}))
        (cut,) = [e for e in night.go_on() if isinstance(e, OnBattery)]
        names.add(cut.outage)
        night.said = MAINS
        night.go_on()
        night.seen.clear()
    assert len(names) == 2


def test_a_ups_that_is_set_up_and_lasts_in_its_silence_is_told_once_a_week() -> None:
    night = Night(said=None)
    night.go_on(MISSED - 1)
    assert night.seen == []
    night.go_on(50)
    (missing,) = night.seen
    assert missing == UpsMissing(at=missing.at, machine="m", silent=True)
    night.now += REMINDED
    night.go_on()
    assert len(night.seen) == 2


def test_a_machine_without_a_ups_is_told_so() -> None:
    night = Night(said=None, expected=False)
    night.go_on(MISSED)
    assert night.seen == [UpsMissing(at=night.now, machine="m", silent=False)]


def test_silence_in_a_power_cut_is_handed_on_at_once() -> None:
    night = Night(said=Said(status=frozenset({"OB"}), runtime=900))
    night.go_on()
    night.said = None
    night.go_on()
    assert isinstance(night.seen[-1], OnBattery)
    assert night.seen[-1].silent


LONGEST_STOP = timedelta(seconds=60)  # what a clean stop really takes, at worst


@dataclass
class Battery:
    """A battery with a true life, and what its UPS says of it."""

    life: float
    promise: float  # how many times its true life it promises
    charge: str  # linear, cliff, silent
    warns: float | None  # seconds before the end at which it says so
    runtime: bool
    dies_silent: bool

    def at(self, seconds: float) -> Said | None:
        left = self.life - seconds
        if self.dies_silent and left < self.life / 3:
            return None
        words = {"OB", "DISCHRG"}
        words |= {"LB"} if self.warns is not None and left <= self.warns else set()
        full = {"linear": 100 * left / self.life, "cliff": 100 - 30 * seconds / self.life}
        return Said(
            status=frozenset(words),
            runtime=round(left * self.promise) if self.runtime else None,
            charge=round(full[self.charge]) if self.charge in full else None,
        )


def battery(chance: Random) -> Battery:
    return Battery(
        life=chance.uniform(200, 3600),
        promise=chance.uniform(0.4, 1.5),
        charge=chance.choice(["linear", "cliff", "silent"]),
        warns=chance.choice([None, 0.0, chance.uniform(0, 300)]),
        runtime=chance.random() < 0.8,
        dies_silent=chance.random() < 0.2,
    )


def stopped_after(power: Battery, clock: Callable[[], timedelta] = lambda: EVERY) -> float | None:
    """Return when the clean stop was asked for, in seconds from the cut."""
    now = BEGAN
    patrol = Patrol({Danger.POWER_LOSS: guards()[Danger.POWER_LOSS]}, decide)
    asked: list[float] = []

    def read() -> Said:
        said = power.at((now - BEGAN).total_seconds())
        if said is None:
            raise NutFailed("no_answer")
        return said

    def sink(evidence: Evidence) -> None:
        deeds = {r.deed for verdict in patrol.step(evidence) for r in verdict.responses}
        asked.extend([(now - BEGAN).total_seconds()] if Deed.SHUT_DOWN in deeds else [])

    ups = Ups(read, machine="m", clock=lambda: now)
    while not asked and (now - BEGAN).total_seconds() < power.life:
        ups.look(sink)
        now += clock()
    return asked[0] if asked else None


@pytest.mark.parametrize("seed", range(100))
def test_the_clean_stop_ends_before_the_battery_does(seed: int) -> None:
    power = battery(Random(seed))  # noqa: S311
    asked = stopped_after(power)
    assert asked is not None
    assert asked + LONGEST_STOP.total_seconds() <= power.life


def test_a_good_battery_is_not_given_up_too_early() -> None:
    good = Battery(1800, 1.0, "linear", 120.0, runtime=True, dies_silent=False)
    asked = stopped_after(good)
    assert asked is not None
    assert asked >= 0.49 * good.life
