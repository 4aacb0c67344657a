"""Numbers that stand for one person, one practice or one account, however they are typed.

A check digit makes sure; a slip of the keyboard breaks it, so that the form together with a word
beside it (« n° de sécu ») is enough as well. Sources: NIR, Code de la sécurité sociale R115-1; AVS,
EAN-13 after 756; NISS, Registre national; Luxembourg matricule, ISO 7064; RPPS, ANS (11 digits,
Luhn); FINESS and ADELI, 9 digits; SIRET, ISO 7812 Luhn; IBAN, ISO 13616.
"""

import re
from collections.abc import Iterator

from stdnum import iban, luhn
from stdnum.be import nn as niss
from stdnum.fr import nir

from vigie.domain.evidence.writing import Kind, Mark

_GAP = r"[ .\-/_]{0,2}"
_D = r"[0-9OoIl]"  # digits, and the letters that a scan or a hurried hand puts for them
_DIGITS = str.maketrans("OoIl", "0011")
_NEAR = 48  # characters before a number in which a word says what it is

_NIR = re.compile(
    rf"(?<![\w])[1-478Il]{_GAP}{_D}{{2}}{_GAP}{_D}{{2}}{_GAP}(?:{_D}{{2}}|2[ABab]){_GAP}{_D}{{3}}"
    rf"{_GAP}{_D}{{3}}(?:[ .\-/_(]{{0,3}}(?:cl[ée][ :]*)?{_D}{{2}}\)?)?(?![\w])"
)
_AVS = re.compile(rf"(?<![\w])7{_GAP}5{_GAP}6{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}{_GAP}{_D}{{2}}(?!\w)")
_NISS = re.compile(
    rf"(?<![\w]){_D}{{2}}{_GAP}{_D}{{2}}{_GAP}{_D}{{2}}{_GAP}{_D}{{3}}{_GAP}{_D}{{2}}(?!\w)"
)
_MATRICULE = re.compile(
    rf"(?<![\w])(?:19|20)\d\d{_GAP}[01]\d{_GAP}[0-3]\d{_GAP}\d{{3}}{_GAP}\d{{2}}(?!\w)"
)
_RUN = re.compile(r"(?<![\w.,/+-])\d(?:[ .\-]?[\dOo]){6,18}(?![\w]|[.,]\d)")
_IBAN = re.compile(
    r"(?<!\w)(?:[A-Z]{2}|fr|be|ch|lu|de|mc)[ ]?[\dOoIl]{2}(?:[ .\-]?[A-Za-z0-9]{4}){3,7}"
    r"(?:[ .\-]?[A-Za-z0-9]{1,3})?(?!\w)"
)
_IBAN_LENGTH = {"FR": 27, "MC": 27, "BE": 16, "CH": 21, "LI": 21, "LU": 20, "DE": 22, "IT": 27}
_PLATE = re.compile(
    r"(?<![\w-])(?:[A-HJ-NP-TV-Z]{2}[- ]?\d{3}[- ]?[A-HJ-NP-TV-Z]{2}|[a-hj-np-tv-z]{2}-\d{3}-[a-hj-np-tv-z]{2}|[1-9][- ][A-Z]{3}[- ]\d{3})"
    r"(?![\w-])"
)
_PLATE_SAID = re.compile(
    r"(?i)\b(?:plaque|immatricul\w+|kennzeichen|licen[cs]e plate|kontrollschild)\b"
    r"[^\n\d]{0,30}?[: ]\s*((?:[a-z]{2}[- ]?\d{2,6}(?:[- ]?[a-z]{2})?|\d{1,4}[- ][a-z]{1,3}[- ]\d{2,3}"
    r"|[a-z]{1,3}[- ][a-z]{1,2}[- ]?\d{1,4}))(?![\w-])"
)
# Swiss plates: a canton and up to six digits. Four or more: « BE 12 » may be anything.
_PLATE_CH = re.compile(
    r"(?<![\w-])(?:AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)"
    r"[- ·]\d{2,3}[ '’.]?\d{3}(?![\w-])"
)
_RECORD = re.compile(
    r"(?i)\b(?:IPP|NDA|IEP|NIP|MRN|DPI|(?:num[ée]ro|n[°ºo]\.?|nr\.?|nb)\s*(?:de |du |d')?(?:dossier|patient|s[ée]jour|"
    r"admission|passage|chambre forte|adh[ée]rent|s[ée]cu compl|mutuelle|accession|examen|venue|"
    r"identification|allocataire|carte d'identit[ée]|passeport)e?s?|"
    r"dossier(?: patient| m[ée]dical)?|(?:identifiant|ID|matricule)(?: (?:patient|interne|permanent))?e?|"
    r"Fallnummer|Fall-?Nr\.?|Patienten-?(?:nummer|nr\.?|ID)|patient (?:ID|number)|"
    r"(?:medical )?record (?:number|no\.?)|hospital (?:number|no\.?)|case (?:number|no\.?)|"
    r"r[ée]f(?:[ée]rence)?\.? (?:du )?patiente?|carte d'identit[ée]|passeport|Ausweisnummer|Versicherten-?(?:nummer|nr\.?))"
    r"(?:\s*(?:n[°ºo]\.?|num[ée]ro|nr\.?|no\.?|#|:|=|est|du patient|is|ist|lautet)){0,3}\s*"
    r"((?=[A-Z0-9/_.\-]*\d{3}|[A-Z0-9/_.\-]*\d[-/]\d)[A-Z]{0,4}[-/_.]?\d[A-Z0-9/_.\-]{2,18}\d|\d{4,14})(?!\w)"
)
_WORDS = {
    Kind.NIR: re.compile(
        r"(?i)s[ée]cu|\bnir\b|\bins\b|matricule|num[ée]ro de s|n° ?ss|vitale|immatricul|nss"
    ),
    Kind.AVS: re.compile(r"(?i)\bavs\b|\bahv\b|assur|sozial"),
    Kind.NISS: re.compile(r"(?i)niss|registre national|inss|nn\b|nrn|num[ée]ro national|rijks"),
    Kind.MATRICULE: re.compile(r"(?i)matricule|\bcns\b|luxemb|num[ée]ro national"),
    Kind.RPPS: re.compile(r"(?i)rpps"),
    Kind.ADELI: re.compile(r"(?i)adeli"),
    Kind.FINESS: re.compile(r"(?i)finess"),
    Kind.SIRET: re.compile(r"(?i)sire[tn]|entreprise|bce\b|\bide\b|\bche"),
    Kind.CARD: re.compile(r"(?i)carte|cb\b|visa|mastercard|card\b|karte"),
}
# Codes of drugs, books, studies and prices.
_NO_PERSON = re.compile(
    r"(?i)(?:\bcip(?: ?13| ?7)?|\bean|\bisbn|\bucd|\bdoi|\bnct|\bpmid|gtin|lot|r[ée]f(?:[ée]rence)?|version|code(?: barre)?)\s*(?:n[°o])?\s*:?\s*$"
)
_LUHN_CARD = range(13, 20)


