"""Eleven one-minute lessons, one for each incident, and when one of them is given.

A lesson is attached to something that really happened, or it is one of two reminders a year. It
never traps anybody and never blames. People and pages ask here: the console's letter and lesson
page, and the pane on the practice's own machine.
"""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

from vigie.domain.danger import Danger
from vigie.domain.practice import Language

MINUTE = 130  # words that people read in a minute, out loud and at their ease
PAUSE = timedelta(days=7)  # one interruption a week is the budget; a lesson may be that one
SAME_AGAIN = timedelta(days=182)  # attention drops at the second exposure to the same
REMINDER = timedelta(days=182)  # twice a year, where nothing ever happens


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One lesson: what happens, what one notices, what one does, what has been done already."""

    danger: Danger
    title: str
    happens: str
    signs: tuple[str, ...]
    do: str
    done: str

    @property
    def words(self) -> int:
        """Return how many words the whole card has."""
        parts = (self.title, self.happens, *self.signs, self.do, self.done)
        return sum(len(part.split()) for part in parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A lesson that was given on a day."""

    danger: Danger
    day: date


@cache
def _table(language: Language) -> Mapping[str, Mapping[str, str | list[str]]]:
    file = resources.files(__package__) / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def card(danger: Danger, language: Language) -> Card:
    """Return the lesson about one danger."""
    row = _table(language)[danger.value]
    return Card(
        danger=danger,
        title=str(row["title"]),
        happens=str(row["happens"]),
        signs=tuple(str(sign) for sign in row["signs"]),
        do=str(row["do"]),
        done=str(row["done"]),
    )


def cards(language: Language) -> tuple[Card, ...]:
    """Return all eleven, in the order of the dangers."""
    return tuple(card(danger, language) for danger in Danger)


def next_lesson(
    given: Iterable[Given], happened: Sequence[Danger], *, today: date
) -> Danger | None:
    """Return the lesson to give today, or None.

    `given` are all the lessons of the past, `happened` the dangers that something was seen of, the
    most telling first. Never two within `PAUSE`, never the same within `SAME_AGAIN`; where nothing
    happened, one after `REMINDER` without any, that which was given longest ago.
    """
    last: dict[Danger, date] = {}
    for each in given:
        last[each.danger] = max(each.day, last.get(each.danger, each.day))
    latest = max(last.values(), default=None)
    if latest is not None and today - latest < PAUSE:
        return None
    fresh = [d for d in happened if d not in last or today - last[d] >= SAME_AGAIN]
    if fresh:
        return fresh[0]
    if latest is not None and today - latest < REMINDER:
        return None
    return min(Danger, key=lambda danger: last.get(danger, date.min))
