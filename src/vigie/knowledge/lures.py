"""Lures: what fraudulent messages ask for or promise, found by the words they use."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from importlib import resources
from tomllib import loads

_WORD = re.compile(r"[^\W_]+(?:['’+-][^\W_]+)*\+?|%")
_GAP = "…"
_WIDEST = 4  # words a gap may hold
_STEM = 3  # letters by which a word with a star is looked up

_LEXICON = loads((resources.files("vigie.knowledge") / "lures.toml").read_text("utf-8"))
KINDS = tuple(kind for kind, table in _LEXICON.items() if isinstance(table, dict))

_Phrase = tuple[str, ...]
_EXACT: dict[str, list[tuple[str, _Phrase]]] = defaultdict(list)
_STEMS: dict[str, list[tuple[str, _Phrase]]] = defaultdict(list)


def words_of(text: str) -> list[str]:
    """Return the words of a plain text (`letters.plain`), in their order."""
    return _WORD.findall(text)


def _learn() -> None:
    for kind in KINDS:
        for phrases in _LEXICON[kind].values():
            for phrase in phrases:
                parts = tuple(re.findall(r"[^\W_]+(?:['’+-][^\W_]+)*\*?\+?|[…%]", phrase))
                first = parts[0]
                if first.endswith("*"):
                    _STEMS[first[:_STEM]].append((kind, parts))
                else:
                    _EXACT[first].append((kind, parts))


_learn()


def found(words: Sequence[str]) -> dict[str, str]:
    """Return the kinds of lures that a text holds, each with the first words that say so."""
    kinds: dict[str, str] = {}
    for at, word in enumerate(words):
        for kind, phrase in _candidates(word):
            if kind not in kinds and (end := _matches(words, at, phrase)):
                kinds[kind] = " ".join(words[at:end])
    return kinds


def _candidates(word: str) -> Iterator[tuple[str, _Phrase]]:
    yield from _EXACT.get(word, ())
    # French runs its articles into the word: `l'heritage`, `d'identite`.
    if "'" in word:
        yield from _EXACT.get(word.rpartition("'")[2], ())
    yield from _STEMS.get(word[:_STEM], ())


def _matches(words: Sequence[str], at: int, phrase: _Phrase) -> int:
    """Return where the phrase ends if it stands at `at`, 0 otherwise."""
    gap = 0
    for part in phrase:
        if part == _GAP:
            gap = _WIDEST
            continue
        stop = min(at + gap + 1, len(words))
        at = next((n for n in range(at, stop) if _same(words[n], part)), -1) + 1
        if not at:
            return 0
        gap = 0
    return at


def _same(word: str, part: str) -> bool:
    if part.endswith("*"):
        return word.startswith(part[:-1])
    return word == part or ("'" in word and "'" not in part and word.rpartition("'")[2] == part)