def numbers(text: str) -> Iterator[Mark]:
    """Yield the numbers of a plain text, the surest first: what overlaps a former is to be left."""
    yield from _accounts(text)
    yield from _insured(text)
    for found in _RUN.finditer(text):
        if kind := _run(text, found):
            yield Mark(kind=kind, start=found.start(), end=found.end())
    for pattern in (_PLATE, _PLATE_CH):
        yield from (
            Mark(kind=Kind.PLATE, start=m.start(), end=m.end()) for m in pattern.finditer(text)
        )
    yield from (
        Mark(kind=Kind.PLATE, start=m.start(1), end=m.end(1)) for m in _PLATE_SAID.finditer(text)
    )
    yield from (
        Mark(kind=Kind.RECORD, start=m.start(1), end=m.end(1)) for m in _RECORD.finditer(text)
    )


def _accounts(text: str) -> Iterator[Mark]:
    for found in _IBAN.finditer(text):
        plain = re.sub(r"[ .\-]", "", found[0])
        plain = plain[:2].upper() + plain[2:].translate(_DIGITS).upper()
        length = _IBAN_LENGTH.get(plain[:2])
        end = found.end()
        if length and len(plain) > length:  # the next word was taken for its last group
            end = _cut(text, found.start(), length)
            plain = plain[:length]
        figures = sum(c.isdigit() for c in plain)
        if iban.is_valid(plain) or (len(plain) == length and figures > len(plain) // 2):
            yield Mark(kind=Kind.IBAN, start=found.start(), end=end)


def _cut(text: str, start: int, length: int) -> int:
    at = start
    while length:
        length -= text[at].isalnum()
        at += 1
    return at


def _insured(text: str) -> Iterator[Mark]:
    for found in _MATRICULE.finditer(text):
        if _said(Kind.MATRICULE, text, found.start()):
            yield Mark(kind=Kind.MATRICULE, start=found.start(), end=found.end())
    for found in _NIR.finditer(text):
        if _nir(found[0], said=_said(Kind.NIR, text, found.start())):
            yield Mark(kind=Kind.NIR, start=found.start(), end=found.end())
    for found in _AVS.finditer(text):  # no other number has thirteen digits after 756
        yield Mark(kind=Kind.AVS, start=found.start(), end=found.end())
    for found in _NISS.finditer(text):
        digits = re.sub(r"\D", "", found[0].translate(_DIGITS))
        written = re.fullmatch(r"\S{2}\.\S{2}\.\S{2}[- ]\S{3}[.\- ]\S{2}", found[0])
        month, day = int(digits[2:4]), int(digits[4:6])
        shaped = month % 20 <= 12 and day <= 31
        if (
            niss.is_valid(digits)
            or (shaped and re.fullmatch(r"\S{11}", found[0]) and not luhn.is_valid(digits))
            or (shaped and (written or _said(Kind.NISS, text, found.start())))
        ):
            yield Mark(kind=Kind.NISS, start=found.start(), end=found.end())


def _nir(written: str, *, said: bool) -> bool:
    digits = re.sub(r"[^0-9ABab]", "", re.sub(r"(?i)cl[ée]", "", written).translate(_DIGITS))
    digits = digits.upper()
    month = int(digits[3:5]) if digits[3:5].isdigit() else 0
    shaped = 1 <= month <= 12 or 20 <= month <= 42 or month >= 50
    if len(digits) == 15 and nir.is_valid(digits):
        return True
    grouped = re.match(r"\S[ .\-]\S\S[ .\-]\S\S[ .\-]\S\S[ .\-]\S{3}[ .\-]\S{3}", written)
    return shaped and (said or grouped is not None or len(digits) == 15)


def _run(text: str, found: re.Match[str]) -> Kind | None:
    """Return what a run of digits is, from its length, its check digit and the words before it."""
    digits, start = re.sub(r"\D", "", found[0].translate(_DIGITS)), found.start()
    if digits.startswith("34009") or _NO_PERSON.search(text, max(0, start - 20), start):
        return None  # 34009: a drug's CIP
    length = len(digits)
    if length == 11 and (
        _said(Kind.RPPS, text, start) or (digits[:2] in {"10", "81"} and luhn.is_valid(digits))
    ):
        return Kind.RPPS
    if length == 9 and _said(Kind.ADELI, text, start):
        return Kind.ADELI
    if length == 9 and _said(Kind.FINESS, text, start):
        return Kind.FINESS
    if length == 14 and (luhn.is_valid(digits) or _said(Kind.SIRET, text, start)):
        return Kind.SIRET
    if length in {9, 10} and _said(Kind.SIRET, text, start):
        return Kind.SIRET
    if length in _LUHN_CARD and luhn.is_valid(digits) and digits[0] in "3456":
        return Kind.CARD
    if length == 16 and _said(Kind.CARD, text, start):
        return Kind.CARD
    if length >= 12 and re.search(r"\d{7}", found[0]):
        return Kind.RECORD
    return None


def _said(kind: Kind, text: str, start: int) -> bool:
    near = text[max(0, start - _NEAR) : start]
    return _WORDS[kind].search(near.rpartition("\n\n")[2]) is not None
