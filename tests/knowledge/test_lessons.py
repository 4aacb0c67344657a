"""Eleven cards of one minute, and a rule that never gives more than people can take."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigie.domain.danger import Danger
from vigie.domain.practice import Language
from vigie.knowledge import lessons
from vigie.knowledge.lessons import PAUSE, REMINDER, SAME_AGAIN, Given

NEW_YEAR = date(2026, 1, 1)


@pytest.mark.parametrize("language", list(Language))
def test_a_lesson_is_read_in_a_minute(language: Language) -> None:
    for card in lessons.cards(language):
        assert 40 < card.words <= lessons.MINUTE
        assert 2 <= len(card.signs) <= 3
        for text in (card.happens, card.do, card.done):
            assert len(re.findall(r"[.?](?:\s|$)", text)) <= 2
            assert len(text.split()) <= 35


@pytest.mark.parametrize("language", list(Language))
def test_a_lesson_sets_no_trap_and_blames_nobody(language: Language) -> None:
    blame = r"(?i)\b(faute|erreur|négligen|imprudent|fault|careless|mistake|Schuld|Fehler|dumm)|!"
    for card in lessons.cards(language):
        assert not re.search(blame, f"{card.title} {card.happens} {card.do} {card.done}")


def test_each_lesson_is_there_in_each_language() -> None:
    for language in Language:
        assert [card.danger for card in lessons.cards(language)] == list(Danger)


days = st.lists(st.lists(st.sampled_from(list(Danger)), max_size=3), min_size=1, max_size=800).map(
    lambda drawn: dict(enumerate(drawn))
)


@given(happened=days)
def test_a_team_is_never_taught_more_than_the_budget(happened: dict[int, list[Danger]]) -> None:
    taught: list[Given] = []
    for number, seen in happened.items():
        today = NEW_YEAR + timedelta(days=number)
        if danger := lessons.next_lesson(taught, seen, today=today):
            taught.append(Given(danger=danger, day=today))
    for earlier, later in pairwise(taught):
        assert later.day - earlier.day >= PAUSE
    for danger in Danger:
        of_it = [each.day for each in taught if each.danger is danger]
        assert all(b - a >= SAME_AGAIN for a, b in pairwise(of_it))


def test_where_nothing_happens_a_team_hears_from_us_twice_a_year() -> None:
    taught: list[Given] = []
    for number in range(4 * 365):
        today = NEW_YEAR + timedelta(days=number)
        if danger := lessons.next_lesson(taught, (), today=today):
            taught.append(Given(danger=danger, day=today))
    assert [later.day - earlier.day for earlier, later in pairwise(taught)] == [REMINDER] * (
        len(taught) - 1
    )
    assert len({each.danger for each in taught}) == len(taught) == 9


def test_what_happened_comes_before_a_reminder() -> None:
    seen = (Danger.IMPERSONATION, Danger.STRAY_USB_KEY)
    assert lessons.next_lesson((), seen, today=NEW_YEAR) is Danger.IMPERSONATION
    given_ = [Given(danger=Danger.IMPERSONATION, day=NEW_YEAR)]
    assert lessons.next_lesson(given_, seen, today=NEW_YEAR + PAUSE) is Danger.STRAY_USB_KEY
    early = NEW_YEAR + PAUSE - timedelta(days=1)
    assert lessons.next_lesson(given_, seen, today=early) is None
