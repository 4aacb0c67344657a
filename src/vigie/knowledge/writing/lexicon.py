"""Which words are names, towns or ordinary French: `lexicon.txt.gz`, looked up word by word.

Its sources, licences and dates are in `LEXICON.md`; `scripts/lexicon` makes it again. It is kept as
text and searched by halves: half a million entries as a dictionary would cost 90 MB.
"""

import gzip
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from vigie.knowledge.writing.lists import LISTS

_LETTERS = re.compile(r"[a-z]+")
_GRAMMAR = frozenset("gvna")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What the lexicon says of a word or of a few.

    `first` and `last` are how usual a name it is: 0 is none, `first` at most 2 and `last` at most
    3; `people` are a town's inhabitants, else 0.
    """

    fold: str
    common: bool = False  # an ordinary French word
    verb: bool = False
    grammar: bool = False
    proper: bool = False  # a proper noun that is nobody's name
    first: int = 0
    sex: str = ""
    last: int = 0
    people: int = 0


_TABLE = gzip.decompress(
    (resources.files("vigie.knowledge.writing") / "lexicon.txt.gz").read_bytes()
)


def folded(text: str) -> str:
    """Return the words of a text in lower case without accents, joined by an underscore."""
    if text.isascii():
        return "_".join(_LETTERS.findall(text.lower()))
    low = text.casefold().replace("œ", "oe").replace("æ", "ae").replace("ß", "ss")
    return "_".join(
        _LETTERS.findall(
            "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
        )
    )


@lru_cache(maxsize=1 << 16)
def look_up(fold: str) -> Entry:
    """Return what is known of folded words; an entry that says nothing where nothing is."""
    marks = _marks(fold)
    letters = frozenset(marks.rstrip("0123456789"))
    digits = marks.lstrip("FMSafgmnprsv")
    first = 2 if letters & {"f", "m"} else 1 if letters & {"F", "M"} else 0
    female, male = letters & {"f", "F"}, letters & {"m", "M"}
    common = bool(letters & _GRAMMAR) or fold in LISTS["chat"]
    return Entry(
        fold=fold,
        common=common and fold not in LISTS["surely_first"],
        verb="v" in letters,
        grammar="g" in letters or fold in LISTS["function"],
        proper="p" in letters,
        first=first or (1 if fold in LISTS["more_first"] else 0),
        sex=_sex(letters) if female and male else "f" if female else "m" if male else "",
        last=3 if "s" in letters else 2 if "S" in letters else 1 if "r" in letters else 0,
        people=int(digits) if digits else 0,
    )


@lru_cache(maxsize=1 << 12)
def ordinary(fold: str) -> bool:
    """Return whether a dictionary of French has a word, whoever may be called so too."""
    return bool(frozenset(_marks(fold).rstrip("0123456789")) & _GRAMMAR)


def _sex(letters: frozenset[str]) -> str:
    """Return the sex of those who bear it more often; nothing where both do."""
    if "f" in letters and "m" not in letters:
        return "f"
    return "m" if "m" in letters and "f" not in letters else ""


def _marks(fold: str) -> str:
    """Return the letters and number beside a word in the table; an empty text where it is not."""
    wanted = fold.encode("ascii", "ignore") + b" "
    low, high = 0, len(_TABLE)
    while low < high:
        middle = _TABLE.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = _TABLE.find(b"\n", middle)
        line = _TABLE[middle:end]
        if line.startswith(wanted):
            return line[len(wanted) :].decode("ascii")
        if line.partition(b" ")[0] < wanted[:-1]:
            low = end + 1
        else:
            high = middle
    return ""
