"""How many tries find a password: zxcvbn's reckoning, with what French practices choose from.

zxcvbn knows English words and keyboards. Added here: the frequent words of French and German with
and without accents, given names, the rows of an AZERTY keyboard, the years to come, and the
practice's own names.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from spellchecker import SpellChecker
from zxcvbn import matching, scoring

from vigie.knowledge.given_names import GIVEN_NAMES
from vigie.knowledge.letters import plain

# Beyond it a longer password is only harder, and the search for patterns grows with the square.
LONGEST = 72
LEAST = 12  # characters: what the CNIL and ANSSI ask of a password that stands alone
_WORDS = 30_000  # of each language: rarer ones are found in a dictionary, not in a guesser's list
_SHORTEST_WORD = 3
# What French people choose before they choose a word, the most frequent first (own compilation).
_CHOSEN_WORDS = """
    azerty motdepasse bonjour azertyuiop soleil doudou loulou marseille chouchou jetaime coucou
    bienvenue motdepasse1 mdp secret princesse vacances chocolat nicolas camille julien thomas
    marine alexandre chaton minette papillon licorne lapin cheval tigrou toutou poupette louloute
    bisous amour coeur etoile soleil1 famille maison jardin liberte football psg om asse lyon
    paris france bretagne corse cabinet secretariat accueil medecin docteur medical infirmiere
    kine sagefemme dentiste pharmacie patient patients vitale cartevitale cps ameli amelipro
    doctolib mssante apicrypt messagerie ordinateur windows imprimante wifi internet livebox
    freebox bbox admin administrateur utilisateur invite poste bureau serveur logiciel sauvegarde
    janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre printemps
    ete automne hiver lundi mardi mercredi jeudi vendredi samedi dimanche noel paques provisoire
    temporaire changer changezmoi changeme nouveau ancien entrer ouvrir sesame ouvretoi
"""
_CHOSEN = tuple(_CHOSEN_WORDS.split())
_ROWS = (
    "azertyuiop", "qsdfghjklm", "wxcvbn", "qwertzuiop", "asdfghjkl", "yxcvbnm",  # France, then CH
    "1234567890", "aqwzsxedcrfvtgbyhnujikolpm", "aqw1zsx2edc3", "1a2z3e4r5t6y",
    "&é\"'(-è_çà",
)  # fmt: skip
_RUN = 4  # keys in a row that somebody walks along
_YEARS = range(1930, 2041)


@dataclass(frozen=True, slots=True)
class Guess:
    """`magnitude`: the power of ten of the tries; `own`: one of the practice's names helped."""

    magnitude: int
    own: bool


def guess(password: str, names: Iterable[str] = ()) -> Guess:
    """Return what it takes to find a password for somebody who knows the practice's `names`."""
    said = password[:LONGEST]
    if not said:
        return Guess(0, own=False)
    books = {**matching.RANKED_DICTIONARIES, **_books(), "practice": _ranked(_pieces(names))}
    best = scoring.most_guessable_match_sequence(said, matching.omnimatch(said, books))
    own = any(part.get("dictionary_name") == "practice" for part in best["sequence"])
    return Guess(math.floor(math.log10(max(1, best["guesses"])) + 1e-9), own)


def _pieces(names: Iterable[str]) -> Iterator[str]:
    """Yield the words of each name, and the name written as one word."""
    for name in names:
        words = plain(name).replace("-", " ").replace("'", " ").replace(".", " ").split()
        yield from (word for word in words if len(word) >= _SHORTEST_WORD)
        yield "".join(words)


@cache
def _books() -> Mapping[str, Mapping[str, int]]:
    return {
        "chosen": _ranked((*_CHOSEN, *_runs(), *map(str, _YEARS))),
        "given_names": _ranked(sorted(GIVEN_NAMES)),
        "french": _ranked(_frequent("fr")),
        "german": _ranked(_frequent("de")),
    }


def _ranked(words: Iterable[str]) -> Mapping[str, int]:
    return {word: rank for rank, word in enumerate(dict.fromkeys(w for w in words if w), 1)}


def _frequent(language: str) -> Iterator[str]:
    counts = SpellChecker(language=language, distance=1).word_frequency.dictionary
    frequent = sorted(counts, key=lambda word: -counts[word])[:_WORDS]
    for word in frequent:
        if len(word) >= _SHORTEST_WORD:
            yield word
            yield plain(word)


def _runs() -> Iterator[str]:
    """Yield what fingers do along a row, in both directions, the longest first."""
    for length in range(max(map(len, _ROWS)), _RUN - 1, -1):
        for row in _ROWS:
            for start in range(len(row) - length + 1):
                yield row[start : start + length]
                yield row[start : start + length][::-1]
