"""What the pane says: its own words, and those of the guards, in the practice's language."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.practice import Language, Reader
from vigie.phrasebook import Unspeakable, say, say_trial
from vigie.wire.reports import (
    BackupWord,
    BadFileWord,
    FactWord,
    GapWord,
    HeartbeatWord,
    Item,
    OutflowWord,
    ProofWord,
    ReportWord,
)


@cache
def words(language: Language) -> Mapping[str, Any]:
    """Return the pane's own words in one language, as the file has them."""
    file = resources.files("vigie.agent.pane") / f"words.{language.value}.toml"
    return tomllib.loads(file.read_text("utf-8"))


def fact(
    danger: Danger,
    said: str,
    language: Language,
    numbers: Mapping[str, int],
    clues: Mapping[str, str] | None = None,
) -> str:
    """Return the sentence of a fact; its slug where no word of ours says it.

    The caretaker's wording: it says what was found, and claims no deed.
    """
    try:
        sentence = say(
            danger,
            said,
            reader=Reader.CARETAKER,
            language=language,
            numbers=numbers,
            clues=clues,
        )
    except Unspeakable:
        return said
    return sentence.text


def item(word: Item, language: Language) -> str:
    """Return in words what one item tells the console."""
    match word:
        case ReportWord():
            return " ".join(_fact(word.danger, each, language) for each in word.facts)
        case ProofWord():
            return _trial(word, language)
        case HeartbeatWord():
            return _beat(word, words(language)["glass"])
        case _:
            return _counted(word, words(language)["glass"])


def _beat(word: HeartbeatWord, glass: Mapping[str, str]) -> str:
    if not word.waiting and not word.blind:
        return glass["calm"]
    return glass["heartbeat"].format(waiting=word.waiting, blind=", ".join(word.blind) or "0")


def _counted(word: Item, glass: Mapping[str, str]) -> str:
    match word:
        case BackupWord():
            return glass["backup"].format(snapshots=word.snapshots)
        case GapWord():
            return glass["gap"].format(dropped=word.dropped)
        case OutflowWord():
            return glass["outflow"].format(megabytes=round(word.sent / 1_000_000))
        case _:
            return glass["bad_file" if isinstance(word, BadFileWord) else "question"]


def _trial(word: ProofWord, language: Language) -> str:
    try:
        return say_trial(
            word.danger, word.trial, held=word.held, language=language, numbers=word.numbers
        )
    except Unspeakable:
        return word.trial


def _fact(danger: Danger, word: FactWord, language: Language) -> str:
    return fact(danger, word.fact, language, word.numbers)


def decimal(number: float, language: Language) -> str:
    """Return a number with one decimal, as people here write it."""
    text = f"{number:.1f}"
    return text if language is Language.EN else text.replace(".", ",")


def moment(at: datetime, now: datetime, language: Language) -> str:
    """Return a moment as people here say it: today at 9 h 05, on 3.11. at 9 h 05."""
    dates: Mapping[str, str] = words(language)["dates"]
    local, today = at.astimezone(), now.astimezone()
    time = clock(at, language)
    if local.date() == today.date():
        return dates["today"].format(time=time)
    return dates["day"].format(date=f"{local:{dates['date']}}", time=time)


def clock(at: datetime, language: Language) -> str:
    """Return the time of a moment as people here write it."""
    dates: Mapping[str, str] = words(language)["dates"]
    local = at.astimezone()
    if language is Language.FR:
        minutes = f" {local.minute:02d}" if local.minute else ""
        return f"{local.hour}\u00a0h{minutes}".replace(" ", "\u00a0")
    return f"{local:{dates['clock']}}"
