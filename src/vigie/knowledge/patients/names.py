"""The name of a patient: where letters and reports write it, and when two names are one person."""

import re
from functools import lru_cache

from vigie.knowledge.persons import names, same_name

# Words of a name begin with a capital; particles stand between. Every run has an end: a text of
# one letter sixty thousand times must cost no more than any other.
_WORD = r"\b[A-ZÀ-ÖØ-ÞŒ][A-Za-zÀ-ÖØ-öø-ÿŒœ'’\-]{1,30}"
_PARTICLE = r"(?:d[eu]|d['’]|des|la|le|von|van|der|den|di|da|del|ben|el|bin|zu|zur)"
_NAME = rf"(\b(?:{_PARTICLE} ){{0,3}}{_WORD}(?: (?:{_PARTICLE} ){{0,3}}{_WORD}){{0,3}})"
_TITLE = (
    r"(?:Mme|Mlle|MME|MLLE|Madame|Monsieur|Mademoiselle|M\.|Mr\.?|Mrs\.?|Ms\.?|Miss|Herrn?|Frau|"
    r"Hr\.|Fr\.|Sig\.(?:ra)?|Signor[ae]?|Dhr\.?|Mevr\.?|Mevrouw|Enfant|Kind|Child|l['’]enfant)"
)
_DATE = r"\d{1,2}[./\- ]\d{1,2}[./\- ]\d{2,4}"
_BORN = r"(?:née?|nee?|geb\.?|geboren|born|DOB|DDN|D\.D\.N\.|nat[oa]|geboren op)"
_HEADED = re.compile(
    r"(?:[Pp]atiente?|PATIENTE?|[Pp]atientin|[Pp]aziente|[Pp]atiënte?|"
    r"Nom(?: et |/| )[Pp]rénom|NOM(?: ET |/| )PRENOM|Nom du patient|Name des Patienten|"
    r"Patient(?:'s)? name|Nom usuel)"
    rf"(?:\s*:[ \t]*(?:{_TITLE}[ \t]+)?|,?[ \t]+{_TITLE}[ \t]+){_NAME}"
)
# « patient DURAND Claire »: without a colon or a title, capitals say that it is a name.
_IN_CAPITALS = re.compile(
    rf"\b[Pp]atient(?:e|in|en)?[ \t]+(?={_WORD}(?:[ \t]+{_WORD})?)"
    rf"(?=(?:\S+[ \t]+)?[A-ZÀ-Þ-]{{3,}}\b){_NAME}"
)
_CONCERNED = re.compile(
    r"(?:[Cc]oncerne|[Cc]oncernant|[Oo]bjet\s*:|[Bb]etrifft|[Bb]etreff\s*:|[Bb]etr\.|[Rr]egarding|"
    r"[Cc]oncerning|[Rr]iguarda|[Rr]iguardante|[Bb]etreft|[Vv]otre patiente?|[Mm]on patient|"
    r"[Mm]a patiente|Ihr(?:e|en|er)? Patient(?:in|en)?|[Yy]our patient|[Mm]y patient|"
    r"[Rr]ésultats?(?: d[e’'][\w’']+)? de|"
    r"[Cc]ompte[- ]rendu(?: [\w’']+){0,3} de|dossier de|bilan de|"
    r"ordonnance (?:de|pour)|courrier (?:de|pour)|[Bb]efund (?:von|für)|"
    r"[Bb]ericht (?:von|für|über)|"
    r"(?:report|results|letter|file|record) (?:of|for|on|about)|adresse|revu|vu en consultation)"
    rf"\s*[:,]?[ \t]*{_TITLE}[ \t]+{_NAME}"
)
_BORN_ON = re.compile(rf"{_NAME},?[ \t]*[(,]?[ \t]*{_BORN}[ \t]*(?:le|am|on|il|op|:)?[ \t]*{_DATE}")
_SPLIT = re.compile(
    rf"(?:Nom|NOM|Name|Nachname|Surname|Cognome|Naam)(?: de naissance)?\s*:[ \t]*{_NAME}"
    r"[\s,;]*(?:Prénoms?|PRÉNOM|PRENOM|Prenom|Vorname|First name|Nome|Voornaam)"
    rf"\s*:[ \t]*{_NAME}"
)
# What each needs somewhere: looking for that alone is many times as quick, and most mail has none.
_NEEDED = (
    (re.compile("atient|ATIENT|azient|atiënt|Nom|NOM|Name"), _HEADED),
    (re.compile("atient"), _IN_CAPITALS),
    (re.compile(_TITLE), _CONCERNED),
    (re.compile(_DATE), _BORN_ON),
)
_FIRST_NAME = re.compile("Prénom|PRÉNOM|PRENOM|Prenom|Vorname|First name|Nome|Voornaam")
_TITLED = re.compile(rf"(?<![\w]){_TITLE}[ \t]+{_NAME}")
_LAST = "([A-ZÀ-Þ]{3,30}(?:-[A-ZÀ-Þ]{3,30})?)"
_FIRST = "([A-ZÀ-Þ][a-zà-ÿ]{2,30}(?:-[A-ZÀ-Þ][a-zà-ÿ]{1,30})?)"
_FILE = re.compile(rf"(?<![A-Za-zÀ-ÿ]){_LAST}[ _-]{_FIRST}(?![A-Za-zÀ-ÿ])")
_FILE_TURNED = re.compile(rf"(?<![A-Za-zÀ-ÿ]){_FIRST}[ _-]{_LAST}(?![A-Za-zÀ-ÿ])")
# What stands with a capital in letters and file names and is nobody's name.
_NO_NAMES_WORDS = """
    compte rendu consultation hospitalisation operatoire imagerie radiologie scanner irm echo
    echographie radio bilan sanguin ordonnance certificat medical courrier lettre rapport
    bericht befund arztbericht report letter results resultats resultat analyse analyses labo
    laboratoire service docteur dr pr cabinet clinique hopital chu genou thorax epaule hanche
    cheville rachis bassin main pied abdomen cerveau coeur dos bras jambe facture devis note
    scan image photo copie page document fichier pdf date naissance sexe adresse telephone objet
    suite demande avis janvier fevrier mars avril mai juin juillet aout septembre octobre
    novembre decembre the this cher chere bonjour merci cordialement bien knee chest hip spine
    summary discharge blood test mrt ct lunge rezept uberweisung labor nous vous je il elle der
    die das ich wir sie
"""
_NO_NAMES = frozenset(_NO_NAMES_WORDS.split())
_LONGEST_NAME = 5


