"""Every fact has its words, in three languages, calm and well set."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from vigie.domain.danger import Danger
from vigie.domain.practice import Language, Reader
from vigie.guards import built
from vigie.phrasebook import (
    SHARED,
    Unspeakable,
    incident,
    placeholders,
    say,
    say_trial,
    vocabulary,
    words,
)

OWNERS = (SHARED, *(danger.value for danger in built()))
NEVER_HELD = {"not_built", "not_played"}  # trials that did not take place
TABLES = {"reasons", "incidents", "trials"}  # words that are not about a fact
LONGEST = 35  # words: two sentences that are read between two patients
ALARMING = re.compile(
    r"\b(virus|menace|critique|erreur|bedrohung|kritisch|fehler|threat)\w*", re.IGNORECASE
)
# A narrow space before ; ! ? and », a no-break space before the colon, and none forgotten.
LOOSE = re.compile(r"[^\u202f];|[^\u202f][!?]|(?<!\u00a0):(?!\d)|«(?!\u00a0)|(?<!\u00a0)»")


def rows(owner: str, language: Language) -> Mapping[str, Any]:
    return {key: row for key, row in words(owner, language).items() if key not in TABLES}


def wordings(owner: str, language: Language) -> Iterator[tuple[str, str]]:
    for fact, row in rows(owner, language).items():
        for reader in Reader:
            for kind, text in row.get(reader.value, {}).items():
                yield f"{fact}.{reader.value}.{kind}", text
    for trial, row in words(owner, language).get("trials", {}).items():
        yield from ((f"trials.{trial}.{kind}", text) for kind, text in row.items())


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("danger", Danger)
def test_every_fact_can_be_said_to_the_caretaker_without_any_clue(
    danger: Danger, language: Language
) -> None:
    for fact, numbers in vocabulary(danger).facts.items():
        if any(fact in rows(owner, language) for owner in (danger.value, SHARED)):
            counted = dict.fromkeys(numbers, 2)
            said = say(danger, fact, reader=Reader.CARETAKER, language=language, numbers=counted)
            assert said.text.endswith(".") or said.text.endswith("?")
        else:
            pytest.fail(f"no words in {language.value} for {fact}")


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("owner", OWNERS)
def test_what_people_read_is_short_and_calm(owner: str, language: Language) -> None:
    for place, text in wordings(owner, language):
        assert "!" not in text, place
        assert not ALARMING.search(text), place
        assert len(text.split()) <= LONGEST, place
        assert len(re.findall(r"[.?](?=\s|$)", text)) <= 2, place


@pytest.mark.parametrize("owner", OWNERS)
def test_french_is_well_set(owner: str) -> None:
    for place, text in wordings(owner, Language.FR):
        assert not LOOSE.search(re.sub(r"\{\w+\}", "x", text)), place
        assert "'" not in text, place


@pytest.mark.parametrize("owner", OWNERS)
def test_the_languages_say_the_same_facts_to_the_same_readers(owner: str) -> None:
    spoken = {
        language: {(fact, reader) for fact, row in rows(owner, language).items() for reader in row}
        for language in Language
    }
    assert spoken[Language.DE] == spoken[Language.FR] == spoken[Language.EN]


def miscounted(table: Mapping[str, Any], danger: Danger | None) -> Iterator[str]:
    """Yield what is wrong with how the words of each fact count."""
    for fact, row in table.items():
        phrases = {reader: row[reader.value] for reader in Reader if reader.value in row}
        singular = [reader for reader, phrase in phrases.items() if "one" in phrase]
        yield from (
            f"{fact}.{r}: counts stands too deep" for r, p in phrases.items() if "counts" in p
        )
        if singular and "counts" not in row:
            yield f"{fact}: one, and nothing is counted"
        if "counts" in row and not singular:
            yield f"{fact}: {row['counts']} is counted, and nobody hears of one"
        known = vocabulary(danger).facts.get(fact, frozenset()) if danger else None
        if "counts" in row and known is not None and row["counts"] not in known:
            yield f"{fact}: {row['counts']} is no number of it"


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("owner", OWNERS)
def test_whoever_counts_is_heard_and_whoever_has_a_singular_counts(
    owner: str, language: Language
) -> None:
    danger = None if owner == SHARED else Danger(owner)
    assert list(miscounted(rows(owner, language), danger)) == []


def test_a_count_that_stands_too_deep_is_noticed() -> None:
    deep = {"x": {"caretaker": {"counts": "files", "text": "{files} files", "one": "a file"}}}
    assert len(list(miscounted(deep, None))) == 2


@pytest.mark.parametrize("language", Language)
def test_one_document_is_said_in_the_singular(language: Language) -> None:
    def said(files: int) -> str:
        return say(
            Danger.RANSOMWARE,
            "files_scrambled",
            reader=Reader.CARETAKER,
            language=language,
            numbers={"files": files},
            clues={"family": "f", "folder": "Documents"},
        ).text

    assert "1" not in said(1)
    assert "2" in said(2)


@pytest.mark.parametrize("language", Language)
@pytest.mark.parametrize("danger", Danger)
def test_every_incident_and_every_trial_has_words(danger: Danger, language: Language) -> None:
    assert not incident(danger, language).endswith(".")
    for trial, numbers in vocabulary(danger).trials.items():
        counted = dict.fromkeys(numbers, 2)
        failed = say_trial(danger, trial, held=False, language=language, numbers=counted)
        assert failed.endswith(".")
        if trial not in NEVER_HELD:
            held = say_trial(danger, trial, held=True, language=language, numbers=counted)
            assert held.endswith(".")
            assert held != failed


@pytest.mark.parametrize("language", Language)
def test_every_reason_has_words(language: Language) -> None:
    assert set(words(SHARED, language)["reasons"]) == vocabulary(Danger.RANSOMWARE).reasons


def test_a_fact_without_words_is_not_said() -> None:
    with pytest.raises(Unspeakable):
        say(Danger.RANSOMWARE, "unheard_of", reader=Reader.DOCTOR, language=Language.FR)


def test_a_missing_clue_leaves_the_plain_sentence() -> None:
    plain = say(Danger.RANSOMWARE, "sensor_blind", reader=Reader.CARETAKER, language=Language.EN)
    told = say(
        Danger.RANSOMWARE,
        "sensor_blind",
        reader=Reader.CARETAKER,
        language=Language.EN,
        clues={"subject": "disk", "reason": "no_space"},
    )
    assert plain.text == "A sensor no longer sees: this danger is not watched on this machine."
    assert "disk" in told.text
    assert "the disk is full" in told.text


def test_placeholders_are_found() -> None:
    assert placeholders("{files} of {all}") == {"files", "all"}
