"""Towns, regions, and the houses named after somebody: where a text places a person."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.details import TRADES
from vigie.knowledge.writing.gazetteer import HAMLET, town_at
from vigie.knowledge.writing.houses import facility
from vigie.knowledge.writing.lexicon import Entry, look_up
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import CAPITAL, LOWER, UPPER, Token

_LONGEST = 6  # words of a town's name
_WIDELY_KNOWN = 20_000  # inhabitants of a town whose name is first of all its own
_LARGE = 50_000
_REGION_PEOPLE = 350_000
_IN = LISTS["regions_after"]
_SHAPE_1 = re.compile(r"[ \-'/]|\. ")
_SHAPE_2 = re.compile(r"\d\d,? $")
_SHAPE_3 = re.compile(r"[ '\-]|\. | [\"«]?")


def towns(words: Sequence[Token], *, lower: bool) -> Iterator[Mark]:
    """Yield the places of a plain text: towns with their inhabitants, regions, named houses."""
    skip = -1
    for index, word in enumerate(words):
        if index <= skip or (word.word.drug and word.word.fold not in LISTS["facility_heads"]):
            continue
        if word.word.fold in LISTS["facility_heads"] and (house := facility(words, index)):
            yield house
            skip = next(i for i in range(index, len(words)) if words[i].end >= house.end)
            continue
        place = _town(words, index, lower=lower)
        if place:
            last, people = place
            skip = last
            yield Mark(
                kind=Kind.TOWN,
                start=word.start,
                end=words[last].end,
                people=people,
                hint=str(people),
            )
        elif word.word.fold in LISTS["regions"] and _region(words, index, lower=lower):
            yield Mark(kind=Kind.REGION, start=word.start, end=word.end, people=_REGION_PEOPLE)


def _town(words: Sequence[Token], index: int, *, lower: bool) -> tuple[int, int] | None:
    word = words[index]
    entry, low = word.word.entry, word.word.case == LOWER
    homely = index > 0 and words[index - 1].word.fold in LISTS["homes"]
    if low and not lower and not (entry.people and (homely or _dwelling(words, index))):
        return None
    if word.word.title:
        return None
    before = words[index - 1].word.fold if index else ""
    placed = _placed(words, index)
    if (
        entry.grammar
        and word.word.fold in _ARTICLES
        and placed == 2
        and (there := _unknown(words, index))
    ):
        return town_at(words, index) or there
    if (
        entry.grammar
        and not (placed and word.word.fold in {"le", "la", "les", "l"})
        and not (placed == 2 and not low)
    ):
        return None
    if index and words[index - 1].word.title and words[index - 1].end + 3 > word.start:
        return None
    found = town_at(words, index) or _shaped(words, index, before)
    if found is None:
        return _unknown(words, index)
    last, people = found
    if low and any(w.word.case != LOWER for w in words[index : last + 1]):
        last = index
        if not (people := entry.people):
            return None
    if (
        low
        and word.word.fold in _ARTICLES
        and not (placed == 2 and before == "a" if words[last].word.entry.common else placed)
    ):
        return None  # « de la veuve » is no village here
    if last > index or "-" in word.word.text:
        sure = (
            not low
            or placed
            or people >= _WIDELY_KNOWN
            or word.word.fold.startswith(("saint_", "st_"))
        )
        whole = look_up("_".join(w.word.fold for w in words[index : last + 1]))
        named = whole.first or (word.word.entry.first and words[last].word.entry.last)
        return (last, people) if sure and not (named and not placed) else None
    return (
        (last, people) if _alone(words, index, before=before, placed=placed, lower=lower) else None
    )


_JOINTS = LISTS["joints"]


def _shaped(words: Sequence[Token], index: int, before: str) -> tuple[int, int] | None:
    """Return a village that no gazetteer knows by the shape of its name: `Lus-la-Croix-Haute`."""
    word = words[index].word
    parts = word.fold.split("_")
    if len(parts) < 2 or (word.entry.first and parts[0] != "saint") or before in _NO_TOWN_AFTER:
        return None
    if word.case == LOWER:
        led = _placed(words, index) == 2 or before == "a"
        built = parts[0] in {"saint", "sainte"} or (len(parts) > 2 and set(parts[1:-1]) & _JOINTS)
        return (index, HAMLET) if led and built and not look_up(word.fold).common else None
    saint = parts[0] in {"saint", "sainte", "st", "ste"} and before not in LISTS["callers"]
    joined = (
        len(parts) > 2 and set(parts[1:-1]) & _JOINTS and word.text.rpartition("-")[2][:1].isupper()
    )
    return (index, HAMLET) if saint or joined else None


_NO_TOWN_AFTER = LISTS["titles"] | LISTS["facility_heads"] | LISTS["street_heads"]


def _alone(words: Sequence[Token], index: int, *, before: str, placed: int, lower: bool) -> bool:
    """Return whether one word that is a town's name means the town."""
    word, entry = words[index].word, words[index].word.entry
    if _beside_name(words, index):
        return False
    if (
        before in LISTS["callers"]
        and before not in LISTS["dwelling"]
        and words[index].before == " "
    ):
        return False
    if words[index].opens and not placed and entry.people < _WIDELY_KNOWN:
        return False
    if (
        entry.last == 3
        and word.fold != "paris"
        and not placed
        and (words[index].opens or _says(words, index))
    ):
        return False
    if (
        before in _OF_NAMES
        and words[index - 1].word.case != LOWER
        and words[index].before in {" ", "-", "'"}
    ):
        return False
    if word.fold in LISTS["eponyms"] and not (placed == 2 or before == "a"):
        return False
    if any(
        w.word.fold in LISTS["eponym_heads"] for w in words[max(0, index - 2) : index]
    ) and before in {"de", "d"}:
        return False
    low = word.case == LOWER
    name = bool(entry.first) or entry.last >= 2
    if low or (lower and word.case == UPPER):
        if entry.common:
            return _ends(words, index) and (
                (placed >= 2 and entry.people >= 1_000)
                or (before in {"a", "sur"} and entry.people >= 10_000 and not entry.grammar)
            )
        if entry.first == 2 and not placed >= 2:
            return before in {"a", "sur"} and entry.people >= _WIDELY_KNOWN
        return (
            placed >= 2
            or entry.people >= _LARGE
            or (placed >= 1 and entry.people >= 2_000 and (before != "de" or not name))
        )
    if before == "a" or placed >= 2:
        return not (entry.common and words[index].opens)
    if entry.first == 2 or word.caller:
        return False
    if not words[index].opens and entry.people >= _WIDELY_KNOWN and entry.last < 3:
        return True
    if entry.common or (name and entry.people < _LARGE):
        return (
            placed == 1 and entry.people >= (10_000 if name else 1_000) and not words[index].opens
        )
    return True


