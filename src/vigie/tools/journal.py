"""The machine's own journal: append-only, hash-chained, on disk before it is called kept.

The chain is `domain.proof`'s. Rows are never changed or removed: triggers refuse it, and whoever
goes round the triggers breaks the chain. SQLite's own counter (`sqlite_sequence`) also remembers
the highest number ever given, so that rows torn off the end are missed as well.
"""

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.proof import Entry, Proof, append, canonical, first_break

JOURNAL = "journal.sqlite"  # in Vigie's home
PATIENCE = 60.0  # seconds one process waits for another's append; an fsync on a tired disk is slow
PAGE = 1000  # rows read at a time: a long journal is verified in little memory

_SCHEMA = """
CREATE TABLE IF NOT EXISTS journal (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    previous TEXT NOT NULL,
    body TEXT NOT NULL,
    digest TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS console_head (
    seen INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL,
    digest TEXT NOT NULL,
    at TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS journal_keeps_rows BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS journal_keeps_words BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS console_head_keeps_rows BEFORE DELETE ON console_head
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER IF NOT EXISTS console_head_keeps_words BEFORE UPDATE ON console_head
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleHead:
    """The last row of the console's journal, as the console told it to this machine."""

    number: int
    digest: str
    at: datetime


class Journal:
    """The journal in the file `path`. Several threads and processes may append to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._base = sqlite3.connect(
            path, timeout=PATIENCE, check_same_thread=False, isolation_level=None
        )
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")  # each append is fsynced
        self._base.executescript(_SCHEMA)

    def append(self, record: Mapping[str, object]) -> Entry:
        """Add a record at the end of the chain; return its row once it is on disk.

        `record` holds texts, integers, booleans, None, lists and objects. Raise TypeError for
        anything else, sqlite3.OperationalError if the disk is full: then nothing was added.
        """
        body = canonical(record)
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")  # nobody else appends between read and write
            try:
                entry = append(self._last(), body)
                self._base.execute(
                    "INSERT INTO journal (number, previous, body, digest) VALUES (?, ?, ?, ?)",
                    (entry.number, entry.previous, entry.body, entry.digest),
                )
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise
        return entry

    def entries(self, *, kind: str = "", after: int = 0) -> Iterator[Entry]:
        """Yield the rows after number `after`, in order: all, or those whose record has `kind`."""
        last = after
        query = (
            "SELECT number, previous, body, digest FROM journal WHERE number > ?"
            " AND (? = '' OR json_extract(body, '$.kind') = ?) ORDER BY number LIMIT ?"
        )
        while True:
            with self._lock:
                rows = self._base.execute(query, (last, kind, kind, PAGE)).fetchall()
            for number, previous, body, digest in rows:
                yield Entry(number=number, previous=previous, body=body, digest=digest)
            if len(rows) < PAGE:
                return
            last = rows[-1][0]

    def head(self) -> Entry | None:
        """Return the last row, or None for an empty journal."""
        with self._lock:
            return self._last()

    def verify(self) -> int | None:
        """Return the number of the first row that is missing or changed, or None if all hold.

        Raise sqlite3.DatabaseError if the file itself is damaged.
        """
        with self._lock:  # the counter first: rows appended meanwhile must not look missing
            row = self._base.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = 'journal'"
            ).fetchone()
        given, found = (row[0] if row else 0), 0

        def counted() -> Iterator[Entry]:
            nonlocal found
            for entry in self.entries():
                yield entry
                found = entry.number

        broken = first_break(counted())
        if broken is None and found < given:
            return found + 1
        return broken

    def mirror(self, head: ConsoleHead) -> bool:
        """Keep the console's head; return whether it fits what the console said before.

        It does not fit when the console's journal has become shorter, or when the same row has
        another digest: somebody rewrote it.
        """
        with self._lock:
            last = self._console_head()
            if last and (last.number, last.digest) == (head.number, head.digest):
                return True
            self._base.execute(
                "INSERT INTO console_head (number, digest, at) VALUES (?, ?, ?)",
                (head.number, head.digest, head.at.isoformat()),
            )
        return last is None or head.number > last.number

    def mirrored(self) -> ConsoleHead | None:
        """Return the console's head as it was last told, or None."""
        with self._lock:
            return self._console_head()

    def close(self) -> None:
        """Close the file."""
        self._base.close()

    def _last(self) -> Entry | None:
        row = self._base.execute(
            "SELECT number, previous, body, digest FROM journal ORDER BY number DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        return Entry(number=row[0], previous=row[1], body=row[2], digest=row[3])

    def _console_head(self) -> ConsoleHead | None:
        row = self._base.execute(
            "SELECT number, digest, at FROM console_head ORDER BY seen DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        return ConsoleHead(number=row[0], digest=row[1], at=datetime.fromisoformat(row[2]))


def record_proof(journal: Journal, proof: Proof) -> Entry:
    """Add a proof to the journal; return its row once it is on disk."""
    return journal.append(
        {
            "kind": "proof",
            "id": proof.id,
            "danger": proof.danger.value,
            "trial": proof.trial,
            "held": proof.held,
            "machine": proof.machine,
            "at": proof.at.isoformat(),
            "expires": proof.expires.isoformat(),
            "numbers": dict(proof.numbers),
        }
    )


def proof_in(entry: Entry) -> Proof:
    """Given a row that `record_proof` wrote, return its proof."""
    record: Mapping[str, Any] = json.loads(entry.body)
    return Proof(
        id=record["id"],
        danger=Danger(record["danger"]),
        trial=record["trial"],
        held=record["held"],
        machine=record["machine"],
        at=datetime.fromisoformat(record["at"]),
        expires=datetime.fromisoformat(record["expires"]),
        numbers=record["numbers"],
    )


def latest_trials(journal: Journal) -> Mapping[tuple[Danger, str], Proof]:
    """Return the latest proof of each trial of each danger."""
    latest: dict[tuple[Danger, str], Proof] = {}
    for entry in journal.entries(kind="proof"):
        proof = proof_in(entry)
        latest[proof.danger, proof.trial] = proof
    return latest


def latest_proofs(journal: Journal) -> Mapping[Danger, Proof]:
    """Return one proof for each danger: of the latest of each trial, the one to worry about.

    A trial that failed comes before one that held, then the one that expires soonest: a good
    rehearsal never hides a restore that failed.
    """
    worst: dict[Danger, Proof] = {}
    for proof in latest_trials(journal).values():
        other = worst.get(proof.danger)
        if other is None or (proof.held, proof.expires) < (other.held, other.expires):
            worst[proof.danger] = proof
    return worst


def verify_file(path: Path) -> tuple[int, int | None]:
    """Given a journal's file, return how many rows it has and the first broken one (or None).

    Raise FileNotFoundError if there is no journal there, sqlite3.DatabaseError if the file is
    damaged.
    """
    if not path.is_file():
        raise FileNotFoundError(path)
    with closing(Journal(path)) as journal:
        broken = journal.verify()
        head = journal.head()
        return (head.number if head else 0), broken