@lru_cache(maxsize=16)  # one message is asked about several times, by several rules
def named(text: str) -> tuple[str, ...]:
    """Return the patients that a text names as such, as it writes them, each once."""
    patterns = [pattern for needed, pattern in _NEEDED if needed.search(text)]
    found = [m[1] for pattern in patterns for m in pattern.finditer(text)]
    if _FIRST_NAME.search(text):
        found += [f"{m[1]} {m[2]}" for m in _SPLIT.finditer(text)]
    return _kept(found)


def named_in_title(text: str) -> tuple[str, ...]:
    """Return the patients that a subject line names: there, a title and a name are enough."""
    return _kept([*named(text), *(m[1] for m in _TITLED.finditer(text)), *named_in_file(text)])


def named_in_file(name: str) -> tuple[str, ...]:
    """Return the patients that a file's name shows: `CR_DURAND_Claire.pdf`."""
    stem = name.rpartition(".")[0] or name
    turned = [f"{m[1]} {m[2]}" for m in _FILE_TURNED.finditer(stem)]
    return _kept([*(f"{m[1]} {m[2]}" for m in _FILE.finditer(stem)), *turned])


def _kept(found: list[str]) -> tuple[str, ...]:
    kept: list[str] = []
    for text in found:
        words = [w for w in text.split() if not set(names(w)) & _NO_NAMES]
        # A name ends where the sentence goes on with a word that is none.
        shown = " ".join(words[:_LONGEST_NAME])
        if names(shown) and len(words) == len(text.split()) and not _known(shown, kept):
            kept.append(shown)
    return tuple(kept)


def _known(shown: str, kept: list[str]) -> bool:
    return any(set(names(shown)) <= set(names(other)) for other in kept)


def same_patient(one: str, other: str) -> bool:
    """Return whether two names may be one person: the shorter fits into the longer.

    A married name beside a maiden name, a missing first name and a slip of the keyboard do not
    make somebody else; another first name does.
    """
    mine, theirs = names(one), names(other)
    if not mine or not theirs:
        return True  # nothing to tell them apart by
    short, long = sorted((mine, theirs), key=len)
    fitting = sum(any(same_name(name, candidate) for candidate in long) for name in short)
    return fitting == len(short) or fitting >= 2  # noqa: PLR2004  (a surname and a first name)
