"""What is held, and a person's choice about it: at the command line and in the pane alike."""

from collections.abc import Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path

from vigie.agent.mail_watch import CONTACTS, shelves_at_hand
from vigie.agent.settings import Settings
from vigie.sensors.inbox import shelf
from vigie.sensors.outbox import leaving
from vigie.sensors.outbox.readdressing import readdressed
from vigie.tools.contacts import Contacts
from vigie.tools.held import Held, HeldStore, NoRoom, Spoilt
from vigie.tools.smtp import NoAnswer, Refused

WAITING = (*leaving.WAITS, leaving.State.RETURNED, shelf.State.HELD, shelf.State.GONE)
CHOOSABLE = (*leaving.WAITS, leaving.State.RETURNED)


class NotDone(Exception):
    """The choice could not be carried out; the message stays kept. The text says why."""


class NoSuchBox(NotDone):
    """The mailbox of a held letter is no longer in the settings."""


def waiting(store: HeldStore) -> list[Held]:
    """Return what waits for a person, the oldest first."""
    found = (*store.items(leaving.KIND, WAITING), *store.items(shelf.KIND, WAITING))
    return sorted(found, key=lambda one: one.at)


def release(settings: Settings, home: Path, name: str) -> bool:
    """Put a held letter back where it was; return whether it is there. Raise NotDone."""
    with shelves_at_hand(settings, home) as (store, inboxes):
        one = store.find(name)
        account = one.envelope.get("account") if one and one.kind == shelf.KIND else None
        inbox = next((i for i in inboxes if i.name == account), None)
        if one is None or inbox is None:
            raise NoSuchBox(name)
        try:
            with closing(inbox.open()) as box:
                return inbox.shelf.put_back(box, one.id)
        except (NoAnswer, Refused, NoRoom, Spoilt, OSError) as trouble:
            raise NotDone(str(trouble)) from trouble


def send(
    store: HeldStore, home: Path, one: Held, now: datetime, instead: Mapping[str, str] | None = None
) -> bool:
    """Let a held message leave, to the right addresses; return whether it waited.

    Raise BadAddress for an address that is not in it or is none, NotDone where it cannot leave.
    """
    try:
        if instead:
            return readdressed(store, one, dict(instead), now) is not None
    except (NoRoom, Spoilt) as trouble:
        raise NotDone(str(trouble)) from trouble
    if not store.move(one.id, CHOOSABLE, leaving.State.QUEUED, due=now):
        return False
    _settle(home, one)
    return True


def cancel(store: HeldStore, one: Held) -> bool:
    """Never let a held message leave; return whether it waited."""
    return bool(store.move(one.id, CHOOSABLE, leaving.State.CANCELLED))


def _settle(home: Path, one: Held) -> None:
    """Remember the answer: what was asked about an address is not asked again."""
    asked = [(who, fact) for who, fact in one.note.get("asked", ()) if who]
    if asked:
        with Contacts(home / CONTACTS) as contacts:
            for who, fact in asked:
                contacts.settle(who, fact)
