"""Replay a sent folder: each message is judged with what was known before it, then learned."""

import random
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from folder import Folder, addressed
from leaks import LEAKS

from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Mailbox, Message
from vigie.domain.finding import Finding
from vigie.domain.response import Deed
from vigie.guards.misdirected_mail.guard import judge
from vigie.policy.orders import decide
from vigie.sensors.people import leaving, lesson
from vigie.tools.contacts import Contacts

LEARNED_FIRST = 0.6  # share of the messages that are history before the replay begins
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@dataclass(slots=True)
class Tally:
    """What a replay came to. `why` counts the facts that questioned normal sends."""

    sends: int = 0
    questioned: int = 0
    why: Counter[str] = field(default_factory=Counter)
    leaks: defaultdict[str, list[bool]] = field(default_factory=lambda: defaultdict(list))
    missed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seconds: list[float] = field(default_factory=list)


def replay(folder: Folder, seed: int, *, show: bool = False) -> Tally:
    """Replay the last part of a folder, with one leak of each kind made of each send."""
    chance, tally = random.Random(seed), Tally()  # noqa: S311  (a benchmark, to be repeated)
    cut = int(len(folder.messages) * LEARNED_FIRST)
    with Contacts(":memory:") as contacts:
        contacts.employ(folder.staff)
        _learn(contacts, folder, folder.messages[:cut])
        for message in folder.messages[cut:]:
            if folder.sent(message):
                held = _held(message, contacts, tally)
                tally.sends += 1
                tally.questioned += bool(held)
                tally.why.update({finding.fact for finding in held})
                if show and held:
                    print("  asked:", [(f.fact, dict(f.clues)) for f in held])
                _leak(message, contacts, tally, chance)
            _learn(contacts, folder, [message])
            for finding in held if folder.sent(message) else ():
                # The person said that this was right: it is not asked again.
                if address := finding.clues.get("recipient"):
                    contacts.settle(address, finding.fact)
    return tally


def _leak(message: Message, contacts: Contacts, tally: Tally, chance: random.Random) -> None:
    book = [
        Mailbox(k.address, k.names[0] if k.names else "") for k in contacts.everybody() if k.sent
    ]
    for kind, leak in LEAKS.items():
        leaked = leak(message, book, chance)
        if leaked is None:
            continue
        held = bool(_held(leaked, contacts, tally))
        tally.leaks[kind].append(held)
        if not held:
            told = f"{addressed(message)[:4]} → {addressed(leaked)[:5]} {leaked.text[:40]!r}"
            tally.missed[kind].append(told)


def _held(message: Message, contacts: Contacts, tally: Tally) -> list[Finding]:
    began = time.perf_counter()
    evidence = leaving(message, addressed(message), contacts, at=NOW, machine="replay")
    findings = list(judge([evidence]))
    tally.seconds.append(time.perf_counter() - began)
    deeds = {response.deed for response in decide(Danger.MISDIRECTED_MAIL, findings)}
    return [f for f in findings if f.fact != "patient_data_by_habit"] if Deed.HOLD in deeds else []


def _learn(contacts: Contacts, folder: Folder, messages: Sequence[Message]) -> None:
    exchanges = [lesson(message, folder.staff, now=NOW) for message in messages]
    contacts.learn(exchange for exchange in exchanges if exchange is not None)
