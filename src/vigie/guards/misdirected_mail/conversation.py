"""Conversation: a message goes on with an exchange, and goes to somebody who was not in it."""

from collections.abc import Iterator

from vigie.domain.evidence.mail import Acquaintance, Mailbox, MailLeaving
from vigie.domain.finding import Finding
from vigie.guards.misdirected_mail.asking import asked
from vigie.knowledge.conversations import Goes, goes_on, quoted, same_person
from vigie.knowledge.persons import folded, forms_of, person

_LEAST = 2  # people of the exchange who are written to, besides the one who was not in it
_SHORTEST = 3  # letters of a name that is looked for in the text


def conversation(leaving: MailLeaving) -> Iterator[Finding]:
    """Say who is written to in the place of a namesake the exchange was with, or added to it."""
    message = leaving.message
    goes = goes_on(message.subject, message.text)
    if goes is Goes.NOT and not message.answers:
        return
    found = quoted(message.text) if goes is not Goes.FORWARDS else None
    # Whom a message is handed on to was not in it. That the subject went to a namesake still tells.
    in_it = (*(found.people if found else ()), *leaving.circle.talking)
    strangers = [who for who in leaving.recipients if not _among(who.box, in_it)]
    missed = [
        box for box in in_it
        if not _ours(leaving, box) and not any(same_person(w.box, box) for w in leaving.recipients)
    ]  # fmt: skip
    for who in strangers:
        if "answer_elsewhere" in who.settled or _ours(leaving, who.box):
            continue
        for box in missed:
            if _share_a_name(who.box, box):
                known = box.address or box.name.title()
                yield asked(leaving, "answer_elsewhere", recipient=who.box.address, known=known)
                return
    if found:
        yield from _added(leaving, strangers)


def _added(leaving: MailLeaving, strangers: list[Acquaintance]) -> Iterator[Finding]:
    """Say who alone was not in an exchange, nor ever with the others, and is not spoken of."""
    said = set(folded(leaving.message.text[:20_000]).replace(",", " ").split())
    unsaid = [who for who in strangers if not _said(who.box, said)]
    others = len(leaving.recipients) - 1
    if len(unsaid) != 1 or others < _LEAST or others + 1 - len(strangers) < _LEAST:
        return
    odd = unsaid[0]
    if odd.together or "unusual_in_group" in odd.settled or _ours(leaving, odd.box):
        return
    yield asked(
        leaving, "unusual_in_group", recipient=odd.box.address, numbers={"recipients": others}
    )


def _said(box: Mailbox, said: set[str]) -> bool:
    return any(len(name) >= _SHORTEST and forms_of(name) & said for name in person(box))


def _among(box: Mailbox, others: tuple[Mailbox, ...]) -> bool:
    return any(same_person(box, other) for other in others)


def _ours(leaving: MailLeaving, box: Mailbox) -> bool:
    return any(same_person(box, own) for own in leaving.circle.staff)


def _share_a_name(box: Mailbox, other: Mailbox) -> bool:
    mine = person(box)
    return any(forms_of(name) & mine for name in person(other))
