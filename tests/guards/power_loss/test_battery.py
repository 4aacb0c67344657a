from datetime import UTC, datetime, timedelta

from vigie.domain.evidence.power import OnBattery
from vigie.guards.power_loss.battery import ending, remaining

BEGAN = datetime(2026, 11, 28, 3, 40, tzinfo=UTC)


def reading(after: float, **said: object) -> OnBattery:
    at = BEGAN + timedelta(seconds=after)
    return OnBattery(at=at, machine="m", outage="one", began=BEGAN, **said)  # type: ignore[arg-type]


def test_the_staff_hear_the_minutes_that_the_ups_promises() -> None:
    assert remaining([reading(0, runtime=480)]) == timedelta(minutes=8)


def test_a_charge_that_falls_fast_is_believed_before_a_promise() -> None:
    cut = [reading(0, runtime=1800, charge=100), reading(30, runtime=1770, charge=70)]
    assert remaining(cut) == timedelta(seconds=70)
    assert ending(cut)


def test_nothing_is_known_of_a_ups_that_says_nothing() -> None:
    assert remaining([reading(0)]) is None
    assert not ending([reading(0)])


def test_one_lost_answer_is_no_end() -> None:
    cut = [reading(0, runtime=900), reading(2, silent=True), reading(8, silent=True)]
    assert not ending(cut)
    assert ending([*cut, reading(16, silent=True)])
