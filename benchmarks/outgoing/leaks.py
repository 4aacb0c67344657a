# ruff: noqa: PLR2004, D401 (small numbers; a docstring says what befell the message)
"""Simulated leaks: what a slip of the keyboard, of the address book or of the eye makes of a send.

Each takes a message that went where it should, and returns it on its way to somewhere else, or
None where it cannot happen to this message.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from vigie.domain.evidence.mail import Attachment, Mailbox, Message
from vigie.domain.evidence.structure import Kind
from vigie.knowledge.persons import called_so, local_names, names, person
from vigie.knowledge.salutations import salutation

NEIGHBOURS = {
    "a": "qzs", "b": "vgn", "c": "xdv", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjn",
    "i": "uok", "j": "hku", "k": "jli", "l": "kmo", "m": "lnj", "n": "bmh", "o": "ipl", "p": "om",
    "q": "aws", "r": "etf", "s": "adz", "t": "ryg", "u": "yij", "v": "cbf", "w": "xqs", "x": "wcs",
    "y": "tuh", "z": "eas",
}  # fmt: skip
ENDINGS = ("com", "fr", "net", "org", "ch", "be", "eu")
PRIVATE = ("gmail.com", "hotmail.fr", "orange.fr", "yahoo.com", "outlook.com", "bluewin.ch")

Leak = Callable[[Message, Sequence[Mailbox], random.Random], Message | None]


def typo(message: Message, book: Sequence[Mailbox], chance: random.Random) -> Message | None:
    """One letter of an address is wrong, missing, doubled, or changes place with its neighbour."""
    return _instead(
        message, book, chance, lambda box: Mailbox(_slip(box.address, chance), box.name)
    )


def wrong_domain(
    message: Message, book: Sequence[Mailbox], chance: random.Random
) -> Message | None:
    """The right name before the @, and behind it another ending, provider or institution."""

    def elsewhere(box: Mailbox) -> Mailbox:
        head, _, _ = box.domain.rpartition(".")
        others = [f"{head}.{e}" for e in ENDINGS] + list(PRIVATE)
        others += [b.domain for b in chance.sample(list(book), min(5, len(book)))]
        domain = chance.choice([d for d in others if d != box.domain])
        return Mailbox(f"{box.local}@{domain}", box.name)

    return _instead(message, book, chance, elsewhere)


def homonym_new(message: Message, book: Sequence[Mailbox], chance: random.Random) -> Message | None:
    """The same name at an address nobody wrote to: a private mailbox, another hospital."""

    def namesake(box: Mailbox) -> Mailbox | None:
        found = names(box.name) or local_names(box)
        if len(found) < 2:
            return None
        first, last = found[0], found[-1]
        local = chance.choice([f"{first}.{last}", f"{last}.{first}", f"{first}{last}"])
        return Mailbox(f"{local}@{chance.choice(PRIVATE)}", box.name)

    return _instead(message, book, chance, namesake)


def homonym_known(
    message: Message, book: Sequence[Mailbox], chance: random.Random
) -> Message | None:
    """The address book completes the name of another: the same first name, or the same surname."""

    def other(box: Mailbox) -> Mailbox | None:
        mine = person(box)
        alike = [b for b in book if b.address not in here and mine & person(b)]
        return chance.choice(alike) if alike else None

    here = {b.address for b in (*message.to, *message.cc, message.sender)}
    return _instead(message, book, chance, other)


def wrong_salutation(
    message: Message, book: Sequence[Mailbox], chance: random.Random
) -> Message | None:
    """A message that greets one person goes to another, picked by accident."""
    if len(message.to) + len(message.cc) != 1:
        return None
    meant = message.to[0] if message.to else message.cc[0]
    found = names(meant.name) or local_names(meant)
    greeted = salutation(message.text)
    right = greeted is not None and any(called_so(p, meant) for p in greeted.people)
    if not right and len(found) < 2:
        return None
    text = message.text if right else f"Dear {found[0].title()},\n\n{message.text}"
    others = [b for b in book if b.address != meant.address and not person(b) & person(meant)]
    if not others:
        return None
    return replace(message, text=text, to=(chance.choice(others),), cc=())


def group(message: Message, book: Sequence[Mailbox], chance: random.Random) -> Message | None:
    """Somebody of the address book who has nothing to do with these people is added to them."""
    here = {b.address for b in (*message.to, *message.cc, message.sender)}
    if len(here) < 4:
        return None
    others = [b for b in book if b.address not in here]
    return replace(message, cc=(*message.cc, chance.choice(others))) if others else None


def other_patient(
    message: Message, book: Sequence[Mailbox], chance: random.Random
) -> Message | None:
    """The report of another patient is attached to the message about one."""
    del book
    if not message.attachments or "_" not in message.attachments[0].name:
        return None
    first, last = chance.choice(("Louis", "Nadia", "Hugo", "Emma")), chance.choice(_OTHERS)
    if chance.random() < 0.5:
        paper = _paper(f"CR_{last.upper()}_{first}.pdf", "")
    else:
        paper = _paper("scan0012.pdf", f"Patient : {first} {last.upper()}\nné(e) le 4/5/1971\n")
    return replace(message, attachments=(paper,))


_OTHERS = ("Zimmermann", "Quentin", "Baumgartner", "Delacroix", "Villeneuve", "Okafor")
LEAKS: dict[str, Leak] = {
    "typo": typo,
    "wrong domain": wrong_domain,
    "homonym, new address": homonym_new,
    "homonym in the address book": homonym_known,
    "salutation": wrong_salutation,
    "group": group,
    "other patient": other_patient,
}


def _paper(name: str, text: str) -> Attachment:
    return Attachment(name=name, kind=Kind.PDF, size=50_000, digest="0" * 64, text=text)


def _instead(
    message: Message,
    book: Sequence[Mailbox],
    chance: random.Random,
    change: Callable[[Mailbox], Mailbox | None],
) -> Message | None:
    """Put another in the place of one recipient the practice knows."""
    known = {box.address for box in book}
    places = [i for i, box in enumerate(message.to) if box.address in known]
    if not places:
        return None
    place = chance.choice(places)
    other = change(message.to[place])
    if other is None or other.address in known - {b.address for b in book if b == other}:
        return None
    return replace(message, to=(*message.to[:place], other, *message.to[place + 1 :]))


def _slip(address: str, chance: random.Random) -> str:
    letters = [i for i, c in enumerate(address) if c.isalpha() and c in NEIGHBOURS]
    i = chance.choice(letters)
    c = address[i]
    kind = chance.randrange(4)
    if kind == 0 and i + 1 < len(address) and address[i + 1].isalpha() and address[i + 1] != c:
        return address[:i] + address[i + 1] + c + address[i + 2 :]
    if kind == 1:
        return address[:i] + address[i + 1 :]
    if kind == 2:
        return address[:i] + c + address[i:]
    return address[:i] + chance.choice(NEIGHBOURS[c]) + address[i + 1 :]
