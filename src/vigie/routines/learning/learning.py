"""One run of learning: letters are read in confined processes and written down in batches."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime

from vigie.domain.evidence.mail import Mailbox, Message
from vigie.knowledge.persons import desk
from vigie.readers.mail.reader import MailReader
from vigie.routines.learning.letters import Letter, NotReadable, Source
from vigie.sensors.people import lesson, own_domains
from vigie.tools.contacts import Contacts, Direction, Exchange

_BATCH = 200  # messages in one transaction: what a kill can take is read again in two seconds
_MINE = 0.4  # share of messages that name one address: it is the mailbox's owner

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What a run came to: messages looked at, those that were new, those that said nothing."""

    messages: int
    new: int
    unread: int
    seconds: float


def learn(
    source: Source,
    contacts: Contacts,
    reader: MailReader,
    *,
    progress: Progress = lambda _done, _total: None,
    now: datetime | None = None,
) -> Learned:
    """Learn everything in a source that was not learned yet, and forget what is too old.

    Whatever ends it, the next run goes on where this one was. Raise NotReadable when the source
    stops answering.
    """
    now, began = now or datetime.now(UTC), time.monotonic()
    total, messages, new, unread = source.count(), 0, 0, 0
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="learning") as pool:
        for batch in _batches(source.letters(contacts.read, contacts.position)):
            read = list(pool.map(lambda letter: reader.read(letter.untrusted), batch))
            staff = contacts.staff() or _owner(batch, read, contacts)
            if not staff:
                raise NotReadable(
                    "Cette boîte ne montre pas à qui elle est. Dites-le avec --own ADRESSE."
                )
            exchanges = [
                lesson(m, staff, now=now, came_at=letter.came_at, direction=letter.direction)
                for letter, m in zip(batch, read, strict=True)
            ]
            known = [exchange for exchange in exchanges if exchange is not None]
            contacts.employ(_colleagues(known, staff))
            new += contacts.learn(
                known,
                places=[letter.place for letter in batch if letter.place],
                reached=_reached(batch),
            )
            messages, unread = messages + len(batch), unread + len(batch) - len(known)
            progress(messages, total)
    contacts.forget()
    seconds = time.monotonic() - began
    return Learned(messages=messages, new=new, unread=unread, seconds=seconds)


def _batches(letters: Iterator[Letter]) -> Iterator[list[Letter]]:
    """Yield letters in batches, none of which goes beyond one mailbox."""
    batch: list[Letter] = []
    for letter in letters:
        if batch and (len(batch) >= _BATCH or letter.mailbox != batch[-1].mailbox):
            yield batch
            batch = []
        batch.append(letter)
    if batch:
        yield batch


def _reached(batch: list[Letter]) -> tuple[str, str] | None:
    last = batch[-1]
    return (last.mailbox, last.position) if last.mailbox else None


def _owner(
    batch: Sequence[Letter], read: Sequence[Message], contacts: Contacts
) -> tuple[Mailbox, ...]:
    """Find out whose mailbox this is, and write it down.

    It is who writes from a folder of sent mail, else the address that most messages name.
    """
    writers: Counter[str] = Counter()
    present: Counter[str] = Counter()
    names: dict[str, str] = {}
    for letter, message in zip(batch, read, strict=True):
        people = {box.address: box for box in (*message.to, *message.cc, message.sender)}
        present.update(people.keys())
        for address, box in people.items():
            names[address] = names.get(address) or box.name
        if letter.direction is Direction.SENT:
            writers[message.sender.address] += 1
    counted, of = (writers, writers.total()) if writers else (present, len(read))
    (address, count), (_, next_best) = (*counted.most_common(2), ("", 0), ("", 0))[:2]
    if "@" not in address or count < _MINE * of or count == next_best:
        return ()  # two who only ever wrote to one another: either may be the owner
    owner = Mailbox(address, names.get(address, ""))
    contacts.employ([owner])
    return (owner,)


def _colleagues(exchanges: Iterable[Exchange], staff: Iterable[Mailbox]) -> list[Mailbox]:
    """Return who else writes from the practice's own domains."""
    own, known = own_domains(staff), {box.address for box in staff}
    writers = (e.writer for e in exchanges if e.direction is Direction.SENT)
    return [
        box
        for box in dict.fromkeys(writers)
        if box.domain in own and box.address not in known and not desk(box)
    ]
