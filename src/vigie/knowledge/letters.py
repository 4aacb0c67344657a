"""Letters as people see them: one plain form for a text, whatever it was disguised with."""

import re
import unicodedata

# Letters of other scripts that look like ours, from Unicode's confusables (UTS 39), the ones that
# forged names and domains really use.
_PAIRS = """
аa еe оo рp сc уy хx іi јj ѕs ӏl ԁd ԛq ԝw һh вb нh кk мm тt гr пn ёe йn їi єe
αa βb γy εe ηn ιi κk νv οo ρp ςc σo τt υu χx ωw ϲc ϳj
ɑa ɡg ɩi ıi łl øo đd օo սu ցg հh քp
"""
_LOOK_ALIKE = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .·_\-]){3,}[^\W\d_](?![^\W_])")
_GAPS = re.compile(r"[\s\u00a0]+")
_LETTERED = re.compile(r"[^\W\d_]{2,}")
_DIGITS = str.maketrans("0134578", "oleastb")
_LATIN, _GREEK, _CYRILLIC = "LATIN", "GREEK", "CYRILLIC"


def plain(text: str) -> str:
    """Return a text in lower case without accents, invisible characters or look-alikes."""
    if text.isascii():
        return _GAPS.sub(" ", text.lower())
    text = INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).lower())
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return _GAPS.sub(" ", text.replace("’", "'").translate(_LOOK_ALIKE))


def drawn_together(text: str) -> str:
    """Return a text with letters that blanks or dots keep apart drawn into words again."""
    return _SPACED.sub(lambda found: re.sub(r"[ .·_\-]", "", found[0]), text)


def undigited(text: str) -> str:
    """Return a text with the digits that stand for letters read as letters (`paypa1`)."""
    return text.translate(_DIGITS)


def mixed(text: str) -> str:
    """Return the first word that is written in two scripts at once, or an empty text."""
    if text.isascii():
        return ""
    for found in _LETTERED.finditer(INVISIBLE.sub("", text)):
        word = found[0]
        if word.isascii():
            continue
        scripts = {_script(letter) for letter in word} - {""}
        if len(scripts) > 1 and _LATIN in scripts:
            return word
    return ""


def styled(text: str) -> int:
    """Return how many letters are dressed up: mathematical, enclosed, wide, small capitals."""
    return sum(
        1
        for letter in text
        if letter > "\u1cff"
        and (
            "\u1d00" <= letter <= "\u1dbf"
            or "\U0001d400" <= letter <= "\U0001d7ff"
            or "\uff21" <= letter <= "\uff5a"
            or "\ua730" <= letter <= "\ua7ff"
            or "\u2460" <= letter <= "\u24ff"
            or "\U0001f130" <= letter <= "\U0001f189"
        )
    )


def inside_words(text: str) -> int:
    """Return how many invisible characters stand between two letters."""
    if text.isascii():
        return 0
    return len(re.findall(rf"(?<=[^\W\d_]){INVISIBLE.pattern}+(?=[^\W\d_])", text))


def pictured(text: str) -> bool:
    """Return whether a text holds pictures in the place of letters (emoji and signs)."""
    return any(
        letter > "\u2100" and unicodedata.category(letter) in {"So", "Co", "Cn"} for letter in text
    )


def _script(letter: str) -> str:
    name = unicodedata.name(letter, "").split(" ", 1)[0]
    return name if name in {_LATIN, _GREEK, _CYRILLIC} else ""


def of_no_host(written: str) -> bool:
    """Return whether a host is written with letters that no registry gives out.

    Dressed-up letters, capitals with accents and signs: browsers fold them into the plain ones, and
    filters that compare texts do not. « münchen.example » is an ordinary name.
    """
    return any(
        not c.isascii()
        and (not c.isalpha() or c != c.lower() or unicodedata.normalize("NFKC", c) != c)
        for c in unicodedata.normalize("NFC", written)
    )
