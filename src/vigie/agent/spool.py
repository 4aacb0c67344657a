"""The spool: what the console must know, kept until the console has it.

SQLite in WAL mode with `synchronous = FULL`: what `add` accepted is fsynced before it returns.
Lanes go by priority; an item is leased, sent, and removed once the console keeps it. Leases live in
memory: a process that dies gives them all back, and items are idempotent by their id.
"""

import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum
from pathlib import Path

from vigie.agent.spool_file import (
    DAMAGED,
    FULL,
    SpoolFull,
    SpoolTrouble,
    begin_anew,
    code,
    connect,
    named,
)
from vigie.domain.finding import Gravity
from vigie.wire import reports
from vigie.wire.reports import GapWord, HeartbeatWord, Item, ReportWord

# Ten weeks of heartbeats take 15 MB and 100,000 reports 50 MB: room for a long absence, and
# nothing an ordinary disk would miss.
MOST_BYTES = 200_000_000
MOST_SENT = 300  # items remembered of what has left, and fewer heartbeats: they all say the same
MOST_HEARTBEATS_SENT = 10
MOST_REFUSALS = 3  # the console took the batch, but not this item, that many times


class Lane(IntEnum):
    """The order in which items leave, the most urgent first."""

    FIRST = 0
    REPORT = 1
    PROOF = 2
    HEARTBEAT = 3


@dataclass(frozen=True, slots=True)
class Leased:
    """One item under lease; `body` is its JSON as it travels."""

    number: int
    id: str
    body: bytes


