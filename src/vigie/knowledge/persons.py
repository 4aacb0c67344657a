"""Persons: the names in a mailbox or a salutation, in a form in which they can be compared."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from vigie.domain.evidence.mail import Mailbox

# What stands beside a name and is none: titles, forms of address, particles that come and go.
_TITLES_WORDS = """
    dr doc docteur docteure doctor doktor dre drs pr prof professeur professeure professor prof.
    m mr mme mlle monsieur madame mademoiselle messieurs mesdames maitre me mrs ms miss sir
    madam herr frau hr fr herrn sig sigra signor signora signore dott dottore dottoressa dottssa
    gent dhr mevr mevrouw meneer heer de het confrere consoeur collegue cher chere chers cheres
    med phd md mba esq jr sr ing lic mag infirmier infirmiere idel kine pharmacien pharmacienne
"""
TITLES = frozenset(_TITLES_WORDS.split())
_PARTICLES_WORDS = """
    de du des la le les von van der den di da del della zu zum ten ter el al
"""
PARTICLES = frozenset(_PARTICLES_WORDS.split())
# Local parts that name a desk, not a person.
_DESKS_WORDS = """
    info infos contact contacts accueil secretariat secretaire cabinet bureau admin
    administration compta comptabilite facturation service support help mail email post office
    kontakt praxis sekretariat empfang rezeption noreply reply no donotreply ne pas repondre
    news newsletter webmaster postmaster direction rh hr commande commandes order orders sales
    vente ventes reception segreteria ufficio studio team equipe labo laboratoire resultats
    medecin medecins docteurs doctors clinique hopital centre imagerie radiologie urgences
    pharmacie reponse