def _says(words: Sequence[Token], index: int) -> bool:
    """Return whether a verb follows that is said of people."""
    return (
        index + 1 < len(words)
        and words[index + 1].word.entry.verb
        and words[index + 1].before == " "
    )


def _ends(words: Sequence[Token], index: int) -> bool:
    """Return whether the sentence does not go on with a noun's companion: « à tours de bras »."""
    return index + 1 >= len(words) or words[index + 1].word.fold not in {"de", "d", "unique", "des"}


def _placed(words: Sequence[Token], index: int) -> int:
    """Return 2 where a word of dwelling leads here, 1 after a preposition of place, else 0."""
    if index == 0 or words[index].before.strip(" '(") or "\n" in words[index].before:
        return 0
    before = words[index - 1].word.fold
    if before == "a" and _SHAPE_2.search(words[index - 1].before):
        return 2  # « né le 12/03/1960 à Mens »
    if before not in LISTS["places_before"]:
        return (
            2
            if before
            in {
                "habite",
                "habitent",
                "habitait",
                "ville",
                "commune",
                "quitte",
                "quitter",
                "rejoindre",
            }
            else 0
        )
    return 2 if _dwelling(words, index) else 1


def _dwelling(words: Sequence[Token], index: int) -> bool:
    back = words[max(0, index - 3) : index]
    if not back or back[-1].word.fold not in LISTS["places_before"]:
        return False
    return any(
        (w.word.fold in LISTS["dwelling"] or w.word.fold in TRADES)
        and all(len(x.before) <= 2 and "\n" not in x.before for x in back[at + 1 :])
        for at, w in enumerate(back)
    )


