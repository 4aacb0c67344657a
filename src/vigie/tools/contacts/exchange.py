"""One exchange: what one message teaches about who writes to whom."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from vigie.domain.evidence.mail import Mailbox


class Direction(StrEnum):
    """Which way a message went, seen from the practice."""

    RECEIVED = "received"
    SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What one message teaches.

    `identity` is what tells the message from any other; `others` are all its recipients, without
    the practice's own people where it was received. `greeted` names an address and the name it
    was greeted by, where that is sure. `checker` wrote the topmost Authentication-Results (empty
    where there is none), `passed` whether it found the writer to be who they say. `bulk`: a list
    or a newsletter, of which no address is kept readable. `health`: it held data of a patient.
    `topic` is its subject without what answers put before it; only a salted hash of it is kept.
    `begins` are the folded words it greets with, where it went to one person.
    """

    identity: str
    at: datetime
    direction: Direction
    writer: Mailbox
    others: tuple[Mailbox, ...] = ()
    greeted: tuple[tuple[str, str], ...] = ()
    checker: str = ""
    passed: bool = False
    bulk: bool = False
    health: bool = False
    topic: str = ""
    begins: str = ""
