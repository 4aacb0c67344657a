"""What stands around a word: a title, a verb, a disease, another name."""

import re
from collections.abc import Sequence

from vigie.knowledge.writing.lexicon import look_up
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import LETTER, LOWER, Token, Word

_SURE, _USUAL, _RARE = 3, 2, 1  # how usual a surname is
_NEXT_GAP = re.compile(r" {1,2}|-|'|\. ?|\.-")
_ELSEWHERE = frozenset(["a", "au", "aux", "avec", "chez", "dans", "en", "pour", "sur"])
_JOINS = frozenset(
    ["de", "du", "des", "d", "la", "le", "l", "et", "ou", "von", "van", "and", "und"]
)
_HEAD_GAP = 5  # words between « syndrome » and its eponym
_AGED = re.compile(r"\.?,? ?[(,]? ?\d{1,3} ?(?:ans|a\b|mois|jahre|years|y)", re.IGNORECASE)
_SHAPE_1 = re.compile(r" {1,2}|'| ?: ?| ?\(|, ")
_SHAPE_2 = re.compile(r"[ '\-]{1,2}|/| ?, ")
_SHAPE_3 = re.compile(r"\.?\s*(?:\n|$)|[.,(]| \(")
_SHAPE_4 = re.compile(r" |'|-|' ")


_DIGIT = re.compile(r" \d")


