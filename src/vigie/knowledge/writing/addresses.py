"""Addresses: a street with its number, before or after it, and the postcode with its town."""

import re
from collections.abc import Iterator, Sequence

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.gazetteer import HAMLET, town_at
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import LOWER, Token

_NUMBER = re.compile(
    r"(?i)(?<![\w.,/\-])(?:(?:b[âa]t(?:iment)?|appt?|appartement|escalier|esc|lot)\.? ?\w{1,3},? )?(?:n[°o] ?)?\d{1,4}(?: ?(?:bis|ter|quater)| ?[A-Da-d](?=[ ,]))?(?:[/\-]\d{1,3})?,? ?$"
)
_AFTER = re.compile(
    r",? {0,2}(?:n[°o]\.? ?)?\d{1,3}(?:[/\-]\d{1,3})? ?[a-dA-D]?(?:,? (?:bte|bo[iî]te|b\.) ?\d{1,3})?(?![\w.,]?\d|\w| ?(?:ans|mg|h\b|kg|jours|mois|€|%|fois|m[ée]decins?|patients?))"
)
_GERMAN = re.compile(
    r"(?<![\w\-])(?:[A-ZÄÖÜ][\wäöüß]{1,20}[ \-]){0,2}(?:[A-ZÄÖÜa-zäöü][a-zäöüß]{2,24}?(?:stra(?:ss|ß)e|str\.|weg|gasse|platz|allee|ring|halde|rain|matte|steig|ufer|acker)|Stra(?:ss|ß)e)"
    r" \d{1,3} ?[a-h]?(?!\w|[.,]\d)"
)
_ENGLISH = re.compile(
    r"(?<![\w.,])\d{1,4}[A-Da-d]?,? (?:[A-Z][a-z]+ ){1,3}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Drive|Close|Square|Court|Way|Gardens|Crescent|Terrace|Grove|Hill)(?!\w)"
)
_POSTCODE = re.compile(
    r"(?<![\w.,/\-])(?:(?:F|CH|B|L|D|BE|FR|LU)-? ?)?(\d{5}|\d{4}|\d{2} \d{3})(?=[ ,)\n.;\-]|$)"
)
_COUNTRY = re.compile(r"(?:F|CH|B|L|D|BE|FR|LU)-? ?\d")
_SAID = re.compile(
    r"(?i)(?:code postal|\bCP|\bNPA|\bPLZ|postleitzahl|postcode)\s*(?:est|:|de)?\s*$"
)
_LIVES = LISTS["lives_at"]
_LONGEST = 7  # words of a street's name
_SHAPE_1 = re.compile(r" (?:1[89]|20)\d\d(?!\d)")
_SHAPE_2 = re.compile(r"[ ']|\. ?| ?\d{1,2}(?:er)? |-")
_SHAPE_3 = re.compile(r"\d")
_SHAPE_4 = re.compile(r",? {1,2}|-? ")
_SHAPE_5 = re.compile(r"(?i)\b(?:en|depuis|de|since|in|seit|ann[ée]e|et)\s+$")
_SHAPE_6 = re.compile(r"(?:\d[a-d]?,? |[,\n(:] ?)$")


def addresses(text: str, words: Sequence[Token], *, lower: bool) -> Iterator[Mark]:
    """Yield streets, with their numbers, and postcodes with their towns."""
    for pattern in (_GERMAN, _ENGLISH):
        yield from (
            Mark(kind=Kind.ADDRESS, start=m.start(), end=m.end()) for m in pattern.finditer(text)
        )
    for at, word in enumerate(words):
        if word.word.fold in LISTS["street_heads"]:
            yield from _street(text, words, at, lower=lower)
    yield from _postcodes(text, words)


