"""A sent folder as the replay needs it: messages in order of time, and who sent them."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.evidence.mail import Mailbox, Message
from vigie.readers.mail.reader import MailReader
from vigie.routines.learning.folders import opened
from vigie.sensors.people import own_domains


@dataclass(frozen=True, slots=True)
class Folder:
    """The mail of one place: `staff` its people, `messages` oldest first, in and out."""

    title: str
    staff: tuple[Mailbox, ...]
    messages: tuple[Message, ...]

    def sent(self, message: Message) -> bool:
        """Return whether the place sent a message."""
        return message.sender.domain in own_domains(self.staff) or any(
            box.address == message.sender.address for box in self.staff
        )


def addressed(message: Message) -> list[str]:
    """Return the addresses of a message's envelope."""
    boxes = (*message.to, *message.cc, *message.bcc)
    return list(dict.fromkeys(b.address for b in boxes if "@" in b.address))


def from_disk(path: Path) -> Folder:
    """Return the folder of mail at a path (a Maildir, .eml files or an mbox)."""
    with MailReader() as reader:
        source = opened(path)
        letters = source.letters(lambda _: False, lambda _: "")
        messages = [reader.read(letter.untrusted) for letter in letters]
    writers = Counter(m.sender.address for m in messages)
    owner = max(writers, key=lambda a: (writers[a], a))
    long_ago = datetime(1970, 1, 1, tzinfo=UTC)
    dated = [replace(m, date=m.date or long_ago) for m in messages if addressed(m)]
    return Folder(
        title=path.name,
        staff=(Mailbox(owner),),
        messages=tuple(sorted(dated, key=lambda m: (m.date or long_ago, m.digest))),
    )
