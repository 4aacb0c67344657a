"""Salutations: whom the first line of a message speaks to, in five languages."""

import re
from dataclasses import dataclass, replace

from vigie.knowledge.persons import DESKS, TITLES, folded, names

_LINES = 6  # a salutation stands at the start; what comes later is quoted
_LONGEST = 80  # characters of a line that is nothing but a salutation
# Words that open a salutation. What follows, up to the comma, is whom it is for.
_OPENING = re.compile(
    r"^(?:(?:re\s*:\s*)?(?:"
    r"sehr geehrte[rsn]?|tres cher[es]*|mon cher|ma chere|mes cher[es]*|liebe[rsn]?|"
    r"guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening|day)|"
    r"cher[es]*|bonjour|bonsoir|salut|coucou|gruezi|hallo|hello|hoi|moin|dear|hi|hey|greetings|"
    r"car[oaie]|gentil(?:e|i|issim[oa])|egregi[oa]|spettabile|buon ?giorno|buona ?sera|ciao|salve|"
    r"beste|geachte|dag|goede(?:morgen|middag|navond)|lieve"
    r")\b\s*)"
)
# A line that is only a title and a name: « Docteur Martin, », « Frau Müller, ».
_TITLED = re.compile(
    r"^(?:(?:monsieur|madame|mademoiselle|mme|mlle|docteure?|doctor|dr|professeure?|pr|prof|"
    r"herr|frau|mr|mrs|ms|signor[ae]?|dott(?:ore|oressa|ssa)?|meneer|mevrouw|maitre)\b\.?|m\.)"
)
_STOP = re.compile(r"\s*(?:[,:!;.]|\s[-–—]+(?:\s|$)|--)")
_ABBREVIATED = re.compile(r"(?i)\b(drs?|pr|prof|mr|mrs|ms|mme|mlle|m|sig|dott|dhr|mevr|st)\.")
_BARE = re.compile(r"^([a-z][a-z'’\-]+(?: [a-z][a-z'’\-]+)?)\s*(?:,(?:\s|$)|(?:[:;!]|--?|–|—)\s*$)")
# Words that a greeting goes to when it goes to nobody in particular, or that follow a name.
_NOBODY_WORDS = """
    tous toutes tout monde all everyone everybody team equipe folks guys gang colleagues
    collegues confreres consoeurs confrere consoeur collegue kollegen kolleginnen kollege
    kollegin alle zusammen miteinander damen herren herr frau dames messieurs mesdames colleghi
    colleghe collega tutti iedereen allen allemaal there again ami amie amis amies friend
    friends und et and e en ed y i to the a vous toi patient patiente patients client clients
    clientes kunde kunden customer member valued sirs sir madam partner partners geehrte
    geehrter tres bonne bon annee journee matin soir docteurs merci pour votre vos nous suite
    ich wir je j ci voici bonjour bonsoir hallo hello salut
"""
_NOBODY = frozenset(_NOBODY_WORDS.split())
# A name joins these two: « Jean et Marie », « Anna und Peter ».
_AND = re.compile(r"(?i)\s*(?:&|/|\bet\b|\band\b|\bund\b|\be\b|\ben\b)\s*")
_QUOTED = re.compile(r"^\s*(?:>|-{3,}|_{5,}|from:|de ?:|von:|da:|van:|on .+ wrote:|le .+ ecrit)")
_MOST_WORDS = 6  # « Monsieur le Professeur Jean de Maistre »
_MOST_BARE = 4  # words of a title and a name that no comma ends


@dataclass(frozen=True, slots=True)
class Salutation:
    """Whom a message speaks to.

    `people` has the folded names of each person greeted, `titled` says that a title stood before
    (so that the name is a surname), `bare` that nothing but a name stood there: it may then be
    another word altogether, and counts only where somebody of that name is known. `line` has the
    words of the greeting itself, folded.
    """

    shown: str
    people: tuple[tuple[str, ...], ...]
    titled: bool = False
    bare: bool = False
    line: str = ""