def _street(text: str, words: Sequence[Token], at: int, *, lower: bool) -> Iterator[Mark]:
    head = words[at]
    numbered = _NUMBER.search(text, max(0, head.start - 34), head.start)
    if not numbered and head.word.fold not in LISTS["street_sure"]:
        return
    if len(head.word.fold) <= 4 and head.word.fold not in LISTS["street_sure"] and not numbered:
        return
    last, capital = _name(words, at, lower=lower or numbered is not None)
    if last == at:
        return
    end = words[last].end
    year = _SHAPE_1.match(text[end : end + 6])
    if year and capital:
        end += 5
    after = None if numbered else _AFTER.match(text, end)
    lives = any(w.word.fold in _LIVES for w in words[max(0, at - 3) : at])
    if not (numbered or capital or lives or (after and lower)):
        return
    if after and (capital or lower or lives):
        end = after.end()
    yield Mark(kind=Kind.ADDRESS, start=numbered.start() if numbered else head.start, end=end)


def _name(words: Sequence[Token], at: int, *, lower: bool) -> tuple[int, bool]:
    """Return the last word of a street's name, and whether it has a capital."""
    last, capital, free = at, False, 2 if lower else 1
    particle = False
    for index in range(at + 1, min(at + 1 + _LONGEST, len(words))):
        word = words[index]
        if not _SHAPE_2.fullmatch(word.before):
            break
        if word.before.startswith(".") and len(words[index - 1].word.text) > 3:
            break
        fold = word.word.fold
        if _SHAPE_3.search(word.before):  # « rue du 8 mai »
            last, particle = index, False
            continue
        if fold in {
            "de",
            "du",
            "des",
            "la",
            "le",
            "les",
            "l",
            "d",
            "aux",
            "en",
            "sur",
            "saint",
            "sainte",
            "st",
            "ste",
            "et",
        }:
            if fold in {"et", "en", "sur"} and not _capital_next(words, index):
                break
            particle = True
            if fold in {"saint", "sainte", "st", "ste"}:
                last = index
            continue
        if word.word.case != LOWER:
            if word.opens and index > at + 1 and "." in word.before:
                break
            last, capital, particle = index, True, False
        elif free and (particle or index == at + 1) and not word.word.entry.grammar:
            last, free, particle = index, free - 1, False
        else:
            break
    return last, capital


def _capital_next(words: Sequence[Token], index: int) -> bool:
    return index + 1 < len(words) and words[index + 1].word.case != LOWER


def _postcodes(text: str, words: Sequence[Token]) -> Iterator[Mark]:
    starts = {word.start: index for index, word in enumerate(words)}
    for found in _POSTCODE.finditer(text):
        digits = found[1].replace(" ", "")
        gap = _SHAPE_4.match(text[found.end() :])
        index = starts.get(found.end() + (len(gap[0]) if gap else 0)) if gap else None
        country = _COUNTRY.match(found[0]) is not None
        said = _SAID.search(text[max(0, found.start() - 20) : found.start()]) is not None
        if index is None:
            if said or (country and len(digits) == 5):
                yield Mark(kind=Kind.POSTCODE, start=found.start(), end=found.end())
            continue
        place = town_at(words, index)
        sure = said or country
        if place and (len(digits) == 5 or sure or _plausible(digits, text[: found.start()])):
            yield Mark(kind=Kind.POSTCODE, start=found.start(), end=found.end())
            last, people = place
            yield Mark(
                kind=Kind.TOWN,
                start=words[index].start,
                end=words[last].end,
                people=people,
                hint=str(people),
            )
        elif (
            (len(digits) == 5 or sure)
            and words[index].word.case != LOWER
            and not words[index].word.entry.grammar
        ):
            yield Mark(kind=Kind.POSTCODE, start=found.start(), end=found.end())
            last = index
            while (
                last + 1 < len(words)
                and last - index < 5
                and words[last + 1].before in {"-", " ", "'"}
                and words[last + 1].word.case != LOWER
                and not words[last + 1].word.title
            ):
                last += 1
            yield Mark(
                kind=Kind.TOWN,
                start=words[index].start,
                end=words[last].end,
                people=HAMLET,
                hint=str(HAMLET),
            )
        elif said:
            yield Mark(kind=Kind.POSTCODE, start=found.start(), end=found.end())


def _plausible(digits: str, before: str) -> bool:
    """Return whether four digits before a town are its postcode, and no year."""
    if _SHAPE_5.search(before):
        return False
    return not digits.startswith(("19", "20")) or _SHAPE_6.search(before) is not None
