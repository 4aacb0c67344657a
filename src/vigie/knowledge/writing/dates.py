"""Dates in all written forms, births among them, and ages."""

import re
from collections.abc import Iterator

from vigie.domain.evidence.writing import Kind, Mark

_MONTHS = (
    r"(?:(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|d[ée]cembre|januar|j[äa]nner|februar|m[äa]rz|april|juni|juli|"
    r"august|oktober|dezember|january|february|march|may|june|july|september|october|november|"
    r"december)(?!\w)|(?:janv|jan|f[ée]vr?|avr|juill?|sept|oct|nov|d[ée]c|feb|mar|apr|jun|jul|aug|sep|okt|dez)(?!\w)\.?)"
)
_DAYS = (
    r"(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|montag|dienstag|mittwoch|donnerstag|"
    r"freitag|samstag|sonntag|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
)
_SMALL = (
    r"(?:premier|deux|trois|quatre|cinq|six|sept|huit|neuf|dix(?:-(?:sept|huit|neuf))?|onze|douze|"
    r"treize|quatorze|quinze|seize|vingt(?:[ -](?:et[ -]une?|deux|trois|quatre|cinq|six|sept|huit|neuf))?|"
    r"trente(?:[ -]et[ -]une?)?)"
)
_YEAR_SAID = (
    r"(?:deux[ -]mille(?:[ -][a-zé]+){0,3}|mille[ -]neuf[ -]cents?(?:[ -](?!et )[a-z]+){0,3}"
    r"|dix-neuf[ -]cents?(?:[ -][a-z]+){0,3})"
)
_DAY, _MONTH, _YEAR = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])", r"(?:(?:19|20)\d\d|\d\d)"
_Y4 = r"(?:1[89]|20)\d\d"
_WHOLE = re.compile(
    rf"(?<![\w.,/\-])(?:{_DAY}(?P<s>[./\-])(?P<gap> ?){_MONTH}(?P=s)(?P=gap){_YEAR}"
    rf"|{_Y4}(?P<t>[./\-]){_MONTH}(?P=t){_DAY}|{_DAY} {_MONTH} {_Y4})(?![\w]|[./\-]\d)"
)
_NAMED = re.compile(
    rf"(?i)(?<![\w/])(?:{_DAYS},?\s+)?(?:(?:{_DAY}(?:\s?er|\.|st|nd|rd|th)?|(?:le\s+)?{_SMALL})(?:\s+of)?[\s\-]{{1,2}}{_MONTHS}"
    rf"(?:[\s,\-]{{1,3}}(?:{_Y4}|'?\d\d(?![\w:h]|(?:[ .\-]\d\d){{2}}|\s*(?:ans|%|mg|kg|cm))|{_YEAR_SAID}))?"
    rf"|{_MONTHS}\s{_DAY}(?:st|nd|rd|th)?(?:,?\s{_Y4})?(?![\w%]|\s*(?:ans|mg|kg))"
    rf"|{_MONTHS}\s+(?:de\s+|of\s+)?(?:l'ann[ée]e\s+)?{_Y4})(?!\w)"
)
_NAMED_LETTER = re.compile(r"[a-zé]")
_SHORT = re.compile(
    rf"(?i)(?:\b(?:le|du|au|d[èe]s|depuis|jusqu'au|vu|vue|rdv|rendez-vous|op[ée]r[ée]e?|{_DAYS}|date|am|vom|on|des|et le)"
    rf"\s+(?:le\s+)?)(?P<d>{_DAY}[/.]{_MONTH})(?![\w/]|[.,]\d|\s*(?:mm|mg|g/|mmol|%|kg|cm|h\b))"
)
_MONTH_YEAR = re.compile(
    rf"(?i)(?:\b(?:en|depuis|d[èe]s|de|du|fin|d[ée]but|mi|seit|since|in)\s+)(?P<d>{_MONTH}/{_Y4})(?![\w/])"
)
_BORN = re.compile(
    r"(?i)(?:\bn[ée]e?s?(?:\(e\))?(?:\s+(?:le|en|au|un|[àa]\s+[^\d\n,.;]{2,30}[, ](?:\s*le)?))?|\bnaissance(?:\s+le)?|\bddn|\bd\.d\.n\.?|\bdn\b|"
    r"\bgeb(?:\.|oren)?(?:\s+am)?|\bgeburts(?:datum|tag)|\bborn(?:\s+(?:on|in))?|\bdob|\bd\.o\.b\.|\bdate of birth|\*)"
    r"\s*[:=(]?\s*(?:le\s+)?$"
)
_BORN_YEAR = re.compile(
    rf"(?i)\b(?:n[ée]e?s?(?:\(e\))?(?:\s+en)?|born in|geboren(?: im Jahr)?|jahrgang|ann[ée]e de naissance\s*:?|de la classe|classe)\s+(?P<d>{_Y4})(?!\w)"
)
_TENS = r"(?:vingt|trente|quarante|cinquante|soixante|septante|huitante|octante|nonante|quatre-vingts?|soixante-dix|quatre-vingt-dix)"
_AGE_SAID = (
    r"(?:(?:soixante|quatre-vingt)[ -](?:et[ -]|)(?:onze|douze|treize|quatorze|quinze|seize|dix(?:[ -](?:sept|huit|neuf))?)"
    rf"|{_TENS}(?:[ -](?:et[ -])?(?:une?|deux|trois|quatre|cinq|six|sept|huit|neuf))?"
    r"|onze|douze|treize|quatorze|quinze|seize|dix(?:[ -](?:sept|huit|neuf))?|deux|trois|quatre|cinq|six|sept|huit|neuf)"
)
_AGE = re.compile(
    rf"(?i)(?<![\w.,/+\-])(?P<n>\d{{1,3}}|{_AGE_SAID})(?:(?:\s*|-)(?P<u>ans(?:\s+et\s+demie?)?|an|a\.?(?=[ ,)])|y\.?\s?o\.?|yo|years?[ -]old|"
    r"-?year-old|yrs?|years? of age|jahre(?: alt)?|-?j[äa]hrige?[rnms]?|mois|jours|semaines?|months?[ -]old|-?month-old|"
    r"monate(?: alt)?|wochen(?: alt)?|j\.(?=[ ,)])))(?![\w])"
)
_NOT_BEFORE = re.compile(
    r"(?i)(?:\b(?:depuis|il y a|y a|pendant|dans|apr[èe]s|tous les|toutes les|d'ici|durant|sur|en|ces|les|des|quelques|environ tous les|"
    r"plus de|moins de|pr[èe]s de|dure|dur[ée]e de|recul de|suivi de|tabac|PA|fait|cela fait|[çc]a fait|for|since|over|in|after|every|"
    r"vor|seit|nach|alle|w[äa]hrend|f[üu]r|premiers?|derni[èe]res?|derniers?|prochains?|encore|bient[ôo]t|jusqu'[àa]|survie [àa]|risque [àa]|"
    r"mortalit[ée] [àa]|[àa] (?=[510]+\b)|contr[ôo]le [àa]|rappel [àa]|garantie|peine|condamn[ée]e? [àa]|mari[ée]e?s? depuis|retraite [àa]|traitement de|"
    r"cure de|arr[êe]t de|pour|formation de|exp[ée]rience de|s[ée]jour de|minimum|maximum|entre|avant|until|toutes|revoir [àa]|d[èe]s|[àa] partir de|jusque|avant l'[âa]ge de)\s+(?:environ |pr[èe]s de |plus de |les |des |bient[ôo]t |au moins )?)$"
)
_NOT_AFTER = re.compile(
    r"(?i)\s*(?:d'[ée]volution|de recul|plus t[ôo]t|plus tard|apr[èe]s|de traitement|de mariage|d'exp[ée]rience|de carri[èe]re|"
    r"d'anciennet[ée]|que\b|de suivi|de tabagisme|d'arr[êe]t|avant|ago|later|de pr[ée]vention|de th[èe]se|de m[ée]tier|de vie commune|de maladie|"
    r"d'intervalle|de gare|de boulot|d'[ée]tudes|de garde|de formation|de stage|d'internat|d'essai|de pr[êe]t|de garantie|de bail|de prison|de retraite|de cotisation|de conservation|ferme|de service|de pratique|et plus|et \+|ou plus|et moins|r[ée]volus|de symptomatologie|sous\b|post)"
)
_AGED = re.compile(
    r"(?i)(?:[âa]g[ée]e?s?(?:\s+de)?|\b[âa]ge\s*(?::|de)?|l'[âa]ge de|patiente?s?(?: de)?|homme(?: de)?|femme(?: de)?|gar[çc]on(?: de)?|fille(?: de)?|"
    r"fils(?: de)?|b[ée]b[ée](?: de)?|nourrisson(?: de)?|nouveau-n[ée](?: de)?|enfant(?: de)?|petite?(?: de)?|dame(?: de)?|monsieur(?: de)?|jumeaux(?: de)?|jumelles(?: de)?|[ÂA]GE|aged|\b[HF]|(?<!y )\ba|m[äa]nn(?:lich)?|frau|,|:|\()\s*$"
)
_PRONOUN = re.compile(r"(?i)\b(?:il|elle|b[ée]b[ée]|fils|fille|qui|[A-ZÉ][a-zéèïë]+) a $")
_ROW = re.compile(r"(?<![\d/.])\d{1,3}\s*(?:et|ou|à|a|-|,|/)\s*$")
_SEXED = re.compile(
    r"(?<!\w)(?:[HFMW] ?|homme |femme |m |f |h )(?P<n>\d{2})\s?(?:a|ans|y|J)?(?![\w.,/%])"
)
_CLOSED = re.compile(r"(?<![\w])(?:[HF]) ?\d{2}(?!\w)")
_OLDEST = 115
_UNDER = re.compile(r"(?i)mois|jour|semaine|month|monat|woche|j\.")
_YEARS_SAID = {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70,
    "huitante": 80, "octante": 80, "nonante": 90, "quatre-vingt": 80,
}  # fmt: skip
_ONES = {
    w: n for n, w in enumerate(
        ["un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize"], 1)
}  # fmt: skip


