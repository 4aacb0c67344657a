"""All marks of a text: the surest first, none over another, in the places of the text as given."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace

from vigie.domain.evidence.writing import Kind, Mark
from vigie.domain.practice import Language
from vigie.knowledge.patients.book import Book
from vigie.knowledge.writing.addresses import addresses
from vigie.knowledge.writing.contacts import contacts
from vigie.knowledge.writing.dates import ages, dates
from vigie.knowledge.writing.details import details
from vigie.knowledge.writing.names import names
from vigie.knowledge.writing.numbers import numbers
from vigie.knowledge.writing.plain import plain
from vigie.knowledge.writing.speech import spoken
from vigie.knowledge.writing.tokens import LOWER, UPPER, Token, tokens
from vigie.knowledge.writing.towns import towns

LONGEST = 200_000  # characters of one text: a post has a thousand, a report ten thousand
_FEW = 0.5  # of the sentences that begin with a capital: below it capitals mean nothing
_GREETS = re.compile(
    r"(?i)\A\W*(?:bonjour|bonsoir|salut|coucou|hello|hi|hallo|liebe[rs]?|chère?|cher|dear|merci)\W{1,3}$"
)
_SIGNS = re.compile(
    r"(?i)(?:cordialement|merci\W.{0,40}|amicalement|bises|bisous|confraternellement|salutations|signé|grüsse?n?|gruss|regards|sincerely|"
    r"bonne (?:journée|soirée)|d'avance|à bientôt|bien à (?:vous|toi))\W{0,3}\s*(?:(?:dr|pr|docteur|prof)\.? )?$"
)
_LINE = re.compile(r"(?:\A|\n)[ \-–—]*(?:(?:Dr|Pr|Docteur|dr|Prof)\.? )?$")
_REST = re.compile(
    r"[ .,)!]*(?:,? ?(?:kiné|IDE|IDEL|interne|MG|médecin\w*|généraliste|infirmi\w+|sage-femme|secrétaire|pédiatre)[^\n]{0,40})?\s*\Z"
)


class TooLong(ValueError):
    """The text is longer than `LONGEST`."""


class _Taken:
    """The stretches that are marked, in order."""

    def __init__(self) -> None:
        self.marks: list[Mark] = []
        self._starts: list[int] = []

    def add(self, found: Iterable[Mark]) -> None:
        for mark in found:
            if mark.end > mark.start and not self.over(mark.start, mark.end):
                at = bisect_left(self._starts, mark.start)
                self._starts.insert(at, mark.start)
                self.marks.insert(at, mark)

    def know(self, found: Iterable[Mark]) -> None:
        """Say of the marks that these touch that they are known; add those that touch none."""
        for mark in found:
            touched = [m for m in self.marks if m.start < mark.end and mark.start < m.end]
            if any(m.kind is not Kind.NAME for m in touched):
                continue
            for m in touched:
                at = self.marks.index(m)
                del self.marks[at], self._starts[at]
            start = min((mark.start, *(m.start for m in touched)))
            end = max((mark.end, *(m.end for m in touched)))
            sex = next((m.hint for m in touched if m.hint), "")
            self.add([replace(mark, start=start, end=end, hint=sex)])

    def over(self, start: int, end: int) -> bool:
        at = bisect_left(self._starts, end)
        return at > 0 and self.marks[at - 1].end > start


def search(given: str, book: Book | None = None) -> tuple[Mark, ...]:
    """Return what a text says of people, in order; `book` holds the practice's own patients.

    Raise TooLong for a text that is too long.
    """
    if len(given) > LONGEST:
        raise TooLong
    seen = plain(given)
    text, taken = seen.text, _Taken()
    counted = tuple(numbers(text))
    taken.add(contacts_first(text, counted))
    words = tuple(tokens(text))
    lower = in_lower_case(words)
    french = spoken(w.word.fold for w in words) is Language.FR
    taken.add(addresses(text, words, lower=lower))
    taken.add(_shortened(text, mark, taken) for mark in dates(text))
    taken.add(m for m in counted if m.kind in _UNSURE)
    taken.add(ages(text))
    places = _free(words, taken)
    taken.add(m for m in towns(words, lower=lower) if places[_at(words, m.start)])
    taken.add(names(text, words, _free(words, taken), lower=lower, french=french))
    taken.add(details(text, words))
    if book is not None:
        taken.know(_own(words, book))
    marks = [signing(text, mark) for mark in taken.marks]
    return tuple(_given(mark, seen.given(mark.start, mark.end)) for mark in marks)


def _shortened(text: str, mark: Mark, taken: _Taken) -> Mark:
    """Return a date without what another mark has of it: « le 3 mai 12 rue des Lilas »."""
    end = mark.end
    while end > mark.start and taken.over(end - 1, end):
        end -= 1
    return replace(mark, end=mark.start + len(text[mark.start : end].rstrip()))


def contacts_first(text: str, counted: Sequence[Mark]) -> Iterable[Mark]:
    """Yield mails and pages before numbers, and telephones after them: each may hold the other."""
    reached = tuple(contacts(text))
    yield from (m for m in reached if m.kind != "phone")
    yield from (m for m in counted if m.kind not in _UNSURE)
    yield from (m for m in reached if m.kind == "phone")


_UNSURE = frozenset({"card", "record", "siret", "plate"})


def _own(words: Sequence[Token], book: Book) -> Iterable[Mark]:
    """Yield the names of the practice's own patients."""
    for index, token in enumerate(words):
        one = token.word
        if one.entry.grammar:
            continue
        near = words[index + 1] if index + 1 < len(words) else None
        if near and near.before in {" ", ", ", "-"} and book.knows(one.fold, near.word.fold):
            yield Mark(kind=Kind.NAME, start=token.start, end=near.end, known=True)
        elif not one.entry.common and book.knows(one.fold):
            yield Mark(kind=Kind.NAME, start=token.start, end=token.end, known=True)


def signing(text: str, mark: Mark) -> Mark:
    """Return the mark of a name as one that greets or signs, where it does: a colleague's."""
    if mark.kind is not Kind.NAME:
        return mark
    before = text[max(0, mark.start - 80) : mark.start]
    greets = mark.start < 30 and _GREETS.search(before) and " " not in text[mark.start : mark.end]
    last = _REST.match(text, mark.end) and (
        _SIGNS.search(before) or (_LINE.search(before) and mark.start > 40)
    )
    return replace(mark, signs=True) if greets or last else mark


def _given(mark: Mark, place: tuple[int, int]) -> Mark:
    return mark if place == (mark.start, mark.end) else replace(mark, start=place[0], end=place[1])


def _at(words: Sequence[Token], start: int) -> int:
    return bisect_left(words, start, key=lambda w: w.start)


def _free(words: Sequence[Token], taken: _Taken) -> list[bool]:
    return [not taken.over(w.start, w.end) for w in words]


def in_lower_case(words: Sequence[Token]) -> bool:
    """Return whether a text is written without capitals, or in nothing but capitals."""
    long = [w for w in words if len(w.word.text) > 3]
    if long and sum(w.word.case == UPPER for w in long) > 0.7 * len(long):
        return True
    opening = [w for w in words if w.opens]
    capital = sum(w.word.case != LOWER for w in opening)
    inside = sum(w.word.case not in {LOWER, UPPER} and not w.opens for w in words)
    return capital < _FEW * len(opening) and inside <= max(1, len(words) // 25)
