"""Towns, regions, and the houses named after somebody: where a text places a person."""

import re
from collections.abc import Iterator, Sequence

from vigie.domain.evidence.writing import Kind, Mark
from vigie.knowledge.writing.lexicon import look_up
from vigie.knowledge.writing.lists import LISTS
from vigie.knowledge.writing.tokens import LOWER, UPPER, Token

HAMLET = 500  # inhabitants of a place that no gazetteer knows: small, to be careful
_LONGEST = 6  # words of a town's name
_WIDELY_KNOWN = 20_000  # inhabitants of a town whose name is first of all its own
_LARGE = 50_000
_SHORT = {"st": "saint", "ste": "sainte", "s": "sur", "ss": "sous"}
_FACILITY_PARTS = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "la",
        "le",
        "les",
        "l",
        "saint",
        "sainte",
        "st",
        "ste",
        "notre",
        "dame",
        "sur",
    ]
)
_REGION_PEOPLE = 350_000
_IN = frozenset(
    ["en", "dans", "l", "le", "la", "du", "de", "d", "les", "region", "canton", "departement"]
)


def town_at(words: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return the last word and the inhabitants of the town whose name begins at a word."""
    fold, best = "", None
    for last in range(index, min(index + _LONGEST, len(words))):
        if last > index and not re.fullmatch(r"[ \-'/]|\. ", words[last].before):
            break
        parts = words[last].word.fold.split("_")
        fold = "_".join([*([fold] if fold else []), *(_SHORT.get(p, p) for p in parts)])
        if (entry := look_up(fold)).people:
            best = last, entry.people
    return best


def towns(words: Sequence[Token], *, lower: bool) -> Iterator[Mark]:
    """Yield the places of a plain text: towns with their inhabitants, regions, named houses."""
    skip = -1
    for index, word in enumerate(words):
        if index <= skip or (word.word.drug and word.word.fold not in LISTS["facility_heads"]):
            continue
        if word.word.fold in LISTS["facility_heads"] and (house := _facility(words, index)):
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
    if low and not lower and not (entry.people and _dwelling(words, index)):
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


_JOINTS = frozenset("la le les sur en sous lez les du de des d l aux au et devant pres".split())


def _shaped(words: Sequence[Token], index: int, before: str) -> tuple[int, int] | None:
    """Return a village that no gazetteer knows by the shape of its name: `Lus-la-Croix-Haute`."""
    word = words[index].word
    parts = word.fold.split("_")
    if word.case == LOWER or len(parts) < 2 or word.entry.first or before in _NO_TOWN_AFTER:
        return None
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
                (placed >= 2 and entry.people >= (1_000 if before == "a" else 10_000))
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
    if entry.common or (name and entry.people < _LARGE):
        return (
            placed == 1 and entry.people >= (10_000 if name else 1_000) and not words[index].opens
        )
    return True


def _ends(words: Sequence[Token], index: int) -> bool:
    """Return whether the sentence does not go on with a noun's companion: « à tours de bras »."""
    return index + 1 >= len(words) or words[index + 1].word.fold not in {"de", "d", "unique", "des"}


def _placed(words: Sequence[Token], index: int) -> int:
    """Return 2 where a word of dwelling leads here, 1 after a preposition of place, else 0."""
    if index == 0 or words[index].before.strip(" '(") or "\n" in words[index].before:
        return 0
    before = words[index - 1].word.fold
    if before == "a" and re.search(r"\d\d,? $", words[index - 1].before):
        return 2  # « né le 12/03/1960 à Mens »
    if before not in LISTS["places_before"]:
        return 2 if before in {"habite", "ville", "commune"} else 0
    return 2 if _dwelling(words, index) else 1


def _dwelling(words: Sequence[Token], index: int) -> bool:
    back = words[max(0, index - 3) : index]
    if not back or back[-1].word.fold not in LISTS["places_before"]:
        return False
    return any(
        w.word.fold in LISTS["dwelling"]
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


_ARTICLES = frozenset({"le", "la", "les", "l"})
_HOMES = frozenset(
    """habite habitent habitait vit vivait vivent reside residait domicilie domiciliee ne nee installe installee habitant vivant
    residant demenage demenagee loge logent exerce decede decedee""".split()
)
_OF = frozenset(
    "commune village maire mairie originaire hameau bourg ville natif native doyenne doyen".split()
)


def _unknown(words: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return a place that no gazetteer knows, where somebody lives or was born."""
    word = words[index].word
    if index < 2 or words[index].opens:
        return None
    before = words[index - 1].word.fold
    further = {w.word.fold for w in words[max(0, index - 3) : index - 1]}
    near = all(
        len(w.before) <= 2 and "\n" not in w.before for w in words[max(0, index - 1) : index + 1]
    )
    born = before == "a" and re.search(r"\d\d,? $", words[index - 1].before) is not None
    home = before in {"a", "au", "aux"} and further & _HOMES
    if not (
        (near and (home or (before in {"de", "d", "du"} and words[index - 2].word.fold in _OF)))
        or born
    ):
        return None
    last = index + (word.fold in _ARTICLES)
    if last >= len(words) or (last > index and words[last].before not in {" ", "'"}):
        return None
    named = words[last].word
    if named.entry.grammar or len(named.fold) < 3 or named.title:
        return None
    if named.case == LOWER and (named.entry.common or named.drug or named.entry.first):
        return None
    while (
        last + 1 < len(words)
        and words[last + 1].before in {"-", " ", "'"}
        and last - index < _LONGEST
        and words[last + 1].word.case != LOWER
        and named.case != LOWER
    ):
        last += 1
    return last, HAMLET


def _region(words: Sequence[Token], index: int, *, lower: bool) -> bool:
    before = words[index - 1].word.fold if index else ""
    low = words[index].word.case == LOWER
    if low:
        return lower and before in {"en", "region"} and not words[index].word.entry.common
    return before in _IN and not words[index].opens


def _facility(words: Sequence[Token], index: int) -> Mark | None:
    """Return a hospital, a school, a shop with its own name: what the head and the name make."""
    last, named, led = index, False, ""
    for at in range(index + 1, min(index + 7, len(words))):
        word = words[at]
        if not re.fullmatch(r"[ '\-]|\. | [\"«]?", word.before):
            break
        fold = word.word.fold
        if fold in _FACILITY_PARTS and (
            word.word.case == LOWER or fold in {"les", "le", "la", "l"}
        ):
            led = fold
            if fold in {"saint", "sainte", "st", "ste"} and at + 1 < len(words):
                last, named = at + 1, True
            continue
        if at <= last:
            continue
        if word.word.case == LOWER or word.word.drug or word.word.title:
            break
        if led in {"de", "d", "a"} and town_at(words, at) and (named or not word.word.entry.first):
            break  # « CHU de Grenoble »: the town says it
        if named and led in {"de", "d", "a"}:
            break
        if not led and not named and town_at(words, at) and word.word.case == UPPER:
            break
        last, named, led = at, True, ""
    if not named:
        return None
    return Mark(kind=Kind.FACILITY, start=words[index].start, end=words[last].end, people=100_000)
