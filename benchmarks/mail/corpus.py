"""A corpus on disk: `ham/…` and `phish/…` with one message a file; never part of this project."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from vigie.domain.evidence.mail import Acquaintance, MailArrived, Message
from vigie.guards.impersonation.view import View
from vigie.knowledge.domains import site
from vigie.knowledge.letters import plain


@dataclass(frozen=True, slots=True)
class Case:
    """One message: which pile it lies in (`enron`, `real`), and whether it is phishing."""

    path: Path
    pile: str
    phish: bool


def cases(corpus: Path) -> Iterator[Case]:
    """Yield the messages below `corpus`, piles in alphabetic order."""
    for kind in ("ham", "phish"):
        for pile in sorted((corpus / kind).iterdir()):
            files = sorted(pile.rglob("*")) if pile.is_dir() else [pile]
            for path in files:
                if path.is_file():
                    yield Case(path, pile.name, kind == "phish")


def arrived(message: Message) -> MailArrived:
    """Return that a message came in, to a practice that knows nobody yet."""
    return MailArrived(
        at=message.date or datetime(2026, 1, 1, tzinfo=UTC),
        machine="benchmark",
        message=message,
        writer=Acquaintance(box=message.sender),
    )


def campaign(view: View) -> str:
    """Return what messages of one hand have in common: who sends, or the words of the subject.

    Folds of a cross-validation keep them together, so that no message vouches for its twin.
    """
    words = re.sub(r"[^a-z ]", "", plain(view.message.subject))
    subject = " ".join(words.split()[:4])
    if view.message.from_list:
        return f"list {view.message.return_path.rpartition('@')[2] or view.site}"
    return subject if len(subject) >= _LEAST_SUBJECT else f"{site(view.domain)} {subject}"


_LEAST_SUBJECT = 12


def fold(group: str, folds: int) -> int:
    """Return the fold of a group, the same on every machine."""
    return int(hashlib.sha256(group.encode()).hexdigest()[:8], 16) % folds
