"""What a sticky note holds, as far as a camera could read it: a password, a login, or errands.

A note is short and written for oneself. Where a document needs a label, a note may hold the bare
word; and whoever reads it from a photo misreads a letter now and then.
"""

from collections.abc import Iterator, Sequence

from rapidfuzz import fuzz

from vigie.knowledge.passwords.labels import LOGIN, evident, flat, possible
from vigie.knowledge.passwords.notes import entries

_LABELS = ("mdp", "motdepasse", "passe", "password", "passwort", "kennwort", "code", "wifi", "pwd")
_LIKE = 80  # of 100: one letter of four misread
_LOGINS = ("login", "identifiant", "utilisateur", "user", "benutzer", "compte")
_BARE = 6  # characters of a password without any label
_SHORT_LINE = 3  # words: more is an errand
_EDGE = " \t:;,-–—|=>.()[]"


def passwords(lines: Sequence[str]) -> int:
    """Return how many of a note's lines hold what looks like a password."""
    kept = [line.strip() for line in lines if line.strip()]
    found = {entry.password for entry in entries([[line] for line in kept])}
    found |= set(_labelled(kept)) | set(_bare(kept))
    return len(found)


def logins(lines: Sequence[str]) -> int:
    """Return how many of a note's lines name an account."""
    return sum(_names_account(line) for line in lines)


def _names_account(line: str) -> bool:
    words = flat(line).replace(":", " ").split()
    if not 1 < len(words) <= _SHORT_LINE + 1:
        return False
    return bool(LOGIN.match(flat(line).strip())) or _like(words[0], _LOGINS)


def _labelled(lines: Sequence[str]) -> Iterator[str]:
    """Yield what follows a label that was misread, on its line or on the next."""
    for n, line in enumerate(lines):
        words = [word.strip(_EDGE) for word in line.replace(":", " ").split()]
        words = [word for word in words if word]
        if not words or not _like(flat(words[0]), _LABELS):
            continue
        beside = words[1:] or (lines[n + 1].split() if n + 1 < len(lines) else [])
        if len(beside) <= _SHORT_LINE:
            last = beside[-1:] and beside[-1].strip(_EDGE)
            if last and possible(last) and (evident(last) or any(s.isdigit() for s in last)):
                yield last


def _bare(lines: Sequence[str]) -> Iterator[str]:
    """Yield the words that look like a password by themselves."""
    for line in lines:
        words = line.replace(":", " ").split()
        if len(words) <= _SHORT_LINE:
            yield from (word.strip(_EDGE) for word in words if evident(word, least=_BARE))


def _like(word: str, labels: Sequence[str]) -> bool:
    return any(
        abs(len(word) - len(label)) <= 1 and fuzz.ratio(word, label) >= _LIKE for label in labels
    )
