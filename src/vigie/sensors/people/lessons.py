"""Lessons: what one message teaches the contacts."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from vigie.domain.evidence.mail import Mailbox, Message
from vigie.knowledge.conversations import topic
from vigie.knowledge.mail_domains import webmail
from vigie.knowledge.patients import of_message
from vigie.knowledge.persons import called_so
from vigie.knowledge.salutations import Salutation, beginning, salutation
from vigie.tools.contacts import Direction, Exchange

_LONGEST_ADDRESS = 254  # characters, RFC 5321
_LONGEST_NAME = 100  # characters: beyond this it is no name
_MOST_PEOPLE = 200  # of one message: a list of patients teaches no more with its thousandth


def own_domains(staff: Iterable[Mailbox]) -> frozenset[str]:
    """Return the practice's own domains: those of its people that are not open to everyone."""
    return frozenset(box.domain for box in staff if box.domain and not webmail(box.domain))


def lesson(
    message: Message,
    staff: Sequence[Mailbox],
    *,
    now: datetime,
    came_at: datetime | None = None,
    direction: Direction | None = None,
) -> Exchange | None:
    """Given a message and the practice's people, return what it teaches, None for nothing.

    `direction` is asked of the sender's address where it is not known. `came_at` is when the
    mailbox took the message in, for one without a date of its own; a date after `now` is a lie
    and counts as `now`.
    """
    own, people = own_domains(staff), {box.address for box in staff}
    writer = _bounded(message.sender)
    if writer is None:
        return None
    mine = writer.address in people or writer.domain in own
    if mine and direction is None and message.hops and message.authentications:
        # It came in from elsewhere under a name of ours: what is not proven teaches nothing.
        mine = _passed(message)
        if not mine:
            return None
    way = direction or (Direction.SENT if mine else Direction.RECEIVED)
    others = {
        box.address: box
        for untrusted in (*message.to, *message.cc, *message.bcc)[:_MOST_PEOPLE]
        if (box := _bounded(untrusted)) is not None and box.address != writer.address
    }
    if way is Direction.RECEIVED:
        others = {a: b for a, b in others.items() if a not in people and b.domain not in own}
    at = message.date or came_at or now
    at = min(at if at.tzinfo else at.replace(tzinfo=UTC), now)
    topmost = message.authentications[0] if message.authentications else None
    return Exchange(
        identity=identity(message),
        at=at,
        direction=way,
        writer=writer,
        others=tuple(others.values()),
        greeted=_greeted(message, tuple(others.values())) if way is Direction.SENT else (),
        checker=topmost.checker[:_LONGEST_ADDRESS] if topmost else "",
        passed=_passed(message),
        bulk=message.from_list,
        health=way is Direction.SENT and of_message(message).of_a_patient,
        topic="" if message.from_list else topic(message.subject),
        begins=beginning(message.text) if way is Direction.SENT else "",
    )


def identity(message: Message) -> str:
    """Return what tells a message from others: its Message-ID, else who, when and what about.

    Never its bytes: a provider's header more, or an attachment not fetched, is the same message.
    """
    if message.identity:
        return message.identity
    to = " ".join(sorted(box.address for box in (*message.to, *message.cc)))
    parts = (message.sender.address, str(message.date), message.subject, to, message.text[:1000])
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()


def _passed(message: Message) -> bool:
    """Return whether the topmost checker found the writer to be who they say."""
    if not message.authentications:
        return False
    checked, domain = message.authentications[0], message.sender.domain
    return checked.dmarc == "pass" or any(
        signer and (domain == signer or domain.endswith(f".{signer}"))
        for signer in (*checked.signers, checked.envelope if checked.spf == "pass" else "")
    )


def _greeted(message: Message, others: Sequence[Mailbox]) -> tuple[tuple[str, str], ...]:
    """Return which recipient was greeted by which name, where that is sure."""
    found = salutation(message.text)
    if found is None:
        return ()
    pairs = [(_meant(person, found, others), " ".join(person)) for person in found.people]
    return tuple((box.address, name) for box, name in pairs if box is not None)


def _meant(person: Sequence[str], found: Salutation, others: Sequence[Mailbox]) -> Mailbox | None:
    fitting = [box for box in others if called_so(person, box)]
    if len(fitting) == 1:
        return fitting[0]
    alone = len(others) == 1 and len(found.people) == 1 and not found.bare
    return others[0] if alone else None


def _bounded(box: Mailbox) -> Mailbox | None:
    if "@" not in box.address or len(box.address) > _LONGEST_ADDRESS:
        return None
    return Mailbox(box.address.lower(), " ".join(box.name.split())[:_LONGEST_NAME])
