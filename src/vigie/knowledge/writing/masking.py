"""The same text without what identifies: it still reads well, and masking it again changes nothing.

Names become letters (the same person the same letter, titles stay), places their size, ages their
stage of life, trades their class; numbers become what they were, in brackets, so that nothing tells
how long they are. X, Y and Z are never taken for somebody's initials.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count

from vigie.domain.evidence.writing import IDENTIFIERS, Kind, Mark
from vigie.domain.practice import Language
from vigie.knowledge.writing.crowd import FEWEST, crowd
from vigie.knowledge.writing.details import CLASSES
from vigie.knowledge.writing.lexicon import folded
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.search import LONGEST, search
from vigie.knowledge.writing.speech import spoken, words

_LETTERS = "XYZ"
_ROUNDS = 3  # one is nearly always enough; more would mean that a placeholder is taken for a name
_FR, _DE, _EN = Language.FR, Language.DE, Language.EN
_BRACKETS = {
    Kind.NIR: ("numéro de sécurité sociale", "Versichertennummer", "insurance number"),
    Kind.AVS: ("numéro AVS", "AHV-Nummer", "insurance number"),
    Kind.NISS: ("numéro national", "Nationalnummer", "national number"),
    Kind.MATRICULE: ("matricule", "Matrikel", "national number"),
    Kind.RPPS: ("numéro RPPS", "Arztnummer", "doctor’s number"),
    Kind.ADELI: ("numéro ADELI", "Berufsnummer", "professional number"),
    Kind.FINESS: ("numéro FINESS", "Betriebsnummer", "establishment number"),
    Kind.RECORD: ("numéro de dossier", "Fallnummer", "record number"),
    Kind.SIRET: ("numéro SIRET", "Firmennummer", "company number"),
    Kind.IBAN: ("compte bancaire", "Bankkonto", "bank account"),
    Kind.CARD: ("carte bancaire", "Bankkarte", "bank card"),
    Kind.PLATE: ("plaque", "Kennzeichen", "number plate"),
    Kind.PHONE: ("téléphone", "Telefon", "telephone"),
    Kind.MAIL: ("adresse mail", "Mailadresse", "mail address"),
    Kind.URL: ("lien", "Link", "link"),
    Kind.ACCOUNT: ("compte", "Konto", "account"),
    Kind.BIRTH_DATE: ("date de naissance", "Geburtsdatum", "date of birth"),
    Kind.DATE: ("date", "Datum", "date"),
    Kind.ADDRESS: ("adresse", "Adresse", "address"),
    Kind.POSTCODE: ("code postal", "Postleitzahl", "postcode"),
    Kind.TOWN: ("ville", "Ort", "town"),
    Kind.REGION: ("région", "Region", "region"),
    Kind.AGE: ("âge", "Alter", "age"),
    Kind.PROFESSION: ("profession", "Beruf", "profession"),
}
_SIZES = ((2_000, "un village"), (10_000, "un bourg"), (50_000, "une petite ville"), (200_000, "une ville moyenne"))  # fmt: skip
_CITY = "une grande ville"
_STAGES = (
    (2, "âge de nourrisson"), (6, "âge préscolaire"), (12, "âge scolaire"), (18, "âge adolescent"),
    (30, "vingtaine"), (40, "trentaine"), (50, "quarantaine"), (60, "cinquantaine"), (70, "soixantaine"),
    (85, "âge avancé"),
)  # fmt: skip
_OLD = "un grand âge"
_WITH_COMBINATION = frozenset({Kind.PROFESSION, Kind.REGION})
_TITLE_BEFORE = re.compile(r"([^\W\d_]+)\.? {0,2}$")


def masked(text: str, marks: Sequence[Mark], language: Language | None = None) -> str:
    """Return a text without what its marks identify. `marks` are those of `search(text)`.

    The words put instead are of the text's own language unless another is asked for. What stands
    out only once its neighbours are gone is masked as well.
    """
    language = language or spoken(words(text))
    once = _masked(text, marks, language)
    for _ in range(_ROUNDS):
        if len(once) > LONGEST:
            break
        again = _masked(once, search(once), language)
        if again == once:
            break
        once = again
    return once


def _masked(text: str, marks: Sequence[Mark], language: Language) -> str:
    few = crowd(marks)
    combined = few is not None and few < FEWEST
    letters = _Letters(text, marks)
    pieces: list[str] = []
    at = 0
    for mark in _joined(text, marks):
        if mark.kind in _WITH_COMBINATION and not combined:
            continue
        start, instead = _instead(text, mark, letters, language)
        pieces += [text[at : max(at, start)], instead]
        at = mark.end
    return "".join((*pieces, text[at:]))


def _joined(text: str, marks: Iterable[Mark]) -> Iterator[Mark]:
    """Yield the marks that are replaced; a postcode and its town are one place."""
    waiting: Mark | None = None
    for mark in marks:
        if mark.kind in {Kind.DISEASE, Kind.EVENT}:
            continue
        if waiting is not None:
            if mark.kind is Kind.TOWN and not text[waiting.end : mark.start].strip(" ,-"):
                yield replace(mark, start=waiting.start)
                waiting = None
                continue
            yield waiting
            waiting = None
        if mark.kind is Kind.POSTCODE:
            waiting = mark
        else:
            yield mark
    if waiting is not None:
        yield waiting


def _instead(text: str, mark: Mark, letters: "_Letters", language: Language) -> tuple[int, str]:
    """Return where the replaced stretch begins (a preposition goes with it) and what it becomes."""
    before = text[max(0, mark.start - 24) : mark.start]
    if mark.kind is Kind.NAME:
        return mark.start, letters.name(mark, before, language)
    if mark.kind is Kind.FACILITY:
        return mark.start, text[mark.start : mark.end].split(maxsplit=1)[0]
    if language is _FR and mark.kind is Kind.TOWN:
        return _led(mark.start, before, _size(mark.people), within=True)
    if language is _FR and mark.kind is Kind.AGE:
        return _aged(mark.start, before, int(mark.hint or 0))
    if language is _FR and mark.kind is Kind.PROFESSION:
        title, _, sex = mark.hint.partition(":")
        return mark.start, CLASSES[title].instead[sex == "f"]
    if language is _FR and mark.kind is Kind.REGION and mark.hint == "village":
        return mark.start, "secteur"
    said = _BRACKETS[mark.kind][(_FR, _DE, _EN).index(language)]
    return mark.start, f"[{said}]"


def _size(people: int) -> str:
    return next((said for below, said in _SIZES if people < below), _CITY)


def _led(start: int, before: str, said: str, *, within: bool) -> tuple[int, str]:
    """Return a noun with its article after the preposition that leads to it."""
    if within and (led := re.search(r"(?i)(?<!\w)(?:[àa]|sur) $", before)):
        return start - len(led[0]), f"{'Dans' if led[0][0].isupper() else 'dans'} {said}"
    if led := re.search(r"(?i)(?<!\w)d(?:e |['’])$", before):
        return start - len(led[0]), f"{led[0][0]}’{said}"
    return start, said


def _aged(start: int, before: str, years: int) -> tuple[int, str]:
    stage = next((said for below, said in _STAGES if years < below), _OLD)
    if stage.endswith("aine"):
        if led := re.search(r"(?i)(?<!\w)d(?:e |['’])$", before):
            return start - len(led[0]), f"d’une {stage} d’années"
        return start, f"la {stage}"
    told = f"d’{stage}"
    if led := re.search(r"(?i)(?<!\w)(?:âgée?s? )?d(?:e |['’])$", before):
        return start - len(led[0]), told
    if led := re.search(r"(?<!y )(?<!\w)a $", before):
        return start - len(led[0]), f"est {told}"
    return start, told


class _Letters:
    """One letter for each person of a text, in the order in which they are named."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self._text = text
        self._known: list[tuple[frozenset[str], str]] = []
        taken = {m[0] for m in re.finditer(r"(?<!\w)[XYZ]\d?(?!\w)", text)}
        self._free = (
            letter for n in count(1) for base in _LETTERS
            if (letter := base if n == 1 else f"{base}{n}") not in taken
        )  # fmt: skip
        # The longest form first: « Julie Martin » makes « Julie » and « Mme Martin » one person.
        named = [m for m in marks if m.kind is Kind.NAME]
        forms = {m: frozenset(folded(text[m.start : m.end]).split("_")) for m in named}
        whole = sorted(forms.values(), key=len, reverse=True)
        self._form = {m: next(w for w in whole if f <= w) for m, f in forms.items()}

    def name(self, mark: Mark, before: str, language: Language) -> str:
        """Return the letter of a person; with a title where a full name had none."""
        form = self._form[mark]
        letter = next((said for known, said in self._known if known == form), "")
        if not letter:
            letter = next(self._free)
            self._known.append((form, letter))
        led = _TITLE_BEFORE.search(before)
        word = folded(led[1]) if led else ""
        parts = len(folded(self._text[mark.start : mark.end]).split("_"))
        if word in LISTS["titles"] or word in LISTS["callers"] or parts < 2 or not mark.hint:
            return letter
        titles = {_FR: ("M.", "Mme"), _DE: ("Herr", "Frau"), _EN: ("Mr", "Mrs")}[language]
        return f"{titles[mark.hint == 'f']} {letter}"


def secret(mark: Mark) -> bool:
    """Return whether a mark is a number, an address or a name that must not be published."""
    return mark.kind in IDENTIFIERS or mark.kind in {Kind.NAME, Kind.ADDRESS}
