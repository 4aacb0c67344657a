"""What leaves this machine, added up by the hour: nothing invented, nothing told twice."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.agent.loop import Agent
from vigie.agent.outflow_watch import OutflowMeter, outflow_watch
from vigie.agent.settings import parse
from vigie.sensors import SensorBlind
from vigie.wire.reports import OutflowWord

EIGHT = datetime(2026, 11, 23, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Cards:
    """Network cards whose counters a play moves."""

    def __init__(self) -> None:
        self.counts = {"eth0": 1_000}
        self.boot = b"first"

    def read(self) -> dict[str, int]:
        return dict(self.counts)

    def start(self) -> bytes:
        return self.boot


@pytest.fixture
def cards() -> Cards:
    return Cards()


@pytest.fixture
def told() -> list[OutflowWord]:
    return []


@pytest.fixture
def meter(tmp_path: Path, cards: Cards, told: list[OutflowWord]) -> OutflowMeter:
    return OutflowMeter(
        memory=tmp_path / "outflow.json",
        machine="a" * 16,
        say=told.append,
        read=cards.read,
        start=cards.start,
    )


def test_an_hour_is_one_word_with_all_that_left(
    meter: OutflowMeter, cards: Cards, told: list[OutflowWord]
) -> None:
    for minute in range(61):
        meter.look(EIGHT + minute * MINUTE)
        cards.counts["eth0"] += 10
    (word,) = told
    assert (word.since, word.until, word.sent) == (EIGHT, EIGHT + 60 * MINUTE, 600)


def test_a_restarted_agent_goes_on_where_the_other_stopped(
    meter: OutflowMeter, cards: Cards, told: list[OutflowWord], tmp_path: Path
) -> None:
    meter.look(EIGHT)
    cards.counts["eth0"] += 500
    again = OutflowMeter(
        memory=tmp_path / "outflow.json",
        machine="a" * 16,
        say=told.append,
        read=cards.read,
        start=cards.start,
    )
    again.look(EIGHT + 10 * MINUTE)
    cards.counts["eth0"] += 70
    for minute in range(15, 65, 5):
        again.look(EIGHT + minute * MINUTE)
    assert [word.sent for word in told] == [570]


def test_a_machine_that_started_anew_counts_from_zero(
    meter: OutflowMeter, cards: Cards, told: list[OutflowWord]
) -> None:
    meter.look(EIGHT + 50 * MINUTE)
    cards.boot, cards.counts = b"second", {"eth0": 2_000}
    meter.look(EIGHT + 60 * MINUTE)
    assert [word.sent for word in told] == [2_000]


def test_a_night_without_the_agent_is_one_long_span_and_no_spike(
    meter: OutflowMeter, cards: Cards, told: list[OutflowWord]
) -> None:
    meter.look(EIGHT)
    cards.counts["eth0"] += 5
    meter.look(EIGHT + 5 * MINUTE)
    cards.counts["eth0"] += 9_000
    meter.look(EIGHT + timedelta(hours=10))
    spans = [(w.since - EIGHT, w.until - EIGHT, w.sent) for w in told]
    assert spans == [
        (timedelta(0), 5 * MINUTE, 5),
        (5 * MINUTE, timedelta(hours=10), 9_000),
    ]


def test_a_clock_set_back_loses_no_byte(
    meter: OutflowMeter, cards: Cards, told: list[OutflowWord]
) -> None:
    meter.look(EIGHT + 30 * MINUTE)
    cards.counts["eth0"] += 400
    meter.look(EIGHT)
    for minute in range(5, 65, 5):
        meter.look(EIGHT + minute * MINUTE)
    assert [word.sent for word in told] == [400]


def test_the_same_span_has_the_same_name(
    meter: OutflowMeter, told: list[OutflowWord], tmp_path: Path
) -> None:
    meter.look(EIGHT)
    before = (tmp_path / "outflow.json").read_bytes()
    meter.look(EIGHT + 10 * MINUTE)
    meter.look(EIGHT + 60 * MINUTE)
    (tmp_path / "outflow.json").write_bytes(before)  # killed before it remembered
    meter._sum = None
    meter.look(EIGHT + 10 * MINUTE)
    assert len({word.id for word in told if word.since == EIGHT}) == 1


def test_a_memory_that_cannot_be_read_begins_anew(
    meter: OutflowMeter, told: list[OutflowWord], tmp_path: Path
) -> None:
    (tmp_path / "outflow.json").write_text('{"start": []}')
    meter.look(EIGHT)
    meter.look(EIGHT + 60 * MINUTE)
    assert sum(word.sent for word in told) == 0


def test_the_agent_keeps_the_word_for_its_console(tmp_path: Path) -> None:
    agent = Agent(parse('[practice]\nname = "Cabinet"\ncaretaker = "Karim"\n'), tmp_path)
    look = outflow_watch(agent)
    look(EIGHT)
    look(EIGHT + 60 * MINUTE)
    kept = [json.loads(item.body) for item in agent.spool.lease()]
    words = [word for word in kept if word["type"] == "outflow"]
    assert [word["since"] for word in words] == ["2026-11-23T08:00:00Z"]
    assert words[0]["sent"] >= 0


def test_no_card_is_said_and_not_taken_for_silence(
    meter: OutflowMeter, cards: Cards, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> dict[str, int]:
        raise SensorBlind("not_supported")

    monkeypatch.setattr(cards, "read", none)
    meter.read = none
    with pytest.raises(SensorBlind):
        meter.look(EIGHT)
