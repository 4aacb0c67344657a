from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from vigie.agent.backoff import CAP, Backoff


@given(st.integers(1, 5000))
def test_a_wait_is_never_longer_than_its_cap(failures: int) -> None:
    backoff = Backoff()
    waits = [backoff.after_failure() for _ in range(min(failures, 200))]
    assert all(timedelta(0) <= wait <= CAP for wait in waits)


def test_the_bound_doubles_from_one_second_to_a_minute_and_starts_over_once_it_worked() -> None:
    backoff = Backoff(draw=lambda _low, high: high)
    seconds = [backoff.after_failure().total_seconds() for _ in range(8)]
    backoff.reset()
    assert seconds == [1, 2, 4, 8, 16, 32, 60, 60]
    assert backoff.after_failure() == timedelta(seconds=1)


def test_two_machines_that_fail_together_do_not_come_back_together() -> None:
    waits = []
    for _ in range(50):
        backoff = Backoff()
        for _ in range(6):
            wait = backoff.after_failure()
        waits.append(wait)
    assert len(set(waits)) > 40
