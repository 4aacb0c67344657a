"""From a fact to a sentence: for the doctor, the secretary or the caretaker, per language.

The words lie beside the guard that says the fact (`words.<lang>.toml`), the closed vocabulary
beside them (`facts.toml`); what every guard may say lies here.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.practice import Language, Reader

SHARED = "shared"
_TABLES = "facts", "trials"


@dataclass(frozen=True, slots=True)
class Sentence:
    """What a person reads: at most two sentences, and one infinitive button or none."""

    text: str
    button: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """The closed vocabulary of one danger: each fact and trial, and the numbers it may carry."""

    facts: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trials: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reasons: frozenset[str] = frozenset()


class Unspeakable(LookupError):
    """A fact, trial or number that no vocabulary holds: it is neither said nor sent."""


def _folder(owner: str) -> Traversable:
    if owner == SHARED:
        return resources.files("vigie.phrasebook")
    return resources.files("vigie.guards") / owner


def _read(owner: str, name: str) -> Mapping[str, Any]:
    file = _folder(owner) / name
    return tomllib.loads(file.read_text("utf-8")) if file.is_file() else {}


@cache
def vocabulary(danger: Danger) -> Vocabulary:
    """Return what may be said of one danger: its own facts and those every guard shares."""
    own, shared = _read(danger.value, "facts.toml"), _read(SHARED, "facts.toml")
    facts, trials = (
        {
            slug: frozenset(row.get("numbers", ()))
            for slug, row in {**shared.get(table, {}), **own.get(table, {})}.items()
        }
        for table in _TABLES
    )
    return Vocabulary(facts=facts, trials=trials, reasons=frozenset(shared.get("reasons", {})))


@cache
def words(owner: str, language: Language) -> Mapping[str, Any]:
    """Return the words of one danger (or `SHARED`) in one language, as the file has them."""
    return _read(owner, f"words.{language.value}.toml")


def incident(danger: Danger, language: Language) -> str:
    """Return the incident in one line, as a title: no full stop."""
    line: str = words(SHARED, language)["incidents"][danger.value]
    return line


def say_trial(  # noqa: PLR0913  (a sentence depends on exactly these)
    danger: Danger,
    trial: str,
    *,
    held: bool,
    language: Language,
    numbers: Mapping[str, int] | None = None,
    reason: str = "",
) -> str:
    """Given a trial and how it went, return the sentence that says so.

    Raise Unspeakable for a trial without words, or with a number too few.
    """
    rows = (words(owner, language).get("trials", {}) for owner in (danger.value, SHARED))
    row: Mapping[str, str] = next((table[trial] for table in rows if trial in table), {})
    wording = row.get("held" if held else "failed")
    known: dict[str, object] = {**(numbers or {}), "reason": say_reason(reason, language)}
    if wording is None or not placeholders(wording) <= known.keys():
        raise Unspeakable(f"no words in {language.value} for the trial {danger.value}/{trial}")
    return wording.format_map(known)


def say_reason(reason: str, language: Language) -> str:
    """Return the words of a reason's slug, or the slug itself where there are none."""
    return str(words(SHARED, language)["reasons"].get(reason, reason))


def say(  # noqa: PLR0913  (a sentence depends on exactly these)
    danger: Danger,
    fact: str,
    *,
    reader: Reader,
    language: Language,
    numbers: Mapping[str, int] | None = None,
    clues: Mapping[str, str] | None = None,
) -> Sentence:
    """Given a fact and what is known of it, return the sentence that a person reads.

    `one` is used instead of `text` where the fact's number named by `counts` is 1, and `plain`
    where a clue that `text` names is not known here: the console never has any. A reader without
    words of their own hears the caretaker's. Raise Unspeakable for a fact without words, or
    when each of its wordings needs something that is not known.
    """
    for owner in (danger.value, SHARED):
        if row := words(owner, language).get(fact):
            break
    else:
        raise Unspeakable(f"no words in {language.value} for {danger.value}/{fact}")
    phrase = row.get(reader.value) or row[Reader.CARETAKER.value]
    known = {**(clues or {}), **{key: str(value) for key, value in (numbers or {}).items()}}
    if "reason" in known:
        known["reason"] = say_reason(known["reason"], language)
    single = (numbers or {}).get(row.get("counts", ""), 0) == 1
    wordings = [phrase["one"]] if single and "one" in phrase else []
    wordings += [phrase["text"], *([phrase["plain"]] if "plain" in phrase else [])]
    for wording in wordings:
        if placeholders(wording) <= known.keys():
            button = phrase.get("button", "")
            said = button.format_map(known) if placeholders(button) <= known.keys() else ""
            return Sentence(text=wording.format_map(known), button=said)
    raise Unspeakable(f"{danger.value}/{fact} cannot be said without more clues")


def placeholders(wording: str) -> frozenset[str]:
    """Return the names in braces of one wording."""
    return frozenset(name for _, name, _, _ in Formatter().parse(wording) if name)