def dates(text: str) -> Iterator[Mark]:
    """Yield the dates of a plain text; those of a birth as such."""
    for pattern in (_WHOLE, _NAMED):
        for found in pattern.finditer(text):
            born = _BORN.search(text[max(0, found.start() - 45) : found.start()])
            start = found.start() + (3 if found[0][:3].lower() == "le " else 0)
            yield Mark(kind=Kind.BIRTH_DATE if born else Kind.DATE, start=start, end=found.end())
    for found in _BORN_YEAR.finditer(text):
        yield Mark(kind=Kind.BIRTH_DATE, start=found.start("d"), end=found.end("d"))
    for pattern in (_SHORT, _MONTH_YEAR):
        for found in pattern.finditer(text):
            yield Mark(kind=Kind.DATE, start=found.start("d"), end=found.end("d"))


def ages(text: str) -> Iterator[Mark]:
    """Yield the ages of a plain text; `hint` is the age in years, 0 below one."""
    for found in _AGE.finditer(text):
        unit, start = found["u"].lower(), found.start()
        before, after = text[max(0, start - 40) : start], text[found.end() : found.end() + 24]
        aged = _AGED.search(before)
        if _ROW.search(before):
            continue  # « à 25, 45 et 65 ans »
        if not aged and (_NOT_BEFORE.search(before) or _NOT_AFTER.match(after)):
            continue
        young = _UNDER.match(unit) and found["u"] != "J."
        if unit in {"a", "a.", "an"} and not aged:
            continue
        if young and not _infant(aged, unit, after, pronoun=_PRONOUN.search(before) is not None):
            continue
        years = 0 if young else years_said(found["n"])
        if years <= _OLDEST:
            yield Mark(kind=Kind.AGE, start=start, end=found.end(), hint=str(years))
    for found in _SEXED.finditer(text):
        yield Mark(kind=Kind.AGE, start=found.start("n"), end=found.end(), hint=found["n"])


def _infant(aged: re.Match[str] | None, unit: str, after: str, *, pronoun: bool) -> bool:
    """Return whether some months or days are an age, and no span of time."""
    if "old" in unit or "alt" in unit:
        return True
    if aged is None:
        return False
    if aged[0].strip() == "a":
        return pronoun and "mois" in unit
    told = aged[0].strip() not in {",", "(", ":"}
    return told or (after[:1] in {",", ")"} and "mois" in unit)


def years_said(written: str) -> int:
    """Return a number of years written in digits or in French words."""
    if written.isdigit():
        return int(written)
    total = 0
    rest = written.lower().replace(" ", "-")
    for tens in ("quatre-vingt", *(t for t in _YEARS_SAID if t != "quatre-vingt")):
        if rest.startswith(tens):
            total, rest = _YEARS_SAID[tens], rest[len(tens) :].lstrip("s")
            break
    for part in rest.split("-"):
        total += _ONES.get(part, 1 if part == "une" else 0)
    return total
