from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.agent.orders import Taken, WishFailed
from vigie.agent.pauses import Pauses
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.policy.orders import decide
from vigie.wire.orders import BackUpNow, Pause

HARM = (Finding(gravity=Gravity.ALARM, fact="files_scrambled", clues={"subject": "s"}),)


def taken(minutes: int, *, ago: timedelta = timedelta(0)) -> Taken:
    wish = Pause(danger=Danger.RANSOMWARE, minutes=minutes)
    return Taken(sequence=1, at=datetime.now(UTC) - ago, wish=wish)


def test_a_pause_leaves_one_danger_alone_until_it_ends() -> None:
    now = [0.0]
    pauses = Pauses(clock=lambda: now[0])
    pauses.begin(taken(10))
    assert pauses.decide(Danger.RANSOMWARE, HARM) == ()
    assert pauses.decide(Danger.STRAY_USB_KEY, HARM) == decide(Danger.STRAY_USB_KEY, HARM)
    now[0] = 601.0
    assert pauses.decide(Danger.RANSOMWARE, HARM) == decide(Danger.RANSOMWARE, HARM)


@given(
    minutes=st.integers(1, 10**6),
    ago=st.timedeltas(min_value=timedelta(days=-400), max_value=timedelta(days=400)),
)
def test_no_order_and_no_clock_pauses_a_protection_for_longer_than_an_hour(
    minutes: int, ago: timedelta
) -> None:
    now = [0.0]
    pauses = Pauses(clock=lambda: now[0])
    pauses.begin(taken(minutes, ago=ago))
    now[0] = 3601.0
    assert pauses.decide(Danger.RANSOMWARE, HARM) == decide(Danger.RANSOMWARE, HARM)


def test_a_pause_that_was_over_when_the_agent_came_back_pauses_nothing() -> None:
    pauses = Pauses()
    pauses.begin(taken(10, ago=timedelta(minutes=11)))
    assert pauses.decide(Danger.RANSOMWARE, HARM) == decide(Danger.RANSOMWARE, HARM)


def test_another_wish_is_no_pause() -> None:
    other = Taken(sequence=1, at=datetime.now(UTC), wish=BackUpNow())
    with pytest.raises(WishFailed):
        Pauses().begin(other)
