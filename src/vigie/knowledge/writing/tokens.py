"""Words of a plain text with all that is known of each."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from vigie.knowledge.writing.lexicon import Entry, folded, look_up
from vigie.knowledge.writing.lists import LISTS

LOWER, CAPITAL, UPPER, LETTER = range(4)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){0,7}")  # villages of France have seven parts
_SENTENCE = re.compile(r"[.!?:\n•>]\s*[\"'(«\-–*]*\s*$")
_MEDICAL = LISTS["drugs"] | LISTS["others"]


@dataclass(frozen=True, slots=True)
class Word:
    """One spelling: what the lexicon says of it and of its parts, and its capitals."""

    text: str
    case: int
    fold: str  # in lower case without accents
    entry: Entry
    drug: bool  # a drug, a product, an organisation
    title: bool
    caller: bool


@dataclass(frozen=True, slots=True)
class Token:
    """A word in its place.

    `opens`: a sentence or line begins with it. `before`: what stands between it and the last word.
    """

    word: Word
    start: int
    end: int
    opens: bool
    before: str


@lru_cache(maxsize=1 << 16)
def known(text: str) -> Word:
    """Return what is known of a word as it is spelled."""
    fold = folded(text)
    entry = look_up(fold)
    if (
        not entry.common
        and entry.first < 2
        and not entry.people
        and text.islower()
        and _glued(fold)
    ):
        entry = look_up(fold[1:])
    if "_" in fold and not (entry.common or entry.first or entry.people):
        entry = _compound(fold, entry)
    return Word(
        text=text,
        case=_case(text),
        fold=fold,
        entry=entry,
        drug=fold in _MEDICAL,
        title=fold in LISTS["titles"],
        caller=fold in LISTS["callers"],
    )


_DOUBLED = frozenset(
    {"jean", "marie", "anne", "pierre", "paul", "louis", "charles", "ana", "maria"}
)


def _glued(fold: str) -> bool:
    """Return whether a word is one whose article has lost its apostrophe: « lhomme », « denfants »."""
    rest = fold[1:]
    return (
        fold[:1] in "ldnjmtsc" and len(rest) > 2 and rest[:1] in "aeiouhy" and look_up(rest).common
    )


def _compound(fold: str, entry: Entry) -> Entry:
    """Return what the parts of a compound say together: `Marie-Anaïs`, `Dupont-Morel`, `a-t-il`."""
    parts = [look_up(part) for part in fold.split("_")]
    first = all(p.first for p in parts) or (parts[0].fold in _DOUBLED and len(parts) == 2)
    named = all(p.first or p.last for p in parts if len(p.fold) > 1)
    return Entry(
        fold=fold,
        common=all(p.common or p.grammar for p in parts) and not first,
        grammar=parts[0].grammar and parts[-1].grammar,
        verb=any(p.verb for p in parts) and parts[-1].grammar,
        first=1 if first and parts[0].first else 0,
        sex=parts[0].sex if first else "",
        last=max(entry.last, 1 if named else 0),
    )


def _case(text: str) -> int:
    if len(text) == 1:
        return LETTER if text.isupper() else LOWER
    if not text[0].isupper():
        return LOWER
    return UPPER if text.isupper() else CAPITAL


_ELIDED = LISTS["elided"]


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of a plain text in order."""
    last, held = 0, None
    for found in _WORD.finditer(text):
        start, end = found.span()
        between = text[last:start]
        opens = (
            last == 0
            or (len(between) > 1 and _SENTENCE.search(between) is not None)
            or ("\n" in between)
        )
        if between == "'" and held and (whole := _whole(text[held.start : end])):
            held = Token(whole, held.start, end, held.opens, held.before)
        else:
            if held:
                yield held
            held = Token(known(found[0]), start, end, opens, between)
        last = end
    if held:
        yield held


_OPENED = frozenset({"N", "M", "O"})  # `N'Guyen`, `M'Barek`, `O'Brien`


@lru_cache(maxsize=1 << 12)
def _whole(text: str) -> Word | None:
    """Return a surname that is written with an apostrophe inside: `Prud'homme`, `N'Guyen`."""
    head, _, rest = text.partition("'")
    word = known(text)
    if head in _OPENED and rest[:1].isupper() and word.entry.last and not rest.isupper():
        return word
    named = word.entry.last and (not word.entry.common or word.case != LOWER)
    return word if named and head.lower() not in _ELIDED else None
