"""Plain text: what a reader sees, with the way back to where it stood in the text as given.

Invisible characters, letters of other scripts that look like ours, decomposed accents and the tags
of a pasted page hide a name from a rule, and from nobody else.
"""

import re
import unicodedata
from array import array
from dataclasses import dataclass
from html import unescape

_ORDINARY = re.compile("[\t\n\r -;=-~\u00a1-\u00ac\u00ae-\u024f\u20ac…•«»]*")
_SAME_LENGTH = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u202f\u2009\u2007\u2002\u2003\u3000\t\x0b\x0c", " "),
        **dict.fromkeys("’ʼ‘`´′", "'"),
        **dict.fromkeys("‐‑‒–—−", "-"),
        **dict.fromkeys("“”„", '"'),
    }
)
_INVISIBLE = frozenset(
    "\u00ad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e"
    "\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufe0e\ufe0f\ufeff"
)
_PAIRS = (
    "АA ВB ЕE ЅS ІI ЈJ КK МM НH ОO РP СC ТT УY ХX аa еe ѕs іi јj оo рp сc уy хx һh ԁd ԛq ԝw кk вb "
    "αa εe ιi κk νv οo ρp τt υu χx ΑA ΒB ΕE ΖZ ΗH ΙI ΚK ΜM ΝN ΟO ΡP ΤT ΥY ΧX ıi ɡg ɑa"
)
_TWINS = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_FOREIGN = re.compile(r"[\u0370-\u03ff\u0400-\u052fıɡɑ]")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_WORD = re.compile(r"[^\W\d_]+")
_TAG = re.compile(r"<(/?[A-Za-z][A-Za-z0-9]*)(?:\s[^<>]{0,2000})?/?>|<!--.{0,2000}?-->", re.DOTALL)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "br",
        "li",
        "tr",
        "td",
        "h1",
        "h2",
        "h3",
        "h4",
        "ul",
        "ol",
        "table",
        "blockquote",
        "hr",
    ]
)


@dataclass(frozen=True, slots=True)
class Plain:
    """A text to search in. `back` gives each character's place as given, None where it is its own.

    `back` has one entry more than the text: the end.
    """

    text: str
    back: "array[int] | None" = None

    def given(self, start: int, end: int) -> tuple[int, int]:
        """Return the stretch as given for one of the plain text, both half open."""
        if self.back is None:
            return start, end
        return self.back[start], self.back[end - 1] + 1 if end > start else self.back[start]


def plain(given: str) -> Plain:
    """Return the text as a reader sees it: one line stays one line, one letter one letter."""
    text = given.translate(_SAME_LENGTH)
    tagged = "<" in text and _TAG.search(text) is not None
    named = "&" in text and _ENTITY.search(text) is not None
    if not tagged and not named and _ORDINARY.fullmatch(text):
        return Plain(text)
    pieces: list[str] = []
    back = array("l")
    at = 0
    for kind, found in _markup(text, tagged=tagged, named=named):
        _letters(text, at, found.start(), pieces, back)
        if kind == "tag":
            instead = "\n" if (found[1] or "").strip("/").lower() in _BLOCKS else ""
        else:
            instead = unescape(found[0]).translate(_SAME_LENGTH)[:1]
        if instead and instead not in _INVISIBLE:
            pieces.append(instead)
            back.append(found.start())
        at = found.end()
    _letters(text, at, len(text), pieces, back)
    back.append(len(text))
    return Plain(_latin("".join(pieces)), back)


def _markup(text: str, *, tagged: bool, named: bool) -> list[tuple[str, re.Match[str]]]:
    found = [("tag", m) for m in _TAG.finditer(text)] if tagged else []
    found += [("entity", m) for m in _ENTITY.finditer(text)] if named else []
    found.sort(key=lambda one: one[1].start())
    apart: list[tuple[str, re.Match[str]]] = []
    for one in found:
        if not apart or one[1].start() >= apart[-1][1].end():
            apart.append(one)
    return apart


def _letters(text: str, start: int, end: int, pieces: list[str], back: "array[int]") -> None:
    """Add the characters from start to end: composed, in one width, without invisible ones."""
    for at in range(start, end):
        char = text[at]
        if char <= "\u024f" and char != "\u00ad":
            pieces.append(char)
            back.append(at)
        elif char in _INVISIBLE or "\U000e0000" <= char <= "\U000e007f":
            continue
        elif unicodedata.combining(char) and pieces:
            whole = unicodedata.normalize("NFC", pieces[-1] + char)
            if len(whole) == 1:
                pieces[-1] = whole
        else:
            wide = unicodedata.normalize("NFKC", char)
            pieces.append(wide if len(wide) == 1 else char)
            back.append(at)


def _latin(text: str) -> str:
    """Write look-alike letters of other alphabets in ours, in words that have letters of ours."""
    if not _FOREIGN.search(text):
        return text
    return _WORD.sub(
        lambda found: (
            found[0].translate(_TWINS)
            if _LATIN.search(found[0]) and _FOREIGN.search(found[0])
            else found[0]
        ),
        text,
    )
