"""Which of our languages a text is in, as far as its small words tell: French where they do not."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from vigie.domain.practice import Language
from vigie.knowledge.writing.lexicon import folded
from vigie.knowledge.writing.lists import LISTS

_FIRST = 20_000  # characters that are enough to tell
_WORD = re.compile(r"[^\W\d_]+")
_SMALL: Mapping[Language, frozenset[str]] = {
    language: LISTS[f"small_{language.value}"] for language in Language
}


def spoken(folds: Iterable[str]) -> Language:
    """Return the language of some words, given in small letters without accents."""
    counted = Counter(folds)
    counts = {language: sum(counted[w] for w in small) for language, small in _SMALL.items()}
    return max(counts, key=lambda language: counts[language])


def words(text: str) -> Iterable[str]:
    """Yield the words of a text's beginning as `spoken` wants them."""
    return (folded(found) for found in _WORD.findall(text[:_FIRST]))
