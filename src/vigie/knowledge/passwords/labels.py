"""How people name a password in a note, and what the thing beside that name looks like."""

import re
import unicodedata

# What stands before a password and hardly before anything else. Written flat (see `flat`).
_STRONG = r"""
(?:mots?\s+de\s+passes?|motdepasse|mdp|passwords?|passwd|pass\s?word|passwort|passworter|kennwort
|pwd|phrase\s+de\s+passe|passphrase|zugangscode|pin
|codes?\s+(?:secret|pin|confidentiel|personnel|wi-?fi|alarme|porte|portail|d'acces|acces|session
|d'entree|immeuble|cps|cpx|carte|carte\s+(?:cps|bancaire|bleue|vitale)|cb|internet|coffre
|deverrouillage|verrouillage|telephone|messagerie|ordinateur|ordi|pc|windows|mail)s?
|cles?\s+(?:wi-?fi|wep|wpa\d?|reseau|internet|de\s+securite)|wlan-?(?:schlussel|passwort|code))
"""
_WEAK = r"(?:pw|pass|code|codes|cle|key|secret|acces)"
_LOGIN = r"""
(?:identifiants?|login|logins|utilisateur|nom\s+d'utilisateur|user|username|id|compte|e-?mail|mail
|adresse\s+mail|benutzer|benutzername|rpps|numero\s+de\s+compte|n°\s*(?:de\s+)?compte)
"""
STRONG = re.compile(rf"(?<![\w'-]){_STRONG}(?![\w-])", re.VERBOSE)
WEAK = re.compile(rf"(?<![\w'-]){_WEAK}(?![\w-])")
LOGIN = re.compile(rf"(?<![\w'-]){_LOGIN}(?![\w-])", re.VERBOSE)
PLURAL = re.compile(r"mots\s+de\s+passe|passwords|passworter|mdps|codes\s+\w+")
SEPARATOR = re.compile(r"\s*(?::|=|->|→|⇒)\s*|\s+(?:est|is|ist|c'est)\s+:?\s*")
# Titles of columns, so that a heading is not taken for the password beside another heading.
_HEADINGS = """
    site sites application logiciel service nom url adresse lien remarque remarques commentaire
    commentaires note notes utilisateur identifiant login qui pour date usage type compte mail
    email e-mail web portail programm name benutzer bemerkung website
"""
HEADINGS = frozenset(_HEADINGS.split())
# A file so named holds what it says: lines without a label count as well.
_NAMED = re.compile(
    r"(?<![a-z])(?:mots? ?de ?passes?|mdps?|passwords?|passworter?|kennworter?|pwd|passwd"
    r"|identifiants?|logins?|codes? (?:d'acces|d acces|acces|internet|secrets?|wifi|web|cabinet"
    r"|ordi\w*|pc|informatiques?)|acces (?:internet|web|logiciels?|sites?))(?![a-z])"
)
_CODES = re.compile(r"^(?:les |mes |nos )?(?:codes|acces)$")
# Words that answer « mot de passe : » without being one.
_REFUSALS = """
    oublie oubliee perdu change changer voir demander inconnu aucun aucune neant idem pareil
    provisoire temporaire personnel confidentiel obligatoire requis required expire expired
    erforderlich vergessen unbekannt siehe coffre keepass keepassxc bitwarden vide sans non oui
    ok cf selon meme celui votre mon ton son notre leur the your forgotten incorrect invalide
    invalid wrong faux erreur error reinitialise reinitialiser valide securise fort faible long
    none null n/a na xx nouveau ancien actuel new old current minimum caracteres lettres
"""
REFUSALS = frozenset(_REFUSALS.split())
_NOT_SECRET = re.compile(
    r"""(?:https?://|www\.).*|[^@\s]+@[^@\s]+\.\w{2,}      # addresses
    |\d{1,2}[/.\-]\d{1,2}([/.\-]\d{2,4})?|\d{4}-\d\d-\d\d  # dates
    |\d{1,2}[h:]\d{0,2}|\d+(?:er|e|eme|nd|th|st)           # times, ordinals
    |\d+[.,]?\d*(?:mg|g|kg|ml|l|cm|mm|m|km|h|min|s|j|ans?|mois|%|€|eur|chf|go|mo|px|dpi|x)
    |[a-z]{4}\d{3}|n°\d+|\(?0\d(?:[ .]?\d\d){4}\)?         # CCAM, telephones
    |[\w\-]+\.(?:pdf|docx?|xlsx?|txt|jpe?g|png|fr|com|ch|be|lu|org|net|eu|exe|zip)
    |[a-z]\d{1,2}|covid-?\d+|cim-?\d+|hba1c|windows\d+""",
    re.VERBOSE,
)
_SPECIAL = frozenset("!@#$%&*?_+=~^§£€<>{}[]|\\")
_SHORTEST, _LONGEST = 4, 64


def flat(text: str) -> str:
    """Return a text of the same length, in lower case without accents."""
    return "".join(_base(sign) for sign in text)


def _base(sign: str) -> str:
    if sign.isascii():
        return sign.lower()
    if sign == "’":
        return "'"
    if sign.isspace():
        return " "
    return unicodedata.normalize("NFD", sign.lower())[:1] or sign


def named(stem: str) -> bool:
    """Return whether a file of this name (without its ending) says that it holds passwords."""
    said = re.sub(r"[\s_.\-]+", " ", flat(stem)).strip()
    return bool(_NAMED.search(said) or _CODES.match(said))


def possible(token: str) -> bool:
    """Return whether a token may be a password where a label says that it is one."""
    said = flat(token)
    if not _SHORTEST <= len(token) <= _LONGEST or said.strip(".?!()") in REFUSALS:
        return False
    if len(set(said)) == 1 or not any(sign.isalnum() for sign in token):
        return False
    return not _NOT_SECRET.fullmatch(said)


def evident(token: str, *, least: int = _SHORTEST) -> bool:
    """Return whether a token looks like a password by itself: no word of any language does."""
    if len(token) < least or not possible(token):
        return False
    letter = any(sign.isalpha() for sign in token)
    digit = any(sign.isdigit() for sign in token)
    # A special sign at the end may be punctuation; inside it is none.
    special = any(sign in _SPECIAL for sign in token[:-1])
    mixed = re.search(r"[a-zà-ÿ][A-ZÀ-Ý]", token) is not None
    return letter and (digit or special or mixed)
