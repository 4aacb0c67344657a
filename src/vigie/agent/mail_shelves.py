"""The shelves of mail: where HOLD puts messages aside, and RELEASE gives them back."""

from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from vigie.sensors.inbox import shelf
from vigie.sensors.outbox.leaving import KIND, WAITS, State
from vigie.sensors.outbox.relay import FIRST_REMINDER
from vigie.tools.held import NEW, HeldStore, name_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
    """Letters in the practice's mailboxes; the target is its key: mailbox and SHA-256."""

    judges: "MailJudges"
    inboxes: "Sequence[Inbox]"
    store: HeldStore

    def put_aside(self, target: str) -> bool | None:
        """Put aside the letter that is being judged; None where there is none."""
        put = self.judges.aside.get(target)
        return put() if put else None

    def show_copy(self, target: str) -> bool | None:
        """Show a disarmed copy of a letter in the mailbox it was put aside in."""
        return self._in_each(target, lambda inbox, name: inbox.show_copy(name))

    def withdraw_copy(self, target: str) -> bool | None:
        """Take the copy of a letter away again."""

        def withdraw(inbox: "Inbox", name: str) -> bool:
            with closing(inbox.open()) as box:
                return inbox.shelf.withdraw_copy(box, name)

        return self._in_each(target, withdraw)

    def _in_each(self, target: str, act: "Callable[[Inbox, str], bool]") -> bool | None:
        """Act in the mailbox a letter was put aside in; None where that is none of ours.

        A target without a mailbox was written down when there was but one for all.
        """
        done: bool | None = None
        mailbox, _, digest = target.rpartition("/")
        for inbox in self.inboxes:
            name = name_of(shelf.KIND, f"{inbox.name}\n{digest}")
            if mailbox in ("", inbox.name) and self.store.find(name) is not None:
                done = act(inbox, name) or done or False
        return done

    def give_back(self, target: str) -> bool | None:
        """Put a letter back into the mailbox it was put aside in."""

        def put_back(inbox: "Inbox", name: str) -> bool:
            held = self.store.find(name)
            if held is None or held.state == shelf.State.RELEASED:
                return False
            with closing(inbox.open()) as box:
                return inbox.shelf.put_back(box, name)

        return self._in_each(target, put_back)

    def do_away(self, target: str, report: str) -> bool | None:
        """Never put a letter back by itself, by an order about `report`; None where there is none.

        It stays in « À vérifier », where only a person removes anything.
        """

        def destroy(_: "Inbox", name: str) -> bool:
            states = (shelf.State.HELD, shelf.State.GONE)
            return self.store.move(name, states, shelf.State.DESTROYED, note={"report": report})

        return self._in_each(target, destroy)

    def done_away(self, report: str) -> "Iterator[str]":
        """Yield the keys of the letters that an order about `report` has done away with."""
        found = self.store.items(shelf.KIND, [shelf.State.DESTROYED])
        for held in found:
            if held.note.get("report") == report:
                yield f"{held.envelope['account']}/{held.envelope['digest']}"

    def clear(self, now: datetime) -> None:
        """Remove our copies of what was done away with and whose date has passed."""
        self.store.clear(shelf.KIND, [shelf.State.DESTROYED], now)
        self.store.clear(shelf.COPY, [NEW], now)
