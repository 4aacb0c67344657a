"""Names of people, with capitals or without: what stands beside a word makes it a name.

A title, a first name or a word such as « patiente » anchors a name; what follows extends it; what
was named once is that name everywhere. Eponyms, drugs and scores are nobody.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.persons import one_slip
from vigie.knowledge.writing.anchors import Anchors
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import CAPITAL, LETTER, LOWER, UPPER, Token

_MOST = 7  # words of a name
_RESERVED = "XYZ"  # what masking writes for somebody
_SURE, _USUAL, _RARE = 3, 2, 1  # how usual a surname is
_OPENING = LISTS["particles"] - LISTS["function"] - LISTS["street_heads"] - {"saint", "st"}
_LONG = 5  # letters from which one wrong letter is a slip, not another name
_TITLE_GAP = re.compile(r"\.? {0,2}|\.? ?\(?")
_TITLES_IN_LOWER = LISTS["titles"] - frozenset(
    ["m", "me", "ms", "pr", "mm", "pere", "soeur", "abbe", "hr", "sr", "prof", "mrs", "miss"]
)
_LOW_TITLES = frozenset(["m", "pr"])
_SHAPE_1 = re.compile(r"\d ?$")


class _Names(Anchors):
    """The names of one text."""

    def find(self) -> Iterator[Mark]:
        for index in range(len(self._words)):
            if not self._free[index] or self._taken[index]:
                continue
            if self._words[index].word.title:
                self._titled(index)
            elif self._anchors(index):
                self._take(index, self._sex(index))
        self._again()
        for first, last, sex in sorted(self._spans):
            end = self._words[last].end
            if self._words[last].word.case == LETTER and self._text[end : end + 1] == ".":
                end += 1
            yield Mark(kind=Kind.NAME, start=self._words[first].start, end=end, hint=sex)

    def _sex(self, index: int) -> str:
        return self._words[index].word.entry.sex

    def _titled(self, index: int) -> None:
        title, at = self._words[index].word, index + 1
        if at >= len(self._words) or not self._free[at]:
            return
        if (
            title.case == LOWER
            and title.fold not in _TITLES_IN_LOWER
            and not (title.fold in _LOW_TITLES and self._lower)
        ):
            if self._words[at].word.case == LOWER:
                return
            if title.fold in {"m", "mm", "me", "ms", "pr"}:
                return
        if title.fold in {"m", "mm"} and _SHAPE_1.search(self._words[index].before):
            return
        if title.fold == "me" and title.case != CAPITAL:
            return
        if not _TITLE_GAP.fullmatch(self._words[at].before):
            return
        sex = (
            "f"
            if title.fold in LISTS["titles_f"]
            else "m"
            if title.fold in LISTS["titles_m"]
            else ""
        )
        if self._words[at].word.title:  # « Madame le Docteur », « Monsieur le Professeur »
            return
        if (
            self._words[at].word.fold in {"le", "la", "les", "l"}
            and self._words[at].word.case == LOWER
            and not (at + 1 < len(self._words) and self._particle(at))
        ):
            return
        start = at
        while start < len(self._words) - 1 and start - at < 3 and self._particle(start):
            start += 1
        if self._follows_title(
            start, low=title.case == LOWER and self._words[start].word.case == LOWER
        ):
            self._take(at, sex, anchor=start)

    def _follows_title(self, index: int, *, low: bool) -> bool:
        word, entry = self._words[index].word, self._words[index].word.entry
        if not self._free[index] or word.title:
            return False
        if (
            word.fold in LISTS["function"]
            and not (word.case != LOWER and entry.last)
            and word.case != LETTER
        ):
            return False
        if (word.case == LETTER and word.text in _RESERVED) or (word.drug and not entry.last):
            return False
        if word.case != LOWER:
            return (
                word.case != LETTER
                or word.fold != "a"
                or self._text[self._words[index].end : self._words[index].end + 1] == "."
            )
        if (word.drug and entry.last < _SURE) or word.fold in LISTS["chat"]:
            return False
        if not entry.common:
            return len(word.fold) > 1 and (low or self._lower or entry.last > 0 or entry.first > 0)
        if entry.grammar or not (entry.last >= _USUAL or entry.first == 2):
            return False
        return not entry.verb or (entry.last == _SURE and not self._object_next(index))

    def _take(self, first: int, sex: str, anchor: int | None = None) -> None:
        last = first if anchor is None else anchor
        low = self._words[last].word.case == LOWER
        while last + 1 < len(self._words) and last - first < _MOST:
            if self._extends(last, last + 1, low=low):
                last += 1
            elif (
                last + 2 < len(self._words)
                and self._gap(last + 1)
                and self._particle(last + 1)
                and self._extends(last + 1, last + 2, low=low)
            ):
                last += 2
            elif (
                last + 3 < len(self._words)
                and self._gap(last + 1)
                and self._words[last + 1].word.fold in {"de", "van", "von"}
                and self._gap(last + 2)
                and self._particle(last + 2)
                and self._extends(last + 2, last + 3, low=low)
            ):
                last += 3
            else:
                break
        first = self._back(first)
        if not sex:
            sex = next((s for i in range(first, last + 1) if (s := self._sex(i))), "")
        for at in range(first, last + 1):
            self._taken[at] = True
        self._spans.append((first, last, sex))

    def _extends(self, last: int, index: int, *, low: bool) -> bool:
        nxt, entry = self._words[index], self._words[index].word.entry
        word = nxt.word
        if not self._free[index] or self._taken[index] or not self._gap(index) or word.title:
            return False
        if "." in nxt.before and self._words[last].word.case != LETTER:
            return False
        if word.case == LETTER:
            return (
                word.text not in _RESERVED
                and nxt.before in {" ", ". ", ".", "-", ".-"}
                and (word.fold != "a" or self._text[nxt.end : nxt.end + 1] == ".")
            )
        if (word.drug and entry.last < _SURE) or word.fold in LISTS["function"]:
            return False
        if word.case != LOWER and not (self._lower and word.case == UPPER and low):
            if nxt.before == "'":
                return self._words[last].word.case == LETTER or self._words[last].word.fold == "d"
            after_first = self._words[last].word.entry.first == 2 and word.case == CAPITAL
            return bool(
                entry.first or entry.last or not entry.common or word.case == UPPER or after_first
            ) and not (entry.people >= 50_000 and not entry.last and not entry.first)
        if not low or word.fold in LISTS["chat"]:
            return False
        if entry.common:
            surname = entry.last == _SURE or (entry.last >= _USUAL and entry.first > 0)
            given = self._words[last].word.entry.first
            return (
                surname
                and given > 0
                and not self._noun_next(index)
                and not (entry.grammar or (entry.verb and self._object_next(index)))
            )
        if entry.people and not entry.last and not entry.first:
            return False
        return (
            entry.last > 0
            or entry.first > 0
            or (self._words[last].word.entry.first > 0 and len(word.fold) > 3)
        )

    def _back(self, first: int) -> int:
        """Return where a name begins, given one of its words: a capital before it belongs to it."""
        while first and not self._taken[first - 1] and self._free[first - 1]:
            before, gap = self._words[first - 1], self._words[first].before
            entry = before.word.entry
            if before.word.case == LETTER and not before.word.title:
                dotted = gap in {". ", ".", ".-"}  # « J.-P. Morel »
                plain = gap in {"-", " "} and before.word.fold not in LISTS["function"]
                if before.word.fold in {"a", "y"} or not (dotted or plain):
                    break
                first -= 1
                continue
            if (
                self._initial_before(first)
                and not before.word.title
                and before.word.fold not in {"a", "y"}
            ):
                first -= 1
                continue
            if before.word.fold in _OPENING and before.word.case == CAPITAL and gap == " ":
                first -= 1
                continue
            if (
                before.word.case == LOWER
                or before.word.title
                or before.word.drug
                or before.word.fold in LISTS["function"]
            ):
                break
            if (
                gap not in {" ", "-"}
                or entry.common
                or (entry.people and not entry.last and not entry.first)
            ):
                break
            if self._words[first - 1].opens and not (entry.first or entry.last):
                break
            if self._eponym(first - 1):
                break
            first -= 1
        return first

    def _slip(self, token: Token, parts: Mapping[str, str]) -> str:
        """Return the name found elsewhere of which a word is one slip of the keyboard, or nothing."""
        word = token.word
        if (
            len(word.fold) < _LONG
            or word.entry.common
            or word.entry.proper
            or word.entry.people
            or word.drug
        ):
            return ""
        if word.case == LOWER and not self._lower:
            return ""
        return next((p for p in parts if p[0] == word.fold[0] and one_slip(p, word.fold)), "")

    def _again(self) -> None:
        """Take every other place where a name that was found stands alone."""
        parts = {
            self._words[i].word.fold: sex
            for first, last, sex in self._spans
            for i in range(first, last + 1)
            if len(self._words[i].word.fold) > 2
            and self._words[i].word.fold not in LISTS["particles"]
        }
        for index, token in enumerate(self._words):
            fold, entry = token.word.fold, token.word.entry
            if self._taken[index] or not self._free[index]:
                continue
            if fold not in parts:
                fold = self._slip(token, parts)
            if not fold or self._eponym(index):
                continue
            if token.word.case == LOWER and (
                entry.common or (not self._lower and not entry.last and not entry.first)
            ):
                continue
            if entry.common and token.opens and not self._verb_next(index):
                continue
            self._taken[index] = True
            self._spans.append((index, index, parts[fold]))


def names(
    text: str, words: Sequence[Token], free: Sequence[bool], *, lower: bool, french: bool
) -> Iterator[Mark]:
    """Yield the names of people in a plain text; `hint` is their sex where a word shows it."""
    return _Names(text, words, free, lower=lower, french=french).find()
