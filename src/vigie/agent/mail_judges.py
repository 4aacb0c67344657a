"""Who judges mail: the bytes are read apart, the people looked up, the guards asked.

A message that cannot be judged goes on, and that is reported as blindness: a practice whose mail
stands still is harmed as well.
"""

import logging
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from vigie.agent.loop import Agent
from vigie.agent.mail_lessons import MailLessons
from vigie.agent.reported import reported_in
from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Inside, MailArrived, Message
from vigie.domain.practice import Reader
from vigie.domain.response import Deed
from vigie.domain.verdict import Verdict
from vigie.guards.impersonation.guard import judge as imitations
from vigie.guards.ransomware.by_mail import runs
from vigie.phrasebook import Unspeakable, say
from vigie.readers.mail.reader import MailReader
from vigie.routines.disarming.disarming import Disarmer
from vigie.sensors import Sink
from vigie.sensors.inbox.watching import Opinion, mailbox_of
from vigie.sensors.outbox.leaving import State, envelope_of
from vigie.sensors.people import arrived, leaving
from vigie.tools.contacts import Contacts, Direction
from vigie.tools.held import Held, HeldStore, NoRoom

log = logging.getLogger(__name__)

WARNED = frozenset({"message_doubtful", "message_unread"})
_TEACHES_NOTHING = WARNED | {
    "imitation_held",
    "reported_elsewhere",
    "reported_contact",
    "mail_carries_program",
    "mail_carries_macro",
}
_IMPOSTORS = 500  # Message-IDs of imitations remembered, so that an answer to one is noticed


class MailJudges:
    """The judges of one agent. `aside` says, by handle, how to put a letter in hand aside."""

    def __init__(
        self, agent: Agent, reader: MailReader, contacts: Contacts, store: HeldStore
    ) -> None:
        self._agent, self._reader, self._contacts, self._store = agent, reader, contacts, store
        self._lessons = MailLessons(contacts)
        self._disarmer = Disarmer(agent.settings.practice.language)
        self.aside: dict[str, Callable[[], bool]] = {}
        self._to_hold: set[str] = set()
        self._impostors: dict[str, None] = {}

    def close(self) -> None:
        """Write down what was learned, and end what was begun to make copies."""
        self._lessons.write()
        self._disarmer.close()

    def leave(self, held: Held, content: bytes, sink: Sink) -> bool:
        """Judge a message about to leave; return whether it is to be held."""
        del sink  # what was concluded is wanted as well
        if held.id in self._to_hold:  # said once is enough; it stays held all the same
            return True
        try:
            message = self._reader.read(content)
            evidence = leaving(
                message,
                envelope_of(held).recipients,
                self._contacts,
                at=datetime.now(UTC),
                machine=self._agent.machine,
                to_impersonator=message.answers in self._impostors,
                place=held.id,
            )
            verdicts = self._agent.conclude(evidence)
        except Exception as failure:  # a judge that fails is blindness, reported; mail goes on
            log.exception("a message about to leave could not be judged")
            self._blind("outbox_judge", Danger.MISDIRECTED_MAIL, repr(failure))
            return False
        self._agent.see_again("outbox_judge")
        if not _holds(verdicts):
            self._learn(message, Direction.SENT)
            return False
        self._to_hold.add(held.id)
        self._remember(held, verdicts)
        return True

    def arrive(
        self, content: bytes, place: str, put_aside: Callable[[], bool], sink: Sink
    ) -> Opinion:
        """Judge a letter that came in; HOLD finds in `aside` how to put it aside."""
        del sink
        handle = ""
        try:
            message = self._marked(self._reader.read(content))
            evidence = arrived(
                message,
                self._contacts,
                at=datetime.now(UTC),
                machine=self._agent.machine,
                place=place,
                mailbox=mailbox_of(place),
            )
            found = reported_in(message, self._agent.known_bad)
            evidence = replace(evidence, reported=found)
            handle = evidence.key
            self.aside[handle] = put_aside
            verdicts = self._agent.conclude(evidence)
            for attachment in filter(runs, message.attachments):
                self._agent.call_bad(attachment.digest, Danger.RANSOMWARE)
        except Exception as failure:  # a judge that fails is blindness, reported; mail stays
            log.exception("a letter could not be judged")
            self._blind("inbox_judge", Danger.IMPERSONATION, repr(failure))
            return Opinion()
        finally:
            self.aside.pop(handle, None)
        self._agent.see_again("inbox_judge")
        if not any(f.fact in _TEACHES_NOTHING for verdict in verdicts for f in verdict.findings):
            self._learn(message, Direction.RECEIVED)
        return self._opinion(evidence, verdicts)

    def disarm(self, content: bytes, alive: Callable[[], None]) -> bytes | None:
        """Return the copy of a letter that can be read without danger, None for an imitation.

        Its words are the danger then, and no copy takes that away.
        """
        message = self._marked(self._reader.read(content))
        evidence = arrived(
            message, self._contacts, at=datetime.now(UTC), machine=self._agent.machine
        )
        if any(finding.fact == "imitation_held" for finding in imitations([evidence])):
            return None
        return self._disarmer.copy(content, message, alive)

    def _learn(self, message: Message, direction: Direction) -> None:
        try:
            self._lessons.take(message, direction)
        except sqlite3.Error:  # a full disk, another version: mail goes on, and learns later
            log.exception("what a message teaches could not be written down")

    def _marked(self, message: Message) -> Message:
        """Return the message, with what is known bad among its attachments marked so."""
        return replace(
            message,
            attachments=tuple(
                replace(each, inside=each.inside | {Inside.KNOWN_BAD})
                if each.digest in self._agent.known_bad
                else each
                for each in message.attachments
            ),
        )

    def _opinion(self, evidence: MailArrived, verdicts: Sequence[Verdict]) -> Opinion:
        about = [v for v in verdicts if v.danger is Danger.IMPERSONATION and v.responses]
        facts = {finding.fact: finding for verdict in about for finding in verdict.findings}
        if "imitation_held" in facts and evidence.message.identity:
            self._impostors[evidence.message.identity] = None
            while len(self._impostors) > _IMPOSTORS:
                self._impostors.pop(next(iter(self._impostors)))
        warned = next((facts[fact] for fact in facts if fact in WARNED), None)
        if warned is None:
            return Opinion()
        sentence = ""
        with suppress(Unspeakable, KeyError):
            sentence = say(
                Danger.IMPERSONATION,
                warned.fact,
                reader=Reader.SECRETARY,
                language=self._agent.settings.practice.language,
                numbers=warned.numbers,
                clues=warned.clues,
            ).text
        return Opinion(warn=True, sentence=sentence)

    def _remember(self, held: Held, verdicts: Sequence[Verdict]) -> None:
        """Note what was asked about whom: the answer settles it for the next time."""
        asked = [
            [finding.clues.get("recipient", ""), finding.fact]
            for verdict in verdicts
            for finding in verdict.findings
        ]
        with suppress(NoRoom):
            state = self._store.find(held.id)
            if state:
                self._store.move(
                    held.id,
                    [State.NEW, State.ASKED],
                    state.state,
                    due=state.due,
                    note={"asked": asked},
                )

    def _blind(self, name: str, danger: Danger, detail: str) -> None:
        self._agent.go_blind(name, (danger,), "died", detail)


def _holds(verdicts: Sequence[Verdict]) -> bool:
    return any(r.deed is Deed.HOLD for verdict in verdicts for r in verdict.responses)
