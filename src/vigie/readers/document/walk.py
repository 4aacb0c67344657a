"""One walk through a file and all that lies in it: what was seen, and how much it may still cost."""

import codecs
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from vigie.domain.evidence.documents import Act, Sight

# A cell can open nothing, and Python fetches these when they are first asked for.
for _coding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp437",
                "cp1252", "ascii", "utf-7", "unicode_escape", "raw_unicode_escape", "base64",
                "quopri", "uu", "idna", "punycode", "iso8859-15", "cp850", "mbcs"):  # fmt: skip
    try:
        codecs.lookup(_coding)
    except LookupError:
        continue  # another system's own

MOST_DEPTH = 6
MOST_ENTRIES = 5_000
MOST_EXPANDED = 200 * 1024 * 1024  # bytes, over everything that is unpacked
MOST_RATIO = 150  # of what is unpacked to what was packed
FREE_OF_RATIO = 4 * 1024 * 1024  # bytes; below, a long row of spaces is no bomb
_MOST_SIGHTS = 200
_LONGEST = 160


class Holder(Enum):
    """What a part lies in: the same program means different things in different places."""

    NOTHING = "nothing"
    ARCHIVE = "archive"
    DOCUMENT = "document"
    IMAGE = "image"
    MAIL = "mail"


class Damaged(Exception):
    """The bytes do not hold what their kind must hold. `defect` is a slug."""

    def __init__(self, defect: str) -> None:
        super().__init__(defect)
        self.defect = defect


class Swollen(Exception):
    """It would take more room than any document does."""


class TooMany(Swollen):
    """It holds more parts than are looked at: a large collection, not a bomb for that alone."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes to be looked at, the name they go by, and what they lie in."""

    untrusted: bytes
    name: str
    holder: Holder = Holder.NOTHING
    path: str = ""  # of the holder
    depth: int = 0

    def inner(self, untrusted: bytes, name: str, holder: Holder) -> "Part":
        """Return a part of this part."""
        path = f"{self.path} › {self.name}" if self.path else self.name
        return Part(untrusted, name, holder, path, self.depth + 1)


@dataclass(slots=True)
class Walk:
    """The budget of one file, the passwords to try, and the sights so far."""

    look: Callable[["Walk", Part], None]
    passwords: Sequence[str] = ()
    entries: int = 0
    expanded: int = 0
    sights: dict[Sight, None] = field(default_factory=dict)

    def saw(self, act: Act, part: Part | None = None, detail: str = "") -> None:
        """Note an act, where it was seen, and what was seen of it."""
        where = f"{part.path} › {part.name}" if part and part.path else ""
        if len(self.sights) < _MOST_SIGHTS:
            self.sights[Sight(act, clean(where)[-_LONGEST:], clean(detail)[:_LONGEST])] = None

    def has(self, *acts: Act) -> bool:
        """Return whether one of these was seen."""
        return any(sight.act in acts for sight in self.sights)

    def spend(self, expanded: int) -> None:
        """Charge unpacked bytes. Raise Swollen beyond what any document needs."""
        self.expanded += expanded
        if self.expanded > MOST_EXPANDED:
            raise Swollen

    def enter(self) -> None:
        """Charge one entry. Raise TooMany beyond the most."""
        self.entries += 1
        if self.entries > MOST_ENTRIES:
            raise TooMany

    def into(self, part: Part, untrusted: bytes, name: str, holder: Holder) -> None:
        """Look at a part of a part. Raise Swollen where it goes too deep."""
        if part.depth >= MOST_DEPTH:
            raise Swollen
        self.look(self, part.inner(untrusted, name, holder))

    @contextmanager
    def within(self, part: Part, act: Act) -> Iterator[None]:
        """Note `act` for a part when it turns out to swell, to any depth below."""
        try:
            yield
        except TooMany:
            self.saw(Act.UNREAD, part, "too_many")
        except Swollen:
            self.saw(act, part)


def clean(untrusted: str) -> str:
    """Return the text without what a terminal or a page could take for an instruction."""
    return "".join(c if c.isprintable() else "�" for c in untrusted[:1000])


_BLANK = re.compile(r"[\s\0]{100,}")


def text_of(untrusted: bytes) -> str:
    """Return bytes as text, whatever they are: UTF-16 by its mark or its zeros, else UTF-8.

    Long rows of blanks are made short: a search that hesitates at each of them would take hours.
    """
    return _BLANK.sub(" \n ", _decoded(untrusted))


def _decoded(untrusted: bytes) -> str:
    if untrusted[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return untrusted.decode("utf-16", "replace")
    if len(untrusted) > 3 and untrusted[1:2] == b"\0" and untrusted[3:4] == b"\0":
        return untrusted.decode("utf-16-le", "replace")
    if len(untrusted) > 3 and untrusted[0:1] == b"\0" and untrusted[2:3] == b"\0":
        return untrusted.decode("utf-16-be", "replace")
    return untrusted.decode("utf-8-sig", "replace")
