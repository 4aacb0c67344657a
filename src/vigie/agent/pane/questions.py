"""The questions asked at this machine: sent as kinds, facts and marks; answered by a person."""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.agent.pane.judging import Seen
from vigie.domain.finding import Gravity
from vigie.phrasebook import vocabulary
from vigie.wire.advice import Advice, AdviceWord, DoubtFact, Kind, QuestionWord
from vigie.wire.reports import Item

FILE = "questions.db"  # in the agent's own folder
SHOWN = timedelta(days=7)  # how long an answer stands in the pane
_MOST_FACTS = 32
_SCHEMA = """
CREATE TABLE IF NOT EXISTS questions (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    label TEXT NOT NULL,  -- how people here know it: it never leaves this machine
    red INTEGER NOT NULL,
    at REAL NOT NULL,
    promised REAL NOT NULL,
    advice TEXT,
    answered REAL,
    settled REAL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question. `label` is how people here know the thing, `red` what the machine thinks."""

    id: str
    kind: Kind
    label: str
    red: bool
    at: datetime
    promised: datetime
    advice: Advice | None = None


class Questions:
    """The questions of one machine, in the file `path`; `send` takes what leaves.

    `number` is the console's own mark of what it has answered so far in this life: after a restart
    it tells the answers once more.
    """

    def __init__(self, path: Path, send: Callable[[Item], None]) -> None:
        self._send = send
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)
        path.chmod(0o600)

    def ask(self, seen: Seen, label: str, *, now: datetime, promised: datetime) -> str:
        """Write a question down, and let it leave; return its id."""
        word = question(seen, now=now, promised=promised)
        with self._lock:
            self._base.execute(
                "INSERT INTO questions (id, kind, label, red, at, promised)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (
                    word.id,
                    seen.kind.value,
                    label,
                    seen.light is Gravity.ALARM,
                    now.timestamp(),
                    promised.timestamp(),
                ),
            )
        self._send(word)
        return word.id

    def answered(self, untrusted: Iterable[AdviceWord], now: datetime) -> tuple[Question, ...]:
        """Write down what the console answers to questions of ours; return those that are new."""
        new = []
        for word in untrusted:
            with self._lock:
                done = self._base.execute(
                    "UPDATE questions SET advice = ?, answered = ? WHERE id = ? AND advice IS NULL",
                    (word.advice.value, now.timestamp(), word.question),
                ).rowcount
            if done and (question_of := self.find(word.question)):
                new.append(question_of)
        return tuple(new)

    def open(self, now: datetime) -> tuple[Question, ...]:
        """Return what was asked and nobody has put away, the latest first."""
        return self._select(
            "settled IS NULL AND at > ? ORDER BY at DESC", (now - SHOWN).timestamp()
        )

    def find(self, name: str) -> Question | None:
        """Return one question."""
        return next(iter(self._select("id = ?", name)), None)

    def settle(self, name: str, now: datetime) -> None:
        """Put a question away: its answer was read."""
        with self._lock:
            self._base.execute(
                "UPDATE questions SET settled = ? WHERE id = ? AND advice IS NOT NULL",
                (now.timestamp(), name),
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _select(self, which: str, value: object) -> tuple[Question, ...]:
        query = "SELECT id, kind, label, red, at, promised, advice FROM questions WHERE "
        with self._lock:
            rows = self._base.execute(query + which, (value,)).fetchall()
        return tuple(
            Question(
                id=name,
                kind=Kind(kind),
                label=label,
                red=bool(red),
                at=datetime.fromtimestamp(at, UTC),
                promised=datetime.fromtimestamp(promised, UTC),
                advice=Advice(advice) if advice else None,
            )
            for name, kind, label, red, at, promised, advice in rows
        )


def question(seen: Seen, *, now: datetime, promised: datetime) -> QuestionWord:
    """Return a doubt as it travels: no clue, no name, no content."""
    own = [(danger, finding) for danger, finding in seen.findings if danger is seen.danger]
    known = vocabulary(seen.danger)
    return QuestionWord(
        id=uuid.uuid4().hex,
        at=now,
        danger=seen.danger,
        kind=seen.kind,
        promised=promised.astimezone(UTC),
        facts=tuple(
            DoubtFact(fact=f.fact, gravity=f.gravity, numbers=dict(f.numbers))
            for _, f in own[:_MOST_FACTS]
            if f.fact in known.facts
        ),
        digests=seen.digests if seen.kind in {Kind.MAIL, Kind.FILE} else (),
        sender=seen.sender,
        hosts=seen.hosts,
    )
