"""Names of people, with capitals or without: what stands beside a word makes it a name.

A title, a first name or a word such as « patiente » anchors a name; what follows extends it; what
was named once is that name everywhere. Eponyms, drugs and scores are nobody.
"""

import re
from collections.abc import Iterator, Sequence

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import CAPITAL, LETTER, LOWER, UPPER, Token, Word

_MOST = 5  # words of a name
_RESERVED = "XYZ"  # what masking writes for somebody
_SURE, _USUAL, _RARE = 3, 2, 1  # how usual a surname is
_TITLE_GAP = re.compile(r"\.? {0,2}|\.? ?\(?")
_NEXT_GAP = re.compile(r" {1,2}|-|'|\. ?")
_HEAD_GAP = 5  # words between « syndrome » and its eponym
_TITLES_IN_LOWER = LISTS["titles"] - frozenset(
    ["m", "me", "ms", "pr", "mm", "pere", "soeur", "abbe", "hr", "sr", "prof", "mrs", "miss"]
)
_LOW_TITLES = frozenset(["m", "pr"])
_CALLED = frozenset(
    [
        "nomme",
        "nommee",
        "prenomme",
        "prenommee",
        "prenom",
        "nom",
        "appelle",
        "appelee",
        "surnomme",
        "surnommee",
        "dit",
        "dite",
        "alias",
        "famille",
        "veuve",
    ]
)
_LAST_CALLS = frozenset(["famille", "veuve", "epouse", "epoux", "nee", "ne", "nom", "les"])


