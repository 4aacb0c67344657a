"""What the pane says: the same in three languages, calm, and well set."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from vigie.agent.pane import said
from vigie.domain.practice import Language
from vigie.phrasebook import placeholders
from vigie.wire.advice import Advice, Kind

ALARMING = re.compile(
    r"\b(virus|menace|critique|erreur|bedroh|kritisch|fehler|threat)\w*", re.IGNORECASE
)
LOOSE = re.compile(r"[^\u202f];|[^\u202f][!?]|(?<!\u00a0):(?!\d)|«(?!\u00a0)|(?<!\u00a0)»")
LONGEST = 35


def texts(table: Mapping[str, Any], at: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from texts(value, f"{at}{key}.")
        else:
            yield f"{at}{key}", value


def test_the_languages_say_the_same_with_the_same_gaps() -> None:
    spoken = {
        language: {key: placeholders(text) for key, text in texts(said.words(language))}
        for language in Language
    }
    assert spoken[Language.FR] == spoken[Language.DE] == spoken[Language.EN]


@pytest.mark.parametrize("language", Language)
def test_what_people_read_is_short_and_calm(language: Language) -> None:
    for key, text in texts(said.words(language)):
        assert "!" not in text, key
        assert not ALARMING.search(text), key
        assert len(text.split()) <= LONGEST, key


def test_french_is_well_set() -> None:
    for key, text in texts(said.words(Language.FR)):
        assert not LOOSE.search(re.sub(r"\{\w+\}", "x", text)), key
        assert "'" not in text, key


@pytest.mark.parametrize("language", Language)
def test_every_answer_a_caretaker_can_give_has_its_sentence(language: Language) -> None:
    answers = said.words(language)["advice"]["answers"]
    assert {advice.value for advice in Advice} | {"harmless_red"} == set(answers)
    assert set(said.words(language)["kinds"]) == {kind.value for kind in Kind}


def test_moments_are_said_as_people_say_them() -> None:
    at = datetime(2026, 11, 23, 8, 5, tzinfo=UTC).astimezone()
    assert said.clock(at, Language.FR) == f"{at.hour}\u00a0h\u00a005"
    assert said.clock(at, Language.EN) == f"{at.hour:02d}:05"
    assert said.moment(at, at + timedelta(minutes=1), Language.FR).startswith("aujourd’hui à ")
    assert said.moment(at, at + timedelta(days=2), Language.FR).startswith("le 23.11. à ")
