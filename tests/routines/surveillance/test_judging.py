"""What of a machine is as it should be; what is not known is never good."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from vigie.domain.evidence.machine import MachineSeen, Room
from vigie.domain.finding import Gravity
from vigie.phrasebook import vocabulary
from vigie.routines.surveillance.judging import (
    RULES,
    Check,
    checks,
    days_left,
    right,
    summary,
    wrong,
)

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
GB = 1 << 30
UNKNOWN = MachineSeen(at=NOW, machine="m")
GOOD = replace(
    UNKNOWN,
    rooms=(Room(place="/", size=500 * GB, free=200 * GB),),
    disks=1,
    firewall=True,
    antivirus=True,
    signature_days=1,
    encrypted=True,
    locks=True,
    supported_until=date(2028, 6, 30),
    refreshed_days=0,
    updated_days=3,
    pending=0,
    clock_seconds=2,
)


def check(name: str, seen: MachineSeen) -> Check:
    return next(each for each in checks(seen, {}) if each.name == name)


def test_a_machine_in_order_holds_everything() -> None:
    assert {each.name: each.held for each in checks(GOOD, {})} == dict.fromkeys(
        (
            *("disk_room", "disk_health", "firewall", "antivirus", "encryption", "auto_lock"),
            *("supported", "updates", "clock"),
        ),
        True,
    )


def test_what_cannot_be_known_is_neither_good_nor_bad() -> None:
    assert {each.held for each in checks(UNKNOWN, {})} == {None}
    assert summary(checks(UNKNOWN, {})).numbers == {}


@pytest.mark.parametrize(
    ("name", "seen"),
    [
        ("disk_room", replace(GOOD, rooms=(Room(place="/", size=100 * GB, free=5 * GB),))),
        ("disk_health", replace(GOOD, disks=2, failing=1)),
        ("firewall", replace(GOOD, firewall=False)),
        ("antivirus", replace(GOOD, antivirus=False, signature_days=None)),
        ("antivirus", replace(GOOD, signature_days=9)),
        ("encryption", replace(GOOD, encrypted=False)),
        ("auto_lock", replace(GOOD, locks=False)),
        ("supported", replace(GOOD, supported_until=date(2026, 8, 31))),
        ("updates", replace(GOOD, refreshed_days=30)),
        ("updates", replace(GOOD, updated_days=40, pending=7)),
        ("updates", replace(GOOD, updated_days=60, pending=None, refreshed_days=None)),
        ("clock", replace(GOOD, clock_seconds=-300)),
    ],
)
def test_one_thing_that_is_wrong_is_the_only_one_said(name: str, seen: MachineSeen) -> None:
    assert [each.name for each in checks(seen, {}) if each.held is False] == [name]


def test_a_large_disk_may_be_nearly_full_and_still_have_room() -> None:
    roomy = replace(GOOD, rooms=(Room(place="/", size=8000 * GB, free=400 * GB),))
    assert check("disk_room", roomy).held


def test_a_full_disk_and_a_failing_one_are_alarms() -> None:
    full = replace(GOOD, rooms=(Room(place="/", size=100 * GB, free=GB),), failing=1)
    assert wrong(check("disk_room", full)).gravity is Gravity.ALARM
    assert wrong(check("disk_health", full)).gravity is Gravity.ALARM


def test_a_pace_is_seen_only_over_a_week_and_only_downwards() -> None:
    room = Room(place="/", size=500 * GB, free=30 * GB)
    day = 86400.0

    def shrinking(days: int, by: int) -> dict[str, list[tuple[float, int]]]:
        return {"/": [(n * day, (30 + (days - n) * by) * GB) for n in range(days + 1)]}

    assert days_left(room, shrinking(10, 3)) == 10
    assert days_left(room, shrinking(3, 3)) is None
    assert days_left(room, shrinking(10, -3)) is None
    assert days_left(room, {}) is None


def test_security_updates_may_wait_two_weeks() -> None:
    assert check("updates", replace(GOOD, updated_days=10, pending=7)).held


def test_every_rule_has_facts_that_can_travel() -> None:
    for name, rule in RULES.items():
        facts = vocabulary(rule.danger).facts
        assert rule.wrong in facts
        assert rule.right in facts
        for seen in (GOOD, replace(GOOD, signature_days=None, antivirus=False)):
            assert set(wrong(check(name, seen)).numbers) <= facts[rule.wrong]
        assert right(Check(name=name, held=True)).gravity is Gravity.NOTE
    assert (
        set(summary(checks(GOOD, {})).numbers) == vocabulary(rule.danger).facts["machine_checked"]
    )
