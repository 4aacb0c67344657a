"""Calibration: two weeks in which mail is judged, counted, and let alone; nothing else is."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from vigie.agent.calibration import FILE, Calibration
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Deed
from vigie.policy.orders import decide

BEGAN = datetime(2026, 11, 2, 8, tzinfo=UTC)
LURE = Finding(
    gravity=Gravity.ALARM, fact="imitation_held", clues={"subject": "d" * 64, "came_from": "x.fr"}
)
LEAK = Finding(
    gravity=Gravity.ALARM,
    fact="recipient_mistyped",
    clues={"subject": "held-1", "recipient": "paul.duran@x.example"},
)
BURST = Finding(gravity=Gravity.ALARM, fact="files_scrambled", clues={"family": "1"})


class Clock:
    def __init__(self) -> None:
        self.now = BEGAN

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def begun(place: Path, clock: Clock, days: int = 14) -> Calibration:
    return Calibration(place, days, clock)


@pytest.mark.parametrize(
    ("danger", "finding"), [(Danger.IMPERSONATION, LURE), (Danger.MISDIRECTED_MAIL, LEAK)]
)
def test_mail_is_counted_and_let_alone_to_the_last_minute_and_then_held(
    tmp_path: Path, clock: Clock, danger: Danger, finding: Finding
) -> None:
    calibrated = begun(tmp_path, clock).over(decide)
    clock.now = BEGAN + timedelta(days=14, minutes=-1)
    assert calibrated(danger, [finding]) == ()
    clock.now = BEGAN + timedelta(days=14)
    assert Deed.HOLD in {response.deed for response in calibrated(danger, [finding])}


def test_what_encrypts_is_stopped_from_the_first_minute(tmp_path: Path, clock: Clock) -> None:
    calibration = begun(tmp_path, clock)
    assert calibration.over(decide)(Danger.RANSOMWARE, [BURST]) == decide(
        Danger.RANSOMWARE, [BURST]
    )
    assert json.loads((tmp_path / FILE).read_text())["would"] == {}


def test_what_would_have_been_done_is_counted_by_fact_and_names_nobody(
    tmp_path: Path, clock: Clock
) -> None:
    calibrated = begun(tmp_path, clock).over(decide)
    for _ in range(3):
        calibrated(Danger.IMPERSONATION, [LURE])
    calibrated(Danger.MISDIRECTED_MAIL, [LEAK])
    written = (tmp_path / FILE).read_text()
    assert json.loads(written)["would"] == {
        "impersonation imitation_held HOLD": 3,
        "impersonation imitation_held TELL": 3,
        "misdirected_mail recipient_mistyped HOLD": 1,
        "misdirected_mail recipient_mistyped ASK": 1,
    }
    assert "paul" not in written
    assert "x.fr" not in written


def test_a_restart_neither_prolongs_it_nor_forgets_what_was_counted(
    tmp_path: Path, clock: Clock
) -> None:
    begun(tmp_path, clock).over(decide)(Danger.IMPERSONATION, [LURE])
    clock.now = BEGAN + timedelta(days=13)
    again = begun(tmp_path, clock)
    assert again.going_on
    again.over(decide)(Danger.IMPERSONATION, [LURE])
    would = json.loads((tmp_path / FILE).read_text())["would"]
    assert would["impersonation imitation_held HOLD"] == 2
    clock.now = BEGAN + timedelta(days=14)
    assert not begun(tmp_path, clock).going_on


def test_no_days_of_calibration_hold_from_the_start(tmp_path: Path, clock: Clock) -> None:
    calibrated = begun(tmp_path, clock, days=0).over(decide)
    assert Deed.HOLD in {r.deed for r in calibrated(Danger.IMPERSONATION, [LURE])}
