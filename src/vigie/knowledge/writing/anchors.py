"""Where a name begins: a first name, an initial, a surname with a capital or with none beside it."""

import re

from vigie.knowledge.writing.around import Around
from vigie.knowledge.writing.lexicon import ordinary
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import CAPITAL, LETTER, LOWER, UPPER

_RESERVED = "XYZ"  # what masking writes for somebody
_SURE, _USUAL, _RARE = 3, 2, 1  # how usual a surname is
_FIRST = 2  # a first name that many bear
_TO_PEOPLE = frozenset({"chez", "avec", "par"})
_BORN = frozenset({"ne", "nee", "geb", "geborene"})
_CALLED = LISTS["called"]
_SEEN = LISTS["seen"]
_WRITES = LISTS["writes"]


_STATES = LISTS["states"]
_FIELD = re.compile(
    r"(?i)(?:\b(?:nom(?: de naissance| usuel| d'usage| du patient| de famille)?|pr[ée]noms?|nom et pr[ée]noms?|nom pr[ée]nom|(?:sur|first |last )?name|"
    r"(?:vor|nach)name|identit[ée]|patiente?)\s*:\s*)$"
)


class Anchors(Around):
    """Say of each word whether a name begins with it."""

    def _anchors(self, index: int) -> bool:
        """Return whether a name begins with a word."""
        token = self._words[index]
        word, entry = token.word, token.word.entry
        if word.fold in LISTS["particles"] and self._begins_compound(index):
            return True
        if self._field(index):
            return True
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
        if "'" in word.text or self._born(index):
            return True  # « O'Brien », « née Kowalski »
        if not (self._french or called or entry.first or self._to_people(index)):
            return entry.last == _SURE and not (entry.common or entry.proper or entry.people)
        if token.opens:
            return self._anchors_opening(index)
        return self._anchors_inside(index, called=called)

    def _born(self, index: int) -> bool:
        """Return whether the word before says that this is the name somebody was born with."""
        return (
            index > 0
            and self._words[index - 1].word.fold in _BORN
            and self._words[index].before in {" ", ". "}
        )

    def _field(self, index: int) -> bool:
        """Return whether a form's field asks for a name here: « Nom : Bourgeois »."""
        token = self._words[index]
        if (
            ":" not in token.before
            or token.word.title
            or token.word.fold in LISTS["function"]
            or len(token.word.text) < 2
        ):
            return False
        return _FIELD.search(self._text, max(0, token.start - 40), token.start) is not None

    def _stands(self, index: int) -> bool:
        """Return whether a first name goes with a verb, an age or a stop: not with a noun."""
        return (
            self._alone(index)
            or self._aged(index)
            or self._verb_next(index)
            or self._text[self._words[index].end :][:3] in {" l'", " m'", " n'", " s'"}
        )

    def _anchors_opening(self, index: int) -> bool:
        """Return whether a name opens a sentence, where any word has a capital."""
        entry = self._words[index].word.entry
        if entry.first == 2 and entry.common and (self._alone(index) or self._aged(index)):
            return True
        fold = self._words[index].word.fold
        if entry.common and self._bare_noun(index):
            return True
        if len(fold) == 4 and fold[:2] == fold[2:] and not entry.common:
            return True  # « Gégé », « Lulu »
        if entry.first and entry.common:
            return self._name_next(index) or (self._verb_next(index) and entry.first == 2)
        if entry.common or not entry.last:
            return False
        if entry.last == _RARE:
            return self._state_next(index) and not entry.people
        return self._verb_next(index) or self._name_next(index)

    def _anchors_inside(self, index: int, *, called: bool) -> bool:
        """Return whether a capital inside a sentence is a surname's."""
        entry = self._words[index].word.entry
        if called:
            return not (entry.people and not entry.last) and (
                not entry.common or entry.last == _SURE
            )
        if entry.common:
            return entry.last == _SURE and self._person_here(index)
        if entry.people and not entry.last:
            return False
        if entry.last >= _USUAL:
            return not entry.proper or entry.last == _SURE
        return (
            entry.last == _RARE
            and not entry.proper
            and (self._verb_next(index) or self._led(index))
        )

    def _to_people(self, index: int) -> bool:
        """Return whether a word that leads to people alone stands right before."""
        return index > 0 and self._words[index - 1].word.fold in _TO_PEOPLE

    def _person_here(self, index: int) -> bool:
        """Return whether an ordinary word with a capital is somebody: « chez Blanc, », « que Petit a »."""
        led = self._led(index) or (index > 0 and self._words[index - 1].word.fold == "les")
        if not led:
            return False
        after = self._words[index + 1].before if index + 1 < len(self._words) else "."
        return (
            self._verb_next(index)
            or (after.lstrip()[:1] in {",", ".", "?", "!", ")", ";", ""} and after != " ")
            or self._to_people(index)
        )

    def _bare_noun(self, index: int) -> bool:
        """Return whether an ordinary word is somebody because nothing determines it.

        « que rivière est sorti »: a noun would have its article.
        """
        entry = self._words[index].word.entry
        if entry.grammar or entry.last < _SURE or self._words[index].word.caller:
            return False
        led = "" if self._words[index].opens else self._words[index - 1].word.fold
        if self._name_next(index):
            nxt = self._words[index + 1].word.entry
            return (
                nxt.first == 2
                and not nxt.common
                and (
                    led
                    in {"jour", "patient", "patiente", "dossier", "pour", "concernant", "de", ""}
                    or led in _SEEN
                )
            )
        return (
            led in {"patient", "patiente", "", "que", "qu", "mais", "car", "et", "si", "quand"}
            and not entry.verb
            and self._state_next(index)
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

    def _anchors_low(self, index: int, *, called: bool) -> bool:
        token = self._words[index]
        word, entry = token.word, token.word.entry
        before = self._before(index)
        if word.fold in LISTS["chat"]:
            return False
        if word.case == LOWER and not self._lower:
            return self._anchors_hurried(index, called=called)
        if (
            entry.common
            and entry.last == _SURE
            and before is not None
            and before.fold in {"patient", "patiente"}
            and self._name_next(index)
        ):
            return not entry.grammar
        if entry.common and (self._bare_noun(index) or self._shown(index)):
            return True
        if entry.common:
            return (
                entry.first > 0
                and before is not None
                and not entry.grammar
                and (
                    (before.fold in _CALLED | {"petite", "petit"} and not entry.verb)
                    or (before.caller and entry.first == 2 and self._stands(index))
                )
            ) or (
                entry.last == _SURE
                and before is not None
                and before.fold
                in {"famille", "certain", "certaine", "veuve", "chez", "mail", "message", "sms"}
                and not entry.grammar
            )
        if entry.first == 2:
            return True
        if entry.first == 1:
            if called or self._name_next(index) or entry.last >= _USUAL:
                return True
            if index == len(self._words) - 1 and token.before.strip(" ") and len(word.fold) > 1:
                return True  # a signature
            near = self._led(index) or (token.opens and self._verb_next(index))
            return near and len(word.fold) > 3 and not (entry.people or entry.proper)
        if entry.last == _SURE:
            return not entry.proper or called
        if entry.last == _USUAL:
            return called or self._verb_next(index)
        return (
            called
            and before is not None
            and (
                before.fold in _CALLED
                or (before.fold in _WRITES and entry.last > 0)
                or before.fold in {"certain", "certaine", "veuve"}
            )
            and len(word.fold) > 3
            and not entry.proper
        )

    def _anchors_hurried(self, index: int, *, called: bool) -> bool:
        """Return whether a word without a capital is a name, in a text that has capitals."""
        entry, before = self._words[index].word.entry, self._before(index)
        if entry.common or entry.people:
            return False
        if entry.first and called and before is not None and before.fold in _CALLED:
            return True
        if entry.last == _SURE and not entry.proper and self._initial_before(index):
            return True  # « j. durand »
        if entry.first < _FIRST or entry.proper:
            return False
        return called or not ordinary(self._words[index].word.fold)

    def _initial_before(self, index: int) -> bool:
        """Return whether one letter and a stop stand right before: « j. durand »."""
        return (
            index > 0
            and len(self._words[index - 1].word.text) == 1
            and self._words[index].before in {". ", "."}
        )

    def _state_next(self, index: int) -> bool:
        """Return whether what follows is said of a person: « est », « a », « ne »."""
        if index + 1 >= len(self._words) or self._words[index + 1].before != " ":
            return False
        nxt = self._words[index + 1].word
        return nxt.fold in _STATES and nxt.text != "à"

    def _shown(self, index: int) -> bool:
        """Return whether a first name that is a word stands for somebody seen: « vu rose hier »."""
        entry = self._words[index].word.entry
        if entry.first < 2 or entry.grammar or not index:
            return False
        if self._aged(index):
            return True
        if entry.verb:
            return False
        led = self._words[index - 1].word.fold
        if led in {"patient", "patiente"}:
            return self._alone(index) or self._name_next(index)
        return led in _SEEN and self._words[index].before == " "

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
        if self._two_letters(index) or (
            self._aged(index) and self._text[token.end : token.end + 1] == "."
        ):
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
