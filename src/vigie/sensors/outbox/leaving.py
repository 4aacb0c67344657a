"""A message about to leave: its envelope, and the states it goes through in the held store."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from vigie.tools.held import Held, HeldStore, name_of
from vigie.tools.letters import identity

KIND = "leaving"
KEPT_FOR = timedelta(
    days=30
)  # what was not sent is there that long; what was sent is known as long
# Without a Message-ID, the same bytes a while later are another message (a device's daily alarm).
SAME_FOR = timedelta(minutes=10)


class State(StrEnum):
    """Where a message about to leave stands."""

    NEW = "new"  # kept; nobody has judged it yet
    ASKED = "asked"  # held: a person chooses
    QUEUED = "queued"  # to be sent when it is due, without being judged again
    SENT = "sent"
    CANCELLED = "cancelled"  # by a person
    RETURNED = "returned"  # its sender was told that it did not leave
    UNSURE = "unsure"  # the line broke at the one moment when nobody can know: a person chooses


GOES_ON = (State.NEW, State.QUEUED)
WAITS = (State.ASKED, State.UNSURE)  # for a person
ENDED = (State.SENT, State.CANCELLED, State.RETURNED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Who sends to whom. `account` signed in; `options` are those of MAIL FROM.

    `notice` is the id of the message that this one returns to its sender.
    """

    account: str
    sender: str
    recipients: tuple[str, ...]
    options: tuple[str, ...] = ()
    notice: str = ""


def envelope_of(held: Held) -> Envelope:
    """Return the envelope of a held message; the recipients are those it must still reach."""
    kept: Mapping[str, Any] = held.envelope
    return Envelope(
        account=kept["account"],
        sender=kept["sender"],
        recipients=tuple(held.note.get("left") or kept["recipients"]),
        options=tuple(kept["options"]),
        notice=kept["notice"],
    )


def keep(store: HeldStore, envelope: Envelope, content: bytes, now: datetime) -> tuple[Held, bool]:
    """Keep a message; return it once it is on disk, and whether it is new. Raise NoRoom.

    The same content for the same people by the same account is the same message: whoever did not
    hear our answer and sends it again has sent it once.
    """
    digest = hashlib.sha256(content).hexdigest()
    people = " ".join(sorted(envelope.recipients))
    key = f"{envelope.account}\n{envelope.sender}\n{people}\n{digest}\n{envelope.notice}"
    # After one that was cancelled it is another message, but that one again is the same.
    while (known := store.find(name_of(KIND, key))) and not _same(known, content, now):
        key = f"{key}\n{known.id}"
    return store.keep(
        KIND, content, key=key, envelope=asdict(envelope), at=now, until=now + KEPT_FOR
    )


def _same(known: Held, content: bytes, now: datetime) -> bool:
    if known.state in {State.CANCELLED, State.RETURNED}:
        return False  # whoever sends it again wants it sent
    return bool(identity(content)) or now - known.at <= SAME_FOR


class Event(StrEnum):
    """What people must hear of, besides what guards find."""

    REMINDER = "mail_still_held"
    DELAYED = "mail_delayed"
    RETURNED = "mail_returned"
    UNSURE = "mail_unsure"
    SIGN_IN = "mail_sign_in_needed"


News = Callable[[Event, Held], None]