def _beside_name(words: Sequence[Token], index: int) -> bool:
    """Return whether a first name stands right before: then this is the surname."""
    if not index or words[index].before not in {" ", "-"}:
        return False
    before = words[index - 1].word
    if (
        before.entry.first
        and before.case != LOWER
        and not (before.entry.common and words[index - 1].opens)
    ):
        return True
    return before.entry.first == 2 and not before.entry.common and before.case == LOWER


_OF_NAMES = LISTS["of_names"]
_ARTICLES = LISTS["articles"]
_HOMES = LISTS["homes"]
_STAYS = LISTS["stays"]
_OF = LISTS["of_places"]


def _lives_off(fold: str) -> bool:
    """Return whether somebody comes from a place or works there: « le maire de », « la potière de »."""
    return fold in _OF or fold in TRADES


def _unknown(words: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return a place that no gazetteer knows, where somebody lives or was born."""
    word = words[index].word
    if index < 2 or words[index].opens or words[index].before.endswith("["):
        return None
    before = words[index - 1].word.fold
    further = {w.word.fold for w in words[max(0, index - 3) : index - 1]}
    near = all(
        len(w.before) <= 2 and "\n" not in w.before for w in words[max(0, index - 1) : index + 1]
    )
    born = (
        before == "a"
        and words[index].before == " "
        and _SHAPE_2.search(words[index - 1].before) is not None
    )
    home = before in {"a", "au", "aux"} and (
        further & _HOMES or (further & _STAYS and word.case == CAPITAL and word.entry.last < 2)
    )
    nowhere = (
        words[index - 1].word.text == "à"
        and words[index].before == " "
        and word.case == CAPITAL
        and len(word.fold) > 3
        and replace(word.entry, proper=False) == Entry(fold=word.fold)
        and not word.drug
    )
    if nowhere:
        return index, HAMLET
    if not (
        (
            near
            and (home or (before in {"de", "d", "du"} and _lives_off(words[index - 2].word.fold)))
        )
        or born
    ):
        return None
    last = index + (word.fold in _ARTICLES)
    if last >= len(words) or (last > index and words[last].before not in {" ", "'"}):
        return None
    named = words[last].word
    if (
        named.entry.grammar
        or len(named.fold) < 3
        or named.title
        or named.fold in LISTS["facility_heads"]
    ):
        return None
    if named.case == LOWER and (
        named.drug or named.entry.first or (named.entry.common and "-" not in named.text)
    ):
        return None
    while (
        last + 1 < len(words)
        and words[last + 1].before in {"-", " ", "'"}
        and last - index < _LONGEST
        and words[last + 1].word.case != LOWER
        and not words[last + 1].word.title
        and words[last + 1].word.fold not in LISTS["facility_heads"]
        and named.case != LOWER
    ):
        last += 1
    return last, HAMLET


def _region(words: Sequence[Token], index: int, *, lower: bool) -> bool:
    before = words[index - 1].word.fold if index else ""
    low = words[index].word.case == LOWER
    if low:
        return lower and before in {"en", "region"} and not words[index].word.entry.common
    return (before in _IN or words[index].before.endswith("(")) and not words[index].opens