class _Names:
    """The names of one text. `free` says which words no surer mark has taken."""

    def __init__(
        self, text: str, words: Sequence[Token], free: Sequence[bool], *, lower: bool, french: bool
    ) -> None:
        self._text, self._words, self._free = text, words, free
        self._lower, self._french = lower, french
        self._taken = [False] * len(words)
        self._spans: list[tuple[int, int, str]] = []

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

    # -- anchors -------------------------------------------------------------------------------

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
        if title.fold in {"m", "mm"} and re.search(r"\d ?$", self._words[index].before):
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
        if word.case == LETTER and word.text in _RESERVED:
            return False
        if word.case != LOWER:
            return (
                word.case != LETTER
                or word.fold != "a"
                or self._text[self._words[index].end : self._words[index].end + 1] == "."
            )
        if word.drug or word.fold in LISTS["chat"]:
            return False
        if not entry.common:
            return len(word.fold) > 1 and (low or self._lower or entry.last > 0 or entry.first > 0)
        if entry.grammar or not (entry.last >= _USUAL or entry.first == 2):
            return False
        return not entry.verb or (entry.last == _SURE and not self._object_next(index))

    def _object_next(self, index: int) -> bool:
        """Return whether what follows makes a verb of a word: « mme porte un corset »."""
        if index + 1 >= len(self._words) or self._words[index + 1].before != " ":
            return False
        nxt = self._words[index + 1].word
        return (
            nxt.entry.grammar
            and not nxt.entry.verb
            and nxt.fold
            not in {"qui", "et", "ne", "n", "se", "s", "m", "nous", "vous", "a", "y", "en"}
        )

    def _particle(self, index: int) -> bool:
        """Return whether a particle of a name stands here: « de », « van », « Ben »."""
        word = self._words[index].word
        nxt = self._words[index + 1]
        if word.fold not in LISTS["particles"] or not re.fullmatch(r" |'|-|' ", nxt.before):
            return False
        if nxt.word.case not in {LOWER, LETTER}:
            return True
        return (
            self._lower
            and word.fold not in {"la", "les", "l", "des", "d"}
            and _compound(word.fold, nxt.word.fold)
        )

    def _anchors(self, index: int) -> bool:
        token = self._words[index]
        word, entry = token.word, token.word.entry
        if word.drug or word.fold in LISTS["function"] or len(word.fold) < 2:
            return word.case == LETTER and self._initial(index)
        if self._eponym(index):
            return False
        before = self._before(index)
        called = before is not None and before.caller
        if word.case == LOWER or (self._lower and word.case == UPPER):
            return self._anchors_low(index, called=called)
        if word.case == UPPER:
            return self._anchors_upper(index, called=called)
        if entry.first and (not entry.common or not token.opens):
            return entry.first == 2 or self._french or called or self._name_next(index)
        if not self._french and not called and not entry.first:
            return False
        if token.opens:
            if entry.first == 2 and entry.common and self._alone(index):
                return True
            if entry.first and entry.common:
                return self._name_next(index) or (self._verb_next(index) and entry.first == 2)
            return (
                entry.last >= _USUAL
                and not entry.common
                and (self._verb_next(index) or self._name_next(index))
            )
        if called:
            return not (entry.people and not entry.last) and (
                not entry.common or entry.last == _SURE
            )
        if entry.common:
            return entry.last == _SURE and self._french and self._person_here(index)
        if entry.people and not entry.last:
            return False
        if entry.last >= _USUAL:
            return not entry.proper or entry.last == _SURE
        return (
            entry.last == _RARE
            and not entry.proper
            and (self._verb_next(index) or self._led(index))
        )

    def _alone(self, index: int) -> bool:
        """Return whether a first name is all that a line or a field holds: « Merci. Rose »."""
        end = self._words[index].end
        return re.match(r"\.?\s*(?:\n|$)|[.,(]| \(", self._text[end : end + 4]) is not None

    def _person_here(self, index: int) -> bool:
        """Return whether an ordinary word with a capital is somebody: « chez Blanc, », « que Petit a »."""
        led = self._led(index) or (index > 0 and self._words[index - 1].word.fold == "les")
        if not led:
            return False
        after = self._words[index + 1].before if index + 1 < len(self._words) else "."
        return (
            self._verb_next(index)
            or after.lstrip()[:1] in {",", ".", "?", "!", ")", ";", ""}
            and after != " "
            or self._words[index - 1].word.fold in {"chez", "avec"}
        )

    def _two_letters(self, index: int) -> bool:
        """Return whether two initials stand for a person: « R. B., 38 ans »."""
        if index + 1 >= len(self._words) or self._words[index + 1].word.case != LETTER:
            return False
        end = self._words[index + 1].end
        if self._words[index + 1].before not in {". ", "."} or self._text[end : end + 1] != ".":
            return False
        return (
            re.match(
                r"\.,? ?(?:\(?\d{1,3} ?(?:ans|a\b|mois)|est |a |vient |présente |née? |\(|m'|se )",
                self._text[end : end + 14],
            )
            is not None
        )

    def _led(self, index: int) -> bool:
        """Return whether a small word that leads to people stands right before."""
        led = (
            self._words[index - 1].word.fold
            if index and self._words[index].before in {" ", "'"}
            else ""
        )
        return led in {"de", "d", "chez", "avec", "et", "pour", "que", "par", "qu", "a"}

    def _anchors_low(self, index: int, *, called: bool) -> bool:
        token = self._words[index]
        word, entry = token.word, token.word.entry
        before = self._before(index)
        if word.fold in LISTS["chat"]:
            return False
        if word.case == LOWER and not self._lower:
            return (
                called
                and before is not None
                and before.fold in _CALLED
                and entry.first > 0
                and not entry.common
            )
        if (
            entry.common
            and entry.last == _SURE
            and before is not None
            and before.fold in {"patient", "patiente"}
            and self._name_next(index)
        ):
            return not entry.grammar
        if entry.common:
            return (
                entry.first > 0
                and before is not None
                and before.fold in _CALLED | {"petite", "petit"}
                and not entry.grammar
                and not entry.verb
            ) or (entry.last == _SURE and before is not None and before.fold == "famille")
        if entry.first == 2:
            return True
        if entry.first == 1:
            if called or self._name_next(index) or entry.last >= _USUAL:
                return True
            near = self._led(index) or (token.opens and self._verb_next(index))
            return near and len(word.fold) > 3 and not (entry.people or entry.proper)
        if entry.last == _SURE:
            return not entry.proper or called
        if entry.last == _USUAL:
            return called or self._verb_next(index)
        return (
            called
            and before is not None
            and before.fold in _CALLED | {"patient", "patiente"}
            and len(word.fold) > 3
            and not entry.proper
        )

    def _anchors_upper(self, index: int, *, called: bool) -> bool:
        word, entry = self._words[index].word, self._words[index].word.entry
        if word.fold in LISTS["chat"] or len(word.text) < 3:
            return False
        if entry.first == 2 and not entry.common and len(word.text) > 3:
            return True
        if entry.last >= _RARE and not entry.common and len(word.text) > 3:
            return not entry.people or entry.last >= _USUAL
        if called and len(word.text) > 3 and not entry.common:
            return True
        return (
            self._name_next(index)
            and (entry.last >= _RARE or not entry.common)
            and len(word.text) > 3
        )

    def _initial(self, index: int) -> bool:
        """Return whether one capital letter stands for a person: « la petite L. », « J. Durand »."""
        token = self._words[index]
        if token.word.text in _RESERVED:
            return False
        if self._two_letters(index):
            return True
        dotted = self._text[token.end : token.end + 1] == "."
        before = self._before(index)
        if (
            before is not None
            and before.caller
            and before.case == LOWER
            and before.fold
            not in {"avec", "contre", "chez", "merci", "femme", "homme", "dame", "pere"}
            | LISTS["eponym_heads"]
        ):
            return dotted or before.fold in {"petit", "petite", "patient", "patiente"}
        if not dotted or index + 1 >= len(self._words):
            return False
        nxt = self._words[index + 1]
        if nxt.before not in {". ", ".", ".-"}:
            return False
        surname = (
            nxt.word.case in {CAPITAL, UPPER}
            and nxt.word.entry.last >= _RARE
            and not nxt.word.entry.grammar
        )
        return surname and not nxt.word.drug and not self._eponym(index + 1)

    # -- around --------------------------------------------------------------------------------

    def _before(self, index: int) -> Word | None:
        """Return the word right before, past « de », « du », « le » and a colon."""
        for back in range(index - 1, max(-1, index - 3), -1):
            gap = self._words[back + 1].before
            if not re.fullmatch(r" {1,2}|'| ?: ?| ?\(|, ", gap):
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
        usual = word.entry.first == 2 or word.entry.last == _SURE  # « Bernard », « Lambert »
        heads = LISTS["eponym_heads"]
        for back in range(index - 1, max(-1, index - 1 - _HEAD_GAP), -1):
            if not re.fullmatch(r"[ '\-]{1,2}|/| ?, ", self._words[back + 1].before):
                break
            before = self._words[back].word
            if before.fold in heads:
                return (
                    back == index - 1
                    or self._words[back + 1].word.fold in {"de", "d", "du", "des", "dit", "type"}
                    or known
                )
            if before.title or (before.entry.first == 2 and before.case != LOWER and not known):
                return False
        if not known or usual:
            return False
        led = self._words[index - 1].word if index else None
        return not (led is not None and (led.title or (led.entry.first and led.case != LOWER)))

    def _name_next(self, index: int) -> bool:
        if index + 1 >= len(self._words) or not self._free[index + 1]:
            return False
        nxt = self._words[index + 1]
        if (
            not _NEXT_GAP.fullmatch(nxt.before)
            or nxt.word.drug
            or nxt.word.fold in LISTS["function"]
        ):
            return False
        entry = nxt.word.entry
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
            and (
                nxt.word.entry.verb
                or nxt.word.fold
                in {"a", "est", "ne", "n", "se", "s", "m", "nous", "qui", "avait", "etait"}
            )
        )

    # -- extension -----------------------------------------------------------------------------

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

    def _gap(self, index: int) -> bool:
        return _NEXT_GAP.fullmatch(self._words[index].before) is not None

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
        if word.drug or word.fold in LISTS["function"]:
            return False
        if word.case != LOWER and not (self._lower and word.case == UPPER and low):
            if nxt.before == "'":
                return self._words[last].word.case == LETTER
            return bool(
                entry.first or entry.last or not entry.common or word.case == UPPER
            ) and not (entry.people >= 50_000 and not entry.last)
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

    def _noun_next(self, index: int) -> bool:
        return index + 1 < len(self._words) and self._words[index + 1].word.fold in {
            "de",
            "d",
            "du",
        }

    def _back(self, first: int) -> int:
        """Return where a name begins, given one of its words: a capital before it belongs to it."""
        while first and not self._taken[first - 1] and self._free[first - 1]:
            before, gap = self._words[first - 1], self._words[first].before
            entry = before.word.entry
            if (
                before.word.case == LOWER
                or before.word.title
                or before.word.drug
                or before.word.fold in LISTS["function"]
            ):
                break
            if before.word.case == LETTER:
                if gap in {". ", ".", ".-", "-", " "} and before.word.fold not in {"a", "y"}:
                    first -= 1
                    continue
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
            if (
                self._taken[index]
                or not self._free[index]
                or fold not in parts
                or self._eponym(index)
            ):
                continue
            if token.word.case == LOWER and (
                entry.common or (not self._lower and not entry.last and not entry.first)
            ):
                continue
            if entry.common and token.opens and not self._verb_next(index):
                continue
            self._taken[index] = True
            self._spans.append((index, index, parts[fold]))


def _compound(one: str, other: str) -> bool:
    from vigie.knowledge.writing.lexicon import look_up  # noqa: PLC0415

    return look_up(f"{one}_{other}").last > 0


def names(
    text: str, words: Sequence[Token], free: Sequence[bool], *, lower: bool, french: bool
) -> Iterator[Mark]:
    """Yield the names of people in a plain text; `hint` is their sex where a word shows it."""
    return _Names(text, words, free, lower=lower, french=french).find()