class Around:
    """The words of one text. `free` says which of them no surer mark has taken."""

    def __init__(
        self, text: str, words: Sequence[Token], free: Sequence[bool], *, lower: bool, french: bool
    ) -> None:
        self._text, self._words, self._free = text, words, free
        self._lower, self._french = lower, french
        self._taken = [False] * len(words)
        self._spans: list[tuple[int, int, str]] = []

    def _before(self, index: int) -> Word | None:
        """Return the word right before, past « de », « du », « le » and a colon."""
        for back in range(index - 1, max(-1, index - 3), -1):
            gap = self._words[back + 1].before
            if not _SHAPE_1.fullmatch(gap):
                return None
            if self._words[back].word.fold not in {"de", "d", "du", "le", "la", "est", "n"}:
                return self._words[back].word
            if index - back > 1:
                return None
        return self._words[index - 1].word if index else None

    def _eponym(self, index: int) -> bool:
        """Return whether a word is the name of a disease, a test or a fracture."""
        word = self._words[index].word
        parts = word.fold.split("_")
        known = all(part in LISTS["eponyms"] for part in parts)
        if (
            word.fold == "gilles"
            and self._text[self._words[index].end :][:15].lower() == " de la tourette"
        ):
            return True
        usual = word.entry.first == 2 or word.fold in LISTS["eponyms_usual"]
        heads = LISTS["eponym_heads"]
        for back in range(index - 1, max(-1, index - 1 - _HEAD_GAP), -1):
            if not self._free[back] or not _SHAPE_2.fullmatch(self._words[back + 1].before):
                break
            before = self._words[back].word
            if before.fold in _ELSEWHERE:  # « maladie de Horton à Mens Karim Benali »
                break
            if before.fold in heads:
                return known or (
                    (
                        back == index - 1
                        or self._words[back + 1].word.fold
                        in {"de", "d", "du", "des", "dit", "type"}
                    )
                    and self._one_with(back, index)
                )
            if before.title or (before.entry.first == 2 and before.case != LOWER and not known):
                return False
        if not known or usual:
            return False
        led = self._words[index - 1].word if index else None
        if led is None:
            return True
        initial = led.case == LETTER and "." in self._words[index].before  # « J.-P. Morel »
        return not (initial or led.title or (led.entry.first and led.case != LOWER))

    def _one_with(self, head: int, index: int) -> bool:
        """Return whether nobody comes in between a disease and its eponym.

        « test de Guthrie Karim », « score de Wells, la petite Zoé »: the disease has its name.
        """
        word, between = self._words[index].word, self._words[head + 1 : index]
        named = False
        for token in between:
            inner = token.word
            if inner.title or inner.caller or inner.fold in {"ne", "nee"}:
                return False
            if inner.case == LOWER or inner.fold in LISTS["function"]:
                if named and inner.fold not in _JOINS:  # « test de Guthrie suivi par Moreau »
                    return False
                continue
            named = True
            if self._words[index].before in {"-", "/"}:
                continue  # « maladie de Charcot-Marie-Tooth »
            if (
                inner.fold in LISTS["eponyms"]
                or word.entry.first
                or inner.case != word.case
                or "'" in word.text
            ):
                return False
        return True

    def _name_next(self, index: int) -> bool:
        if index + 1 >= len(self._words) or not self._free[index + 1]:
            return False
        nxt = self._words[index + 1]
        if (
            not _NEXT_GAP.fullmatch(nxt.before)
            or nxt.word.drug
            or (nxt.word.fold in LISTS["function"] and nxt.word.case != LETTER)
        ):
            return False
        entry = nxt.word.entry
        if nxt.word.case == LETTER and self._text[nxt.end : nxt.end + 1] == ".":
            return True
        if nxt.word.case == LOWER:
            if (
                nxt.word.case == LOWER
                and self._words[index].word.case == LOWER
                and entry.first == 2
                and not entry.common
            ):
                return self._lower
            return (
                self._lower
                and (entry.last > 0 or entry.first > 0)
                and (
                    not entry.common
                    or (
                        entry.last == _SURE
                        and not entry.verb
                        and not entry.grammar
                        and self._words[index].word.entry.first > 0
                    )
                )
            )
        return bool(entry.last or entry.first or not entry.common) and not (
            entry.people and not entry.last
        )

    def _verb_next(self, index: int) -> bool:
        if index + 1 >= len(self._words):
            return False
        nxt = self._words[index + 1]
        return (
            nxt.before == " "
            and nxt.word.case == LOWER
            and nxt.word.text != "à"
            and (
                nxt.word.entry.verb
                or nxt.word.fold
                in {"a", "est", "ne", "n", "se", "s", "m", "nous", "qui", "avait", "etait"}
            )
        )

    def _led(self, index: int) -> bool:
        """Return whether a small word that leads to people stands right before."""
        led = (
            self._words[index - 1].word.fold
            if index and self._words[index].before in {" ", "'"}
            else ""
        )
        return led in {"de", "d", "chez", "avec", "et", "pour", "que", "par", "qu", "a"}

    def _object_next(self, index: int) -> bool:
        """Return whether what follows makes a verb of a word: « mme porte un corset »."""
        if index + 1 >= len(self._words) or self._words[index + 1].before != " ":
            return False
        nxt = self._words[index + 1].word
        if _DIGIT.match(self._text, self._words[index + 1].end):
            return False  # « mme porte le 17 janvier »
        return (
            nxt.entry.grammar
            and not nxt.entry.verb
            and nxt.fold
            not in {"qui", "et", "ne", "n", "se", "s", "m", "nous", "vous", "a", "y", "en"}
        )

    def _noun_next(self, index: int) -> bool:
        return index + 1 < len(self._words) and self._words[index + 1].word.fold in {
            "de",
            "d",
            "du",
        }

    def _alone(self, index: int) -> bool:
        """Return whether a first name is all that a line or a field holds: « Merci. Rose »."""
        end = self._words[index].end
        return _SHAPE_3.match(self._text[end : end + 4]) is not None

    def _aged(self, index: int) -> bool:
        """Return whether an age follows: « Rose, 29 ans », « G. (47 ans) »."""
        end = self._words[index].end
        return _AGED.match(self._text, end) is not None

    def _particle(self, index: int) -> bool:
        """Return whether a particle of a name stands here: « de », « van », « Ben »."""
        word = self._words[index].word
        nxt = self._words[index + 1]
        if word.fold not in LISTS["particles"] or not _SHAPE_4.fullmatch(nxt.before):
            return False
        if nxt.word.case not in {LOWER, LETTER}:
            return True
        return (
            self._lower
            and word.fold not in {"la", "les", "l", "des", "d"}
            and compound(word.fold, nxt.word.fold) > 0
        )

    def _gap(self, index: int) -> bool:
        return _NEXT_GAP.fullmatch(self._words[index].before) is not None

    def _begins_compound(self, index: int) -> bool:
        """Return whether a surname of two words begins here: « Le Goff », « de smet »."""
        if index + 1 >= len(self._words) or not self._free[index + 1]:
            return False
        word, nxt = self._words[index].word, self._words[index + 1]
        if (
            nxt.before not in {" ", "'"}
            or nxt.word.case == LETTER
            or compound(word.fold, nxt.word.fold) < _RARE
        ):
            return False
        if LOWER not in (word.case, nxt.word.case):
            return not self._words[index].opens or self._verb_next(index + 1)
        return (
            self._lower
            and word.case == LOWER
            and not nxt.word.entry.common
            and compound(word.fold, nxt.word.fold) >= _USUAL
        )


def compound(one: str, other: str) -> int:
    """Return how usual a surname of two words is."""
    return look_up(f"{one}_{other}").last
