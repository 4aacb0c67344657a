"""A step of the watch: guards see what they watch, in order, inside their window."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.policy.orders import decide
from vigie.watch.patrol import Patrol

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampFlickered(Evidence):
    dark: bool


def judge(seen: Sequence[LampFlickered]) -> Iterator[Finding]:
    dark = sum(lamp.dark for lamp in seen)
    if dark >= 3:
        yield Finding(gravity=Gravity.ALARM, fact="lamp_failing", numbers={"times": dark})


GUARD = Guard(watches=LampFlickered, judge=judge, window=5 * MINUTE, keeps=lambda lamp: lamp.dark)


def patrol() -> Patrol:
    return Patrol({Danger.POWER_LOSS: GUARD}, decide)


def flicker(minutes: float, *, dark: bool = True, machine: str = "a") -> LampFlickered:
    return LampFlickered(at=NOW + minutes * MINUTE, machine=machine, dark=dark)


def facts(watch: Patrol, *seen: Evidence) -> list[str]:
    verdicts = [verdict for evidence in seen for verdict in watch.step(evidence)]
    return [finding.fact for verdict in verdicts for finding in verdict.findings]


def test_a_guard_counts_inside_its_window() -> None:
    assert facts(patrol(), flicker(0), flicker(1), flicker(2)) == ["lamp_failing"]
    assert facts(patrol(), flicker(0), flicker(1), flicker(7)) == []


def test_machines_are_judged_apart() -> None:
    assert facts(patrol(), flicker(0), flicker(1), flicker(2, machine="b")) == []


def test_what_a_guard_does_not_keep_is_forgotten() -> None:
    watch = patrol()
    assert facts(watch, *(flicker(i / 100, dark=False) for i in range(100))) == []
    assert sum(len(kept) for kept in watch._kept.values()) == 0


def test_a_burst_is_said_once() -> None:
    assert facts(patrol(), *(flicker(i / 10) for i in range(30))) == ["lamp_failing"]


def test_what_a_person_settled_starts_from_nothing() -> None:
    watch = patrol()
    assert facts(watch, flicker(0), flicker(1), flicker(2)) == ["lamp_failing"]
    watch.forget(lambda _: True, "")
    assert facts(watch, flicker(3), flicker(3.1)) == []
    assert facts(watch, flicker(3.2)) == ["lamp_failing"]


def test_blindness_is_reported_for_every_danger_it_blinds() -> None:
    blind = SensorWentBlind(
        at=NOW, machine="a", sensor="disk", blinds=tuple(Danger)[:2], reason="died"
    )
    again = SensorSawAgain(at=NOW + MINUTE, machine="a", sensor="disk", blinds=tuple(Danger)[:2])
    assert facts(patrol(), blind, again) == ["sensor_blind"] * 2 + ["sensor_sees_again"] * 2


def test_blindness_is_told_once_until_the_sensor_sees_again() -> None:
    seen: list[Evidence] = []
    for i, blind in enumerate((True, True, True, False, False, True, False)):
        of = {"at": NOW + i * MINUTE, "machine": "a", "sensor": "disk"}
        dangers = (Danger.POWER_LOSS,)
        seen.append(
            SensorWentBlind(**of, blinds=dangers, reason="died")
            if blind
            else SensorSawAgain(**of, blinds=dangers)
        )
    assert facts(patrol(), *seen) == [
        "sensor_blind",
        "sensor_sees_again",
        "sensor_sees_again",
        "sensor_blind",
        "sensor_sees_again",
    ]
