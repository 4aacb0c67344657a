"""Assembling: a message and what the practice knew of its people, as one piece of evidence."""

import threading
from collections.abc import Iterable, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from vigie.domain.evidence.mail import (
    Acquaintance,
    Circle,
    MailArrived,
    Mailbox,
    MailLeaving,
    Message,
)
from vigie.knowledge.conversations import topic
from vigie.knowledge.patients import patients
from vigie.knowledge.salutations import beginning, salutation, tells_nobody
from vigie.sensors.people.directory import MOST, Directory
from vigie.sensors.people.lessons import own_domains
from vigie.tools.contacts import Contacts

_MOST_LOOKED_UP = 60  # recipients whose similar contacts are looked for

_directories: WeakKeyDictionary[Contacts, tuple[tuple[int, int], Directory]] = WeakKeyDictionary()
_lock = threading.Lock()


def directory(contacts: Contacts) -> Directory:
    """Return the directory of all contacts, made anew when the store has changed."""
    edition = contacts.edition()
    with _lock:
        known = _directories.get(contacts)
        if known is None or known[0] != edition:
            known = _directories[contacts] = (edition, Directory(contacts.everybody()))
        return known[1]


def leaving(  # noqa: PLR0913  (what the evidence is made of)
    message: Message,
    recipients: Iterable[str],
    contacts: Contacts,
    *,
    at: datetime,
    machine: str,
    to_impersonator: bool = False,
    place: str = "",
) -> MailLeaving:
    """Given a message about to leave and the addresses of its envelope, return the evidence.

    Recipients that the header names as well keep the name it shows. The writer is of the practice,
    whether the contacts know them yet or not.
    """
    shown = {box.address: box for box in (*message.bcc, *message.cc, *message.to)}
    addresses = list(dict.fromkeys(address.strip().lower() for address in recipients))
    boxes = [shown.get(address, Mailbox(address)) for address in addresses]
    begins = beginning(message.text)
    acquaintances = tuple(contacts.acquaintance(box, addresses, begins) for box in boxes)
    found = salutation(message.text)
    everybody = directory(contacts)
    similar = [
        near
        for who in acquaintances[:_MOST_LOOKED_UP]
        if not who.sent
        for near in (*everybody.near(who.box), *everybody.at_similar_domain(who.box)[:2])
    ]
    similar += everybody.called(found.people) if found else []
    if len(acquaintances) > 1 or (begins and not tells_nobody(begins)):
        # Who shares a name with one recipient may be the one these others are written to with, or
        # the one who is greeted like this.
        strangers = (who for who in acquaintances[:_MOST_LOOKED_UP] if not who.together)
        similar += [near for who in strangers for near in everybody.namesakes(who.box)]
    return MailLeaving(
        at=at,
        machine=machine,
        message=message,
        recipients=acquaintances,
        circle=_circle(message, contacts, similar, addresses, ours=message.sender),
        to_impersonator=to_impersonator,
        place=place,
    )


def arrived(  # noqa: PLR0913  (what the evidence is made of)
    message: Message,
    contacts: Contacts,
    *,
    at: datetime,
    machine: str,
    place: str = "",
    mailbox: str = "",
) -> MailArrived:
    """Given a message that came in, return the evidence."""
    others = [box.address for box in (*message.to, *message.cc)]
    near = [
        near
        for box in (message.sender, *message.reply_to)
        for near in directory(contacts).near(box)
    ]
    return MailArrived(
        at=at,
        machine=machine,
        message=message,
        writer=contacts.acquaintance(message.sender, others),
        circle=_circle(message, contacts, near, others),
        place=place,
        mailbox=mailbox,
    )


def _circle(
    message: Message,
    contacts: Contacts,
    similar: Sequence[Mailbox],
    others: Sequence[str],
    *,
    ours: Mailbox | None = None,
) -> Circle:
    staff = contacts.staff()
    if ours is not None and ours.address not in {box.address for box in staff}:
        staff = (*staff, ours)
    begins = beginning(message.text) if ours is not None else ""
    once = list(dict.fromkeys(similar))[: 4 * MOST]
    known: list[Acquaintance] = [contacts.acquaintance(box, others, begins) for box in once]
    return Circle(
        own=own_domains(staff),
        staff=staff,
        similar=tuple(known),
        provider=contacts.provider(),
        patients=patients(message),
        familiar=directory(contacts).familiar,
        talking=contacts.talking(topic(message.subject)) if ours is not None else (),
    )
