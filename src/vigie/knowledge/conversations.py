"""Conversations: what a message goes on with: its subject, and the people of what it quotes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from vigie.domain.evidence.mail import Mailbox
from vigie.knowledge.persons import folded, names, person, same_name

_LONGEST, _MOST_LINES = 20_000, 400  # characters and lines in which something quoted is looked for
_MOST_PEOPLE = 60
_TELLING = 8  # characters of a subject below which it says nothing (« CR », « photo »)
_WHOLE = 2  # names that make a person: a first name and a surname
_PREFIX = re.compile(
    r"^\s*(?:(re|aw|antw|sv|rep|ref)|(fwd?|tr|wg|doorst|rv|vs|inoltro|i))\s*(?:\[\d+\])?\s*:\s*"
)
_FORWARDED = re.compile(
    r"\bforwarded (?:by|message)\b|\bmessages? transfere|\bweitergeleitete\b|\binoltrato\b|"
    r"\bdoorgestuurd\b"
)
_WRITER = re.compile(r"^(?:from|de|von|da|van)\s?:\s*(.+)")
_READERS = re.compile(r"^(?:to|a|an|aan|pour|cc|copie(?: a)?|kopie(?: an)?)\s?:\s*(.*)")
_OTHER_KEY = re.compile(r"^[a-z][a-z' -]{1,14}\s?:")
_DATE_LINE = re.compile(r"^\d{1,2}[./]\d{1,2}[./]\d{2,4}\b")
_WROTE = re.compile(
    r"^(?:on|le|il|op|am|el)\b.*?(?:\b(?:schrieb|schreef)\b\s*(.+?)|,\s*([^,]+?)\s*"
    r"(?:wrote|a ecrit|ha scritto|schreef|escribio))\s*:\s*$"
)
_ADDRESS = re.compile(r"[^\s<>()\[\]\",;:@/]{1,64}@[a-z0-9.-]{1,253}\.[a-z]{2,24}")


class Goes(StrEnum):
    """How a message goes on with an earlier one."""

    ANSWERS = "answers"
    FORWARDS = "forwards"
    NOT = ""


@dataclass(frozen=True, slots=True)
class Quoted:
    """An earlier message that a text quotes: who wrote it, and whom it went to; all folded."""

    writer: Mailbox
    readers: tuple[Mailbox, ...]

    @property
    def people(self) -> tuple[Mailbox, ...]:
        """Return everybody in it."""
        return (self.writer, *self.readers)


def topic(untrusted_subject: str) -> str:
    """Return a subject without what answers and forwards put before it; empty where it is vague."""
    plain = " ".join(folded(untrusted_subject[:300]).split())
    while found := _PREFIX.match(plain):
        plain = plain[found.end() :]
    return plain if len(plain) >= _TELLING and " " in plain else ""


def goes_on(untrusted_subject: str, text: str = "") -> Goes:
    """Return whether a message answers an earlier one or hands it on, as far as it shows."""
    found = _PREFIX.match(folded(untrusted_subject[:300]))
    if found is None:
        return Goes.NOT
    head = folded("\n".join(text[:2_000].split("\n", 12)[:12]))
    return Goes.FORWARDS if found[2] or _FORWARDED.search(head) else Goes.ANSWERS


def quoted(text: str) -> Quoted | None:
    """Return the latest message that a text quotes with its head, None where it quotes none."""
    lines = [_bare(raw) for raw in text[:_LONGEST].split("\n")[:_MOST_LINES]]
    for number, line in enumerate(lines):
        two = f"{line} {lines[number + 1]}" if number + 1 < len(lines) else line
        for one in (line, two):
            if found := _WROTE.match(one[:400]):
                return Quoted(_box(found[1] or found[2]), ())
        if found := _WRITER.match(line):
            readers = tuple(_readers(lines[number + 1 : number + 40]))
            return Quoted(_box(found[1]), readers) if readers else None
        dated = number + 2 < len(lines) and _DATE_LINE.match(lines[number + 1])
        if dated and _READERS.match(lines[number + 2]) and names(_box(line).name):
            return Quoted(_box(line), tuple(_readers(lines[number + 2 : number + 40])))
    return None


def same_person(box: Mailbox, other: Mailbox) -> bool:
    """Return whether two mailboxes are one person's: one address, or all the names one shows.

    Somebody of whom one name alone is known may be anybody of that name.
    """
    if box.address and box.address == other.address:
        return True
    mine, theirs = person(box), person(other)
    shared = sum(any(same_name(a, b) for b in theirs) for a in mine)
    return bool(mine and theirs) and shared >= min(_WHOLE, len(mine), len(theirs))


def _bare(raw: str) -> str:
    return " ".join(folded(raw.lstrip("> \t|*")).split()).replace("*", "")


def _readers(lines: Sequence[str]) -> Iterator[Mailbox]:
    """Yield whom the head of a quoted message names as its readers; it ends at an empty line."""
    taking, begun, many = False, False, 0
    for line in lines:
        found = _READERS.match(line)
        if found:
            taking, begun = True, True
        elif _OTHER_KEY.match(line):
            taking = False
        elif not line and begun:
            return
        if taking:
            for piece in _pieces(found[1] if found else line):
                if (many := many + 1) > _MOST_PEOPLE:
                    return
                yield _box(piece)


def _pieces(line: str) -> list[str]:
    """Split a list of people: by semicolons, else by commas, unless one is « Durand, Paul »."""
    if ";" in line:
        return [piece for piece in line.split(";") if piece.strip()]
    pieces = [piece for piece in line.split(",") if piece.strip()]
    one = len(pieces) == _WHOLE and not any(c in line for c in "@/<")
    return [line] if one and all(len(piece.split()) <= _WHOLE for piece in pieces) else pieces


def _box(text: str) -> Mailbox:
    found = _ADDRESS.search(text)
    shown = text[: found.start()] if found else text
    shown = shown.partition("/")[0].partition("<")[0].partition("[")[0].strip(" \"',;:")
    return Mailbox(found[0] if found else "", shown[:100])
