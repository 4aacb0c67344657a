"""Houses with a name of their own: a hospital, a school, a home for the old."""

import re
from collections.abc import Sequence

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.gazetteer import town_at
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import LETTER, LOWER, UPPER, Token

_FACILITY_PARTS = LISTS["facility_parts"]
_SHAPE_3 = re.compile(r"[ '\-]|\. | [\"«]?")


def facility(words: Sequence[Token], index: int) -> Mark | None:
    """Return a hospital, a school, a shop with its own name: what the head and the name make."""
    last, named, led = index, False, ""
    for at in range(index + 1, min(index + 7, len(words))):
        word = words[at]
        if not _SHAPE_3.fullmatch(word.before):
            break
        fold = word.word.fold
        if fold in _FACILITY_PARTS and (
            word.word.case == LOWER or fold in {"les", "le", "la", "l"}
        ):
            led = fold
            if fold in {"saint", "sainte", "st", "ste"} and at + 1 < len(words):
                last, named = at + 1, True
            continue
        if at <= last:
            continue
        if word.word.case in {LOWER, LETTER} or word.word.drug or word.word.title:
            break
        if led in {"de", "d", "a"} and town_at(words, at) and (named or not word.word.entry.first):
            break  # « CHU de Grenoble »: the town says it
        if named and led in {"de", "d", "a"}:
            break
        if not led and not named and town_at(words, at) and word.word.case == UPPER:
            break
        last, named, led = at, True, ""
    if not named:
        return None
    return Mark(kind=Kind.FACILITY, start=words[index].start, end=words[last].end, people=100_000)