def salutation(text: str) -> Salutation | None:
    """Given the text of a message, return whom its first lines greet, or None.

    None as well where it greets nobody in particular (« Bonjour à tous », « Dear colleague »).
    """
    found = _greeting(text)
    return found if found is not None and found.people else None


def beginning(text: str) -> str:
    """Given the text of a message, return the words it begins with, folded: « cher ami ».

    Whether they name anybody or not: people are greeted in a way of their own. Empty where the
    first lines greet nobody.
    """
    found = _greeting(text)
    return found.line[:_LONGEST] if found is not None else ""


def tells_nobody(words: str) -> bool:
    """Return whether a beginning is a greeting alone (« bonjour »), with which anybody is met."""
    return _OPENING.fullmatch(words) is not None


def _greeting(text: str) -> Salutation | None:
    """Return the greeting in the first lines, with nobody's people where it names nobody."""
    looked_at = 0
    for raw in text.split("\n", 40)[:40]:
        line = " ".join(raw.split())
        if not line:
            continue
        looked_at += 1
        plain = folded(line)
        if looked_at > _LINES or _QUOTED.match(plain):
            return None
        if found := _in_line(line, first=looked_at == 1):
            return replace(found, line=_opened(plain))
    return None


def _opened(plain: str) -> str:
    """Return a folded line up to where the greeting in it ends, if it ends soon."""
    opening = _OPENING.match(plain)
    start = opening.end() if opening else 0
    whole, _, _ = _split(_ABBREVIATED.sub(r"\1", plain[start:]))
    words = f"{plain[:start]} {whole}".split()
    return " ".join(words) if len(words) <= _MOST_WORDS else plain[:start].strip()


def _in_line(line: str, *, first: bool) -> Salutation | None:
    """Return whom one line greets; nobody's people where it greets, but nobody by name."""
    plain = folded(line)
    opening = _OPENING.match(plain)
    if opening is None and not _TITLED.match(plain):
        return _bare(line, plain) if first else None
    # Folding may change lengths (ß): where it does, the folded words are shown instead.
    rest = (line if len(line) == len(plain) else plain)[opening.end() if opening else 0 :]
    spoken_to = _ABBREVIATED.sub(r"\1", rest)
    whole, stop, _ = _split(spoken_to)
    if opening and not whole:  # « Bonjour, Docteur Martin, »
        whole, stop, _ = _split(spoken_to.lstrip(" ,:;!.-–—"))
        if not _TITLED.match(folded(whole)):
            return Salutation(line, ())
    words = whole.split()
    if len(words) > _MOST_WORDS or (opening is None and not stop and len(words) > _MOST_BARE):
        return Salutation(line, ()) if opening else None
    people = tuple(found for part in _AND.split(whole) if (found := _spoken_to(part, sure=stop)))
    titled = any(folded(word) in TITLES for word in words)
    return Salutation(whole, people, titled=titled)


def _split(text: str) -> tuple[str, bool, str]:
    """Return what stands before the end of a salutation, whether that end is there, the rest."""
    found = _STOP.search(text)
    if found is None:
        return text.strip(), False, ""
    return text[: found.start()].strip(), True, text[found.end() :]


def _spoken_to(part: str, *, sure: bool) -> tuple[str, ...]:
    """Return the names in one part of a salutation; without its comma they must be capitalised."""
    words = [w for w in part.split() if sure or w[:1].isupper()]
    return tuple(n for n in names(" ".join(words)) if n not in _NOBODY and n not in DESKS)


def _bare(line: str, plain: str) -> Salutation | None:
    """Return a first line that starts with one or two words and a comma: « Vince, »."""
    found = _BARE.match(plain) if line[:1].isupper() or len(plain) <= _LONGEST else None
    if found is None or set(found[1].split()) & (_NOBODY | DESKS | TITLES):
        return None
    people = names(found[1])
    shown = line[: found.end(1)] if len(line) == len(plain) else found[1]
    return Salutation(shown, (people,), bare=True) if people else None
