"""The shelf: letters put aside in « À vérifier », and put back as they were.

A letter is on our own disk before it is moved, and each step says in the held store where it is:
whoever was killed in between goes on from there. Nothing is ever deleted from the mailbox.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from enum import StrEnum

from vigie.sensors.inbox.ledger import Ledger
from vigie.tools.held import NEW, Held, HeldStore, name_of
from vigie.tools.imap import Letter, Mailbox
from vigie.tools.letters import identity
from vigie.tools.smtp import NoAnswer

log = logging.getLogger(__name__)

KIND = "arrived"
COPY = "copy"  # a disarmed copy of what was put aside: kept too, so that it is shown once
ASIDE = "À vérifier"
KEPT_FOR = timedelta(days=90)


class State(StrEnum):
    """Where a letter stands that was put aside."""

    NEW = NEW  # on our disk; it may still be where it came in
    HELD = "held"
    RELEASING = "releasing"
    RELEASED = "released"
    GONE = "gone"  # a person removed it from the mailbox; our copy stays until its date
    DESTROYED = "destroyed"  # a person does not want it; nothing brings it back by itself


class Shelf:
    """What was put aside in one account; `account` is its name in our own files."""

    def __init__(
        self, account: str, store: HeldStore, ledger: Ledger, clock: Callable[[], datetime]
    ) -> None:
        self.account = account
        self._store, self._ledger, self._clock = store, ledger, clock

    def put_aside(self, box: Mailbox, letter: Letter) -> Held:
        """Keep a letter of the open folder, then move it aside. Raise NoRoom, NoAnswer."""
        digest = hashlib.sha256(letter.content).hexdigest()
        now = self._clock()
        held, _ = self._store.keep(
            KIND,
            letter.content,
            key=f"{self.account}\n{digest}",
            envelope={
                "account": self.account,
                "folder": box.folder,
                "validity": box.validity,
                "uid": letter.uid,
                "flags": list(letter.flags),
                "date": letter.date.isoformat() if letter.date else None,
                "identity": identity(letter.content),
                "digest": digest,
            },
            at=now,
            until=now + KEPT_FOR,
        )
        self._move_aside(box, held)
        return self._store.find(held.id) or held

    def recover(self, box: Mailbox) -> None:
        """Go on with what was under way when we ended, or when the connection broke."""
        for held in self._own(State.NEW):
            self._move_aside(box, held)
        for held in self._own(State.RELEASING):
            self._put_back(box, held)

    def put_back(self, box: Mailbox, name: str) -> bool:
        """Put a held letter back where it was; return whether it is there. Raise NoAnswer."""
        held = self._store.find(name)
        if held is None or held.envelope.get("account") != self.account:
            return False
        if held.state == State.RELEASED:
            return True
        known = (State.NEW, State.HELD, State.RELEASING, State.GONE, State.DESTROYED)
        if not self._store.move(name, known, State.RELEASING):
            return False
        self._put_back(box, held)
        return True

    def show_copy(self, box: Mailbox, name: str, make: Callable[[bytes], bytes | None]) -> bool:
        """Show a copy of a letter that was put aside where it came in; return whether it is new.

        `make` returns the copy, or None where there is to be none. Raise NoRoom, NoAnswer.
        """
        held = self._store.find(name)
        if held is None or held.state != State.HELD or held.note.get("copy") in {"shown", "none"}:
            return False
        self._note(held, "wanted")
        kept = self._copy_of(held)
        if kept is None:
            content = make(self._store.content(name))
            if content is None:
                self._note(held, "none")
                return False
            kept = self._keep_copy(held, content)
        content = self._store.content(kept.id)
        self._ledger.see(self.account, hashlib.sha256(content).hexdigest(), self._clock())
        envelope = held.envelope
        box.select(envelope["folder"])
        if box.find(envelope["identity"], content) is None:
            date = datetime.fromisoformat(envelope["date"]) if envelope["date"] else None
            box.put(envelope["folder"], content, envelope["flags"], date)
        box.select(envelope["folder"])
        self._note(held, "shown")
        return True

    def wanted_copies(self) -> tuple[str, ...]:
        """Return which letters still want a copy: we ended, or the connection broke, before it."""
        return tuple(h.id for h in self._own(State.HELD) if h.note.get("copy") == "wanted")

    def withdraw_copy(self, box: Mailbox, name: str) -> bool:
        """Take our own copy of a letter away again, if it lies there as we put it."""
        held = self._store.find(name)
        kept = self._copy_of(held) if held else None
        if held is None or kept is None or held.note.get("copy") != "shown":
            return False
        box.select(held.envelope["folder"])
        there = box.find(held.envelope["identity"], self._store.content(kept.id))
        if there is not None:
            box.drop(there)
        self._store.move(name, tuple(State), held.state, note={"copy": "none"})
        return there is not None

    def _note(self, held: Held, copy: str) -> None:
        self._store.move(held.id, [State.HELD], State.HELD, note={"copy": copy})

    def _copy_of(self, held: Held) -> Held | None:
        return self._store.find(name_of(COPY, f"{self.account}\n{held.id}"))

    def _keep_copy(self, held: Held, content: bytes) -> Held:
        key = f"{self.account}\n{held.id}"
        envelope = {"account": self.account, "of": held.id}
        return self._store.keep(
            COPY, content, key=key, envelope=envelope, at=self._clock(), until=held.until
        )[0]

    def _own(self, state: State) -> tuple[Held, ...]:
        found = self._store.items(KIND, [state])
        return tuple(held for held in found if held.envelope["account"] == self.account)

    def _move_aside(self, box: Mailbox, held: Held) -> None:
        kept, content = held.envelope, self._store.content(held.id)
        self._ledger.see(self.account, kept["digest"], self._clock())
        aside = box.named(ASIDE)
        box.make(aside)
        uid = _here(box, kept["folder"], kept["uid"], kept["validity"], kept["identity"], content)
        there = self._elsewhere(box, aside, kept["identity"], content)
        box.select(kept["folder"])
        if uid is not None and there is None:
            box.move(uid, aside)
        elif uid is not None:  # copied, and not yet removed
            box.drop(uid)
        elif there is None:
            log.info("%s was removed by a person meanwhile", held.id)
            self._store.move(held.id, [State.NEW], State.GONE)
            return
        self._store.move(held.id, [State.NEW], State.HELD)

    def _put_back(self, box: Mailbox, held: Held) -> None:
        kept, content = held.envelope, self._store.content(held.id)
        aside = box.named(ASIDE)
        self.withdraw_copy(box, held.id)
        box.select(kept["folder"])
        here = box.find(kept["identity"], content)
        there = self._elsewhere(box, aside, kept["identity"], content)
        if there is not None:
            box.select(aside)
            if here is None:
                box.move(there, kept["folder"])
            else:  # copied back, and not yet removed from the shelf
                box.drop(there)
        elif here is None:
            date = datetime.fromisoformat(kept["date"]) if kept["date"] else None
            box.put(kept["folder"], content, kept["flags"], date)
        box.select(kept["folder"])
        self._store.move(held.id, [State.RELEASING], State.RELEASED)

    @staticmethod
    def _elsewhere(box: Mailbox, folder: str, name: str, content: bytes) -> int | None:
        """Return the UID of a letter in another folder, None where it or the folder is not."""
        try:
            box.select(folder)
        except NoAnswer:  # there is no such folder; a broken line shows at the next word
            box.touch()
            return None
        return box.find(name, content)


def _here(  # noqa: PLR0913, PLR0917  (where it was, and what it is)
    box: Mailbox, folder: str, uid: int, validity: int, name: str, content: bytes
) -> int | None:
    """Return the UID of a letter in the folder it came in by, None where it is gone."""
    if box.select(folder)[0] == validity:
        for letter in box.fetch([uid]):
            if letter.content == content:
                return uid
    return box.find(name, content)
