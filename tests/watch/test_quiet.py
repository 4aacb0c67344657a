"""One burst is said once."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.watch.quiet import SILENCE, Quiet

NOW = datetime(2026, 11, 23, 8, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def finding(gravity: Gravity = Gravity.CONCERN, subject: str = "") -> Finding:
    return Finding(gravity=gravity, fact="files_scrambled", clues={"subject": subject})


def unsaid(quiet: Quiet, what: Finding, at: datetime) -> int:
    return len(quiet.unsaid(Danger.RANSOMWARE, [what], at))


@given(st.lists(st.timedeltas(timedelta(0), SILENCE), max_size=40))
def test_a_burst_is_said_once_however_long_it_lasts(pauses: list[timedelta]) -> None:
    quiet, now, said = Quiet(), NOW, unsaid(Quiet(), finding(), NOW)
    said = unsaid(quiet, finding(), now)
    for pause in pauses:
        now += pause
        said += unsaid(quiet, finding(), now)
    assert said == 1


def test_what_grows_graver_is_news_at_once() -> None:
    quiet = Quiet()
    assert unsaid(quiet, finding(Gravity.CONCERN), NOW) == 1
    assert unsaid(quiet, finding(Gravity.ALARM), NOW + MINUTE) == 1
    assert unsaid(quiet, finding(Gravity.CONCERN), NOW + 2 * MINUTE) == 0


def test_another_subject_is_other_news() -> None:
    quiet = Quiet()
    assert unsaid(quiet, finding(subject="a"), NOW) == unsaid(quiet, finding(subject="b"), NOW) == 1


def test_what_was_settled_is_news_again() -> None:
    quiet = Quiet()
    assert unsaid(quiet, finding(subject="a"), NOW) == 1
    quiet.forget("a")
    assert unsaid(quiet, finding(subject="a"), NOW + MINUTE) == 1


def test_after_a_day_of_silence_it_is_news_again() -> None:
    quiet = Quiet()
    assert unsaid(quiet, finding(), NOW) == 1
    assert unsaid(quiet, finding(), NOW + SILENCE + MINUTE) == 1


def test_a_clock_that_jumps_back_does_not_make_noise() -> None:
    quiet = Quiet()
    assert unsaid(quiet, finding(), NOW) == 1
    assert unsaid(quiet, finding(), NOW - timedelta(days=1)) == 0
    assert unsaid(quiet, finding(), NOW + MINUTE) == 0
