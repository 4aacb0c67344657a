# ruff: noqa: E501 (lists, told whole)
"""What is said to be guessed soon: passwords as French practices make them, and good ones.

    python benchmarks/passwords/guessing.py [--each 2000] [--seed 1]

Beside Vigie's reckoning stands zxcvbn's own, which knows English. Both are held against the same
limit (10^10 tries); length is left out, since both would count it alike. The made-up choices use
words that stand in no list of ours by design: surnames, towns, common words drawn by rank.
"""

import argparse
import random
from collections.abc import Callable, Mapping

from spellchecker import SpellChecker
from zxcvbn import zxcvbn

from vigie.guards.exposed_password.by_strength import GUESSABLE
from vigie.knowledge.passwords.guessing import guess
from vigie.routines.strongboxes.making import make_passphrase

Chance = random.Random
TOWNS = ["Annecy", "Quimper", "Moudon", "Namur", "Pau", "Tulle", "Vevey", "Mende", "Albi", "Sion"]
NAMES = ["Favre", "Tilleuls", "Rochat", "Bertin", "Lacroix"]
SIGNS = "!?*.@#$-_+"
_COUNTS = SpellChecker(language="fr").word_frequency.dictionary
_LEAST = 4  # letters
FRENCH = sorted((w for w in _COUNTS if len(w) >= _LEAST), key=lambda word: -_COUNTS[word])[:8000]


def chosen(c: Chance) -> str:
    """Return a password as people choose it: a word, a year, a sign."""
    word = c.choice(FRENCH)
    return c.choice([
        f"{word.title()}{c.randrange(1950, 2027)}{c.choice(SIGNS)}",
        f"{word}{c.randrange(10, 100)}{c.choice(SIGNS)}{c.choice(SIGNS)}",
        f"{c.choice(['Printemps', 'Automne', 'Janvier', 'Lundi', 'Noel'])}{c.randrange(2018, 2030)}{c.choice(SIGNS)}",
        f"{c.choice(['azerty', 'qsdfgh', 'wxcvbn', 'aqwzsx'])}{c.randrange(100, 9999)}{c.choice(SIGNS)}",
        f"{word.title()}{c.randrange(1, 96):02}000",
        f"{c.choice(['MotDePasse', 'Bonjour', 'Bienvenue', 'Secretariat'])}{c.randrange(1, 9999)}",
        word.title().replace("e", "3").replace("o", "0") + str(c.randrange(1990, 2027)),
    ])  # fmt: skip


def of_the_practice(c: Chance) -> str:
    """Return a password made of what stands on the door."""
    return f"{c.choice([*NAMES, *TOWNS])}{c.choice(['', '-', '.'])}{c.randrange(1000, 99999)}{c.choice(SIGNS)}"


def signs(c: Chance) -> str:
    """Return twelve random signs."""
    return "".join(
        c.choice("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!#-_") for _ in range(12)
    )


def words(c: Chance) -> str:
    """Return four words drawn by lot."""
    return c.choice(" -.").join(c.choice(FRENCH) for _ in range(4))


def strongbox(c: Chance) -> str:
    """Return a passphrase as `vigie passwords strongbox` makes it."""
    del c
    return make_passphrase()


KINDS: Mapping[str, Callable[[Chance], str]] = {
    "chosen: word, year, sign": chosen,
    "chosen: names of the practice": of_the_practice,
    "good: 12 random signs": signs,
    "good: 4 words by lot": words,
    "good: the strongbox's own": strongbox,
}

if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=2_000)
    parser.add_argument("--seed", type=int, default=1)
    picked = parser.parse_args()
    print(f"| said to be guessed soon (of {picked.each}) | Vigie | zxcvbn alone |\n|---|---|---|")
    for kind, make in KINDS.items():
        c = random.Random(picked.seed)  # noqa: S311  (a benchmark, to be repeated)
        made = [make(c) for _ in range(picked.each)]
        ours = sum(guess(each, [*NAMES, *TOWNS]).magnitude < GUESSABLE for each in made)
        theirs = sum(zxcvbn(each)["guesses_log10"] < GUESSABLE for each in made)
        print(f"| {kind} | {ours / len(made):.3f} | {theirs / len(made):.3f} |")
