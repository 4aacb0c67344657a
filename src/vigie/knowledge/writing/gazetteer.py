"""Towns by their names, of one word or several."""

import re
from collections.abc import Sequence

from vigie.knowledge.writing.lexicon import look_up
from vigie.knowledge.writing.tokens import Token

HAMLET = 500  # inhabitants of a place that no gazetteer knows: small, to be careful
_LONGEST = 6  # words of a town's name
_SHORT = {"st": "saint", "ste": "sainte", "s": "sur", "ss": "sous"}
_SHAPE_1 = re.compile(r"[ \-'/]|\. ")


def town_at(words: Sequence[Token], index: int) -> tuple[int, int] | None:
    """Return the last word and the inhabitants of the town whose name begins at a word."""
    fold, best = "", None
    for last in range(index, min(index + _LONGEST, len(words))):
        if last > index and not _SHAPE_1.fullmatch(words[last].before):
            break
        parts = words[last].word.fold.split("_")
        fold = "_".join([*([fold] if fold else []), *(_SHORT.get(p, p) for p in parts)])
        if (entry := look_up(fold)).people:
            best = last, entry.people
    return best