"""
DESKS = frozenset(_DESKS_WORDS.split())
# Names people are also called by. Each group is one name.
_FAMILIAR = (
    "steven stephen steve stephan stefan stephane",
    "robert bob rob bobby robbie",
    "william bill will billy guillaume willy wilhelm",
    "richard rick dick rich",
    "james jim jimmy jamie",
    "jeffrey jeff geoffrey geoff",
    "michael mike mick michel mickael michi",
    "thomas tom tommy",
    "david dave",
    "kenneth ken kenny",
    "joseph joe josef jo",
    "john johnny jack jon jonathan johannes hans jean johann",
    "susan sue suzanne susanne susie",
    "elizabeth liz beth betty lisa elisabeth elise",
    "katherine kate kathy katie catherine cathy cath katharina kathrin",
    "margaret maggie meg peggy marguerite",
    "patricia pat patty trish",
    "patrick pat paddy",
    "christopher chris christophe christoph",
    "christine chris christina tina christiane",
    "anthony tony antoine anton antonio toni",
    "alexander alex alexandre alexandra sandra sascha",
    "edward ed eddie ted edouard eduard",
    "frederic fred frederick friedrich frederique",
    "philippe phil philip phillip philipp",
    "sebastien seb sebastian",
    "nicolas nico nicholas nick nikolaus klaus",
    "emmanuel manu emmanuelle",
    "veronique vero",
    "dominique dom domi",
    "isabelle isa isabel",
    "benjamin ben benoit",
    "daniel dan danny daniele danielle",
    "matthew matt mathieu matthieu matthias",
    "andrew andy drew andre andreas andrea",
    "samuel sam samantha",
    "gregory greg gregoire",
    "lawrence larry laurent laurence",
    "gerald gerry jerry jerome",
    "timothy tim",
    "ronald ron ronnie",
    "donald don",
    "charles charlie chuck karl carl",
    "peter pete pierre piet pieter pietro",
    "paul paolo pablo",
    "jacqueline jackie jacquie",
    "deborah debbie deb debra",
    "barbara barb babs",
    "jennifer jen jenny",
    "rebecca becky",
    "vincent vince vincenzo",
    "maximilian max maxime",
    "ulrich uli ueli",
    "heinrich heinz heiner",
    "francois francis franz frank francesco",
    "giuseppe beppe",
    "giovanni gianni",
)
_GROUPS: dict[str, frozenset[str]] = {}
for _line in _FAMILIAR:
    _names = frozenset(_line.split())
    for _name in _names:
        _GROUPS[_name] = _GROUPS.get(_name, frozenset()) | _names

_PIECES = re.compile(r"[^a-z]+")
_LEAST = 2  # letters: a single one is an initial
_PREFIX = 3  # letters that two forms of one name share at least: Fred, Frederic
LONG_NAME = 5  # letters from which one wrong letter is a slip, not another name


@lru_cache(maxsize=64)  # one message is asked about several times, by several rules
def folded(text: str) -> str:
    """Return a text in lower case, without accents: `Hélène` and `helene` are one name."""
    if text.isascii():
        return text.lower()
    plain = (
        text.casefold().replace("ß", "ss").replace("œ", "oe").replace("æ", "ae").replace("ø", "o")
    )
    decomposed = unicodedata.normalize("NFKD", plain)
    return "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()


def pieces(text: str) -> tuple[str, ...]:
    """Return the words of a name in order, folded, without titles and numbers."""
    return tuple(piece for piece in _PIECES.split(folded(text)) if piece and piece not in TITLES)


def names(text: str) -> tuple[str, ...]:
    """Return the names in a text that holds nothing else, in order: no initials, no particles."""
    return tuple(p for p in pieces(text) if len(p) >= _LEAST and p not in PARTICLES)


def desk(box: Mailbox) -> bool:
    """Return whether an address belongs to a desk, not to one person."""
    return any(piece in DESKS for piece in _PIECES.split(folded(box.local)))


def local_names(box: Mailbox) -> tuple[str, ...]:
    """Return the names that the local part of an address shows; none for a desk."""
    return () if desk(box) else names(box.local)


def person(box: Mailbox, more: Iterable[str] = ()) -> frozenset[str]:
    """Return every name a mailbox shows: in its name, its address, and in `more` (salutations)."""
    shown = "" if "@" in box.name else box.name
    found = set(local_names(box)) | {n for n in names(shown) if n not in DESKS}
    for text in more:
        found |= set(names(text))
    return frozenset(found)


def initials(box: Mailbox) -> frozenset[str]:
    """Return the single letters a mailbox shows where others have a name: `j.dupont` has a j."""
    return frozenset(p for p in (*pieces(box.local), *pieces(box.name)) if len(p) == 1)


def same_name(one: str, other: str) -> bool:
    """Return whether two folded names may be one: equal, familiar, shortened, or one slip apart."""
    if one == other or other in _GROUPS.get(one, frozenset()) or _plain(one) == _plain(other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) >= _PREFIX and long.startswith(short):
        return True
    return len(short) >= LONG_NAME and one_slip(one, other)


def forms_of(name: str) -> frozenset[str]:
    """Return a folded name and the names its bearer is also called by."""
    return _GROUPS.get(name, frozenset()) | {name, _plain(name)}


def _plain(name: str) -> str:
    """Write Müller, Mueller and Muller alike."""
    return name.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def one_slip(one: str, other: str) -> bool:
    """Return whether one wrong, missing, doubled or swapped letter separates two texts."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    left, right = one[start:], other[start:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )


def called_so(greeted: Iterable[str], box: Mailbox, salutations: Iterable[str] = ()) -> bool:
    """Return whether somebody greeted by these folded names may be the person of a mailbox.

    One name that fits is enough: people are greeted by their first name or their last. A local
    part that runs names together (`klay`, `jdupont`) fits the name it holds.
    """
    known = person(box, salutations)
    run_together = "".join(pieces(box.local))
    first_letters = initials(box)
    wanted = tuple(greeted)
    if len(wanted) == 1 and len(wanted[0]) <= _PREFIX and _spells_initials(wanted[0], box):
        return True
    return any(
        any(same_name(name, other) for other in known)
        or (len(name) >= _PREFIX and name in run_together)
        or (len(known) <= 1 and name[0] in first_letters and len(wanted) == 1)
        for name in wanted
    )


def _spells_initials(letters: str, box: Mailbox) -> bool:
    return any(
        letters in ("".join(p[0] for p in found), "".join(p[0] for p in reversed(found)))
        for found in (pieces(box.local), pieces(box.name))
        if found
    )
