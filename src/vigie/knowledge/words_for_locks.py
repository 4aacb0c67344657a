"""Passwords that a letter gives for what it carries: « Mot de passe : 1234 »."""

import re

# What archives in letters are locked with, in the order of their use; besides what a letter says.
USUAL = ("infected", "1234", "12345", "123456", "password", "0000", "1111", "2026", "2025", "virus")

_SAID = re.compile(
    r"(?:mots?\s+de\s+passe|mdp|code(?:\s+d.acc[eè]s)?|password|passcode|passwort|kennwort|pwd|pass|pin)"
    r"(?:\s+(?:est|is|ist|lautet|du\s+fichier|de\s+l.archive|pour\s+ouvrir))?"
    r"\s{0,4}[:=\u2013\u00a0 -]{1,4}"
    r"[\"'«»“”„`\u202f\u00a0 ]{0,4}([^\s\"'«»“”`<>]{3,64})",
    re.IGNORECASE,
)
# One of these is in each of the words above.
_HINT = re.compile("passe|mdp|code|pass|kennwort|pwd|pin")
_MOST = 8
_LONGEST = 50_000  # characters of a letter that are looked at


def said(text: str) -> tuple[str, ...]:
    """Return the words that a text gives as passwords, as they stand and without a full stop."""
    found: dict[str, None] = {}
    text = text[:_LONGEST]
    if not _HINT.search(text.lower()):  # a plain search is many times as quick
        return ()
    for match in _SAID.finditer(text):
        found[match[1]] = None
        found[match[1].rstrip(".,;:!?)")] = None
        if len(found) >= _MOST:
            break
    return tuple(word for word in found if word)