Lease = tuple[Leased, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """One item that has left, byte for byte; `at` is when the console said that it keeps it."""

    number: int
    body: bytes
    at: datetime


def _now() -> datetime:
    return datetime.now(UTC)


def lane_of(item: Item) -> Lane:
    """Given an item, return the lane it waits in."""
    match item:
        case HeartbeatWord():
            return Lane.HEARTBEAT
        case ReportWord() if any(fact.gravity is Gravity.ALARM for fact in item.facts):
            return Lane.FIRST
        case ReportWord() | GapWord():
            return Lane.REPORT
        case _:
            return Lane.PROOF


class Spool:
    """The items of one machine that wait for the console, in the file `path`.

    `damaged` is set when the file could not be read and was put beside (`….damaged-…`): what could
    be saved from it is back in the spool, and the caller reports the rest as blindness.
    """

    def __init__(
        self,
        path: Path,
        *,
        most_bytes: int = MOST_BYTES,
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._path = path
        self._most_bytes = most_bytes
        self._clock = clock
        self._lock = threading.RLock()
        self._leased: set[int] = set()
        self._open: sqlite3.Connection | None = None
        self.damaged = False
        with suppress(SpoolTrouble):  # opened again at the next use: a full disk stops no watch
            self._base()

    def add(self, *items: Item, first: bool = False) -> None:
        """Keep the items, durably, before this returns. An id that is already there stays once.

        Raise SpoolFull when there is no room, SpoolTrouble when the disk fails in another way:
        then none of the items was kept.
        """
        rows = [
            (item.id, Lane.FIRST if first else lane_of(item), item.at.isoformat(), encoded, gap)
            for item in items
            for encoded, gap in [(reports.encode(item), isinstance(item, GapWord))]
        ]
        with self._writing() as base:
            base.executemany(
                "DELETE FROM items WHERE id = ? AND aside = 2", [(item.id,) for item in items]
            )
            base.executemany(
                "INSERT OR IGNORE INTO items (id, lane, at, body, is_gap) VALUES (?, ?, ?, ?, ?)",
                rows,
            )
            self._make_room(base)

    def draft(self, item: Item) -> None:
        """Keep a report that is not finished; `add` with its id takes its place.

        Raise as `add` does.
        """
        row = (item.id, lane_of(item), item.at.isoformat(), reports.encode(item))
        with self._writing() as base:
            base.execute(
                "INSERT OR IGNORE INTO items (id, lane, at, body, aside) VALUES (?, ?, ?, ?, 2)",
                row,
            )

    def adopt_drafts(self) -> int:
        """Let the drafts of a process that was killed leave as they are; return how many."""
        with self._writing() as base:
            return base.execute("UPDATE items SET aside = 0 WHERE aside = 2").rowcount

    def lease(
        self, most_items: int = reports.MOST_ITEMS, most_bytes: int = reports.MOST_BYTES
    ) -> Lease:
        """Take the next items, the most urgent lane first and the oldest first within a lane.

        At least one item is taken if any waits, whatever its size.
        """
        taken: list[Leased] = []
        size = 64  # the batch around the items
        with self._writing() as base:
            rows = base.execute(
                "SELECT number, id, body FROM items WHERE aside = 0"
                " ORDER BY lane, refusals, number LIMIT ?",
                (most_items + len(self._leased),),
            )
            for row in rows.fetchall():
                item = Leased(*row)
                if item.number in self._leased:
                    continue
                size += len(item.body) + 1
                if taken and (size > most_bytes or len(taken) >= most_items):
                    break
                taken.append(item)
            # A gap that may have been seen is not changed any more: the console knows its id.
            base.executemany(
                "UPDATE items SET shown = 1 WHERE number = ? AND is_gap",
                [(item.number,) for item in taken],
            )
            self._leased.update(item.number for item in taken)
        return tuple(taken)

    def commit(self, lease: Lease, kept: Collection[str]) -> int:
        """Remove what the console keeps. What it passed over waits, and in the end stands aside.

        Return how many items were put aside.
        """
        with self._writing() as base:
            gone = [(item.number,) for item in lease if item.id in kept]
            left = [(item.number,) for item in lease if item.id not in kept]
            base.executemany(
                "INSERT INTO sent (lane, body, at) SELECT lane, body, ? FROM items"
                " WHERE number = ?",
                [(self._clock().isoformat(), number) for (number,) in gone],
            )
            for which, most in (("=", MOST_HEARTBEATS_SENT), ("<>", MOST_SENT)):
                base.execute(
                    f"DELETE FROM sent WHERE lane {which} ? AND number <= (SELECT number FROM sent"  # noqa: S608  (one of two signs)
                    f" WHERE lane {which} ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                    (Lane.HEARTBEAT, Lane.HEARTBEAT, most),
                )
            base.executemany("DELETE FROM items WHERE number = ?", gone)
            base.executemany("UPDATE items SET refusals = refusals + 1 WHERE number = ?", left)
            aside = sum(
                base.execute(
                    "UPDATE items SET aside = 1 WHERE number = ? AND refusals >= ?",
                    (number, MOST_REFUSALS),
                ).rowcount
                for (number,) in left
            )
        self.rollback(lease)
        return aside

    def rollback(self, lease: Lease) -> None:
        """Give the items back: they keep their turn."""
        with self._lock:
            self._leased.difference_update(item.number for item in lease)

    def put_aside(self, item: Leased) -> None:
        """Keep an item that the console cannot take out of the others' way."""
        with self._writing() as base:
            base.execute("UPDATE items SET aside = 1 WHERE number = ?", (item.number,))
        self.rollback((item,))

    def retry_aside(self) -> None:
        """Give what stands aside another chance: the console may have learnt the word."""
        with self._writing() as base:
            base.execute("UPDATE items SET aside = 0, refusals = 0 WHERE aside = 1")

    def waiting(self) -> int:
        """Return how many items wait to be sent."""
        return self._count(aside=0)

    def set_aside(self) -> int:
        """Return how many items stand aside."""
        return self._count(aside=1)

    def sent(self, most: int = 50) -> tuple[Sent, ...]:
        """Return what has left last, the latest first."""
        with self._writing() as base:
            rows = base.execute(
                "SELECT number, body, at FROM sent ORDER BY number DESC LIMIT ?", (most,)
            ).fetchall()
        return tuple(Sent(number, body, datetime.fromisoformat(at)) for number, body, at in rows)

    def next_to_leave(self, most: int = 20) -> tuple[bytes, ...]:
        """Return what waits, in its turn, as it will travel."""
        with self._writing() as base:
            rows = base.execute(
                "SELECT body FROM items WHERE aside = 0 ORDER BY lane, refusals, number LIMIT ?",
                (most,),
            ).fetchall()
        return tuple(body for (body,) in rows)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            if self._open:
                self._open.close()
                self._open = None

    def _count(self, *, aside: int) -> int:
        with self._writing() as base:
            row = base.execute("SELECT count(*) FROM items WHERE aside = ?", (aside,)).fetchone()
        return int(row[0])

    def _make_room(self, base: sqlite3.Connection) -> None:
        """Drop the oldest heartbeats until the spool is within its bound, and say so once."""
        (size,) = base.execute("SELECT bytes FROM tally").fetchone()
        dropped: list[tuple[int, str]] = []
        oldest = "SELECT number, at, length(body) + 100 FROM items WHERE lane = ? ORDER BY number"
        if size > self._most_bytes:
            for number, at, weight in base.execute(oldest, (Lane.HEARTBEAT,)):
                if size <= self._most_bytes:
                    break
                if number not in self._leased:
                    dropped.append((number, at))
                    size -= weight
        if size > self._most_bytes:
            raise SpoolFull("the spool holds as much as it may, and no heartbeat is left to drop")
        if dropped:
            base.executemany("DELETE FROM items WHERE number = ?", [(n,) for n, _ in dropped])
            self._say_gap(base, [datetime.fromisoformat(at) for _, at in dropped])

    def _say_gap(self, base: sqlite3.Connection, dropped: list[datetime]) -> None:
        count, since, until = len(dropped), min(dropped), max(dropped)
        row = base.execute("SELECT id, body FROM items WHERE is_gap AND NOT shown").fetchone()
        if row:
            former = reports.decode_item(row[1])
            assert isinstance(former, GapWord)  # noqa: S101  (written by this very method)
            count += former.dropped
            since, until = min(since, former.since), max(until, former.until)
            base.execute("DELETE FROM items WHERE id = ?", (row[0],))
        gap = GapWord(
            id=row[0] if row else uuid.uuid4().hex,
            at=self._clock(),
            dropped=count,
            since=since,
            until=until,
        )
        base.execute(
            "INSERT INTO items (id, lane, at, body, is_gap) VALUES (?, ?, ?, ?, 1)",
            (gap.id, lane_of(gap), gap.at.isoformat(), reports.encode(gap)),
        )

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            base = self._base()
            try:
                base.execute("BEGIN IMMEDIATE")
                yield base
                base.execute("COMMIT")
            except sqlite3.DatabaseError as trouble:
                self._abandon(base)
                if code(trouble) in DAMAGED:
                    self.close()  # the next use finds the damage, and puts the file beside
                if code(trouble) == FULL:
                    with suppress(sqlite3.DatabaseError):  # the log's own room, for the next try
                        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                raise named(trouble) from trouble
            except BaseException:
                self._abandon(base)
                raise

    @staticmethod
    def _abandon(base: sqlite3.Connection) -> None:
        if base.in_transaction:
            with suppress(sqlite3.DatabaseError):  # SQLite may have rolled back by itself
                base.execute("ROLLBACK")

    def _base(self) -> sqlite3.Connection:
        if self._open is None:
            try:
                self._open = connect(self._path)
            except sqlite3.DatabaseError as trouble:
                if code(trouble) not in DAMAGED:
                    raise named(trouble) from trouble
                self.damaged = True
                self._open = begin_anew(self._path)
        return self._open
