"""The shelves of mail: where HOLD puts messages aside, and RELEASE gives them back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vigie.sensors.inbox import shelf
from vigie.sensors.outbox.leaving import KIND, WAITS, State
from vigie.sensors.outbox.relay import FIRST_REMINDER
from vigie.tools.held import HeldStore, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from vigie.agent.mail_judges import MailJudges
    from vigie.sensors.inbox.watching import Inbox


@dataclass(frozen=True, slots=True)
class OutboxShelf:
    """Messages about to leave; the target is the id under which one is kept."""

    store: HeldStore

    def put_aside(self, target: str) -> bool | None:
        """Keep a message from leaving; None where it is none of ours, or has left."""
        held = self.store.find(target)
        if held is None or held.kind != KIND:
            return None
        due = datetime.now(UTC) + FIRST_REMINDER
        return self.store.move(target, [State.NEW, State.QUEUED], State.ASKED, due=due)

    def give_back(self, target: str) -> bool | None:
        """Let a message leave as it is."""
        held = self.store.find(target)
        if held is None or held.kind != KIND:
            return None
        states = (*WAITS, *([State.CANCELLED] if held.note.get("report") else []))
        return self.store.move(target, states, State.QUEUED, due=datetime.now(UTC))

    def do_away(self, target: str, report: str) -> bool | None:
        """Never let a message leave, by an order about `report`; None where it is none of ours."""
        held = self.store.find(target)
        if held is None or held.kind != KIND:
            return None
        states = (*WAITS, State.RETURNED)
        return self.store.move(target, states, State.CANCELLED, note={"report": report})

    def done_away(self, report: str) -> "Iterator[str]":
        """Yield the messages that an order about `report` has kept from leaving."""
        for held in self.store.items(KIND, [State.CANCELLED]):
            if held.note.get("report") == report:
                yield held.id

    def clear(self, now: datetime) -> None:
        """Leave this to the relay, which removes what has ended."""


@dataclass(frozen=True, slots=True)
class InboxShelf:
    """Letters in the practice's mailboxes; the target is the SHA-256 of one."""

    judges: "MailJudges"
    inboxes: "Sequence[Inbox]"
    store: HeldStore

    def put_aside(self, target: str) -> bool | None:
        """Put aside the letter that is being judged; None where there is none."""
        put = self.judges.aside.get(target)
        return put() if put else None

    def give_back(self, target: str) -> bool | None:
        """Put a letter back into each mailbox it was put aside in."""
        back: bool | None = None
        for inbox in self.inboxes:
            name = name_of(shelf.KIND, f"{inbox.name}\n{target}")
            held = self.store.find(name)
            if held is None:
                continue
            if held.state == shelf.State.RELEASED:
                back = back or False
                continue
            box = inbox.open()
            try:
                back = inbox.shelf.put_back(box, name) or back
            finally:
                box.close()
        return back

    def do_away(self, target: str, report: str) -> bool | None:
        """Never put a letter back by itself, by an order about `report`; None where there is none.

        It stays in « À vérifier », where only a person removes anything.
        """
        gone: bool | None = None
        for inbox in self.inboxes:
            name = name_of(shelf.KIND, f"{inbox.name}\n{target}")
            if self.store.find(name) is not None:
                states = (shelf.State.HELD, shelf.State.GONE)
                done = self.store.move(name, states, shelf.State.DESTROYED, note={"report": report})
                gone = done or gone or False
        return gone

    def done_away(self, report: str) -> "Iterator[str]":
        """Yield the digests of the letters that an order about `report` has done away with."""
        found = self.store.items(shelf.KIND, [shelf.State.DESTROYED])
        yield from {h.envelope["digest"]: 0 for h in found if h.note.get("report") == report}

    def clear(self, now: datetime) -> None:
        """Remove our copies of what was done away with and whose date has passed."""
        self.store.clear(shelf.KIND, [shelf.State.DESTROYED], now)
