"""The store of contacts: SQLite, thirteen months, the same whatever the order of learning."""

import hashlib
import secrets
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from types import TracebackType
from typing import Self

from vigie.domain.evidence.mail import Acquaintance, Mailbox
from vigie.tools.contacts import beginnings
from vigie.tools.contacts.exchange import Direction, Exchange
from vigie.tools.contacts.listed import List
from vigie.tools.contacts.schema import opened

MONTHS = 13  # a year of habits, and the month in which a yearly letter comes again
LARGEST_GROUP = 30  # people written to at once beyond this say nothing of who belongs together
MOST_NAMES = 12  # names and salutations kept of one address, the latest
TALK = 60 * 86_400  # seconds in which a subject is one conversation
MOST_TALKING = 6  # people beyond whom a subject is a matter of course (« Compte rendu »)
LEARNED_PROVIDER = 20  # messages that must carry its name before a checker is the provider
_SALT = 16


@dataclass(frozen=True, slots=True)
class Known:
    """One readable contact, as the search for similar ones needs it."""

    address: str
    names: tuple[str, ...]
    greetings: tuple[str, ...]
    sent: int
    received: int


def month_of(at: float) -> int:
    """Return the number of the calendar month (UTC) of a moment, counted from year 0."""
    moment = datetime.fromtimestamp(at, UTC)
    return moment.year * 12 + moment.month - 1


def _start_of(month: int) -> float:
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=UTC).timestamp()


class Contacts:
    """Who writes to whom. Safe for several threads and several processes on one file.

    What is learned is on the file when `learn` returns (it outlives the process; a power cut can
    take the last moments, and learning them again changes nothing). Raise sqlite3.DatabaseError
    for a file that is no store of contacts.
    """

    def __init__(self, path: Path | str) -> None:
        self._lock = threading.RLock()
        self._base = opened(path)
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.execute(
                "INSERT OR IGNORE INTO setting VALUES ('salt', ?)", (secrets.token_bytes(_SALT),)
            )
        self._salt: bytes = self._base.execute(
            "SELECT value FROM setting WHERE name = 'salt'"
        ).fetchone()[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def learn(
        self,
        exchanges: Iterable[Exchange],
        *,
        places: Iterable[str] = (),
        reached: tuple[str, str] | None = None,
    ) -> int:
        """Write exchanges down, each message once; return how many were new.

        `places` are read up and need not be read again (`read`); `reached` is a mailbox and the
        position that reading has come to in it (`position`). All of it in one transaction.
        """
        new = 0
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            oldest = _start_of(self._horizon())
            for exchange in exchanges:
                at = exchange.at.timestamp()
                if at >= oldest and self._first_time(f"message {exchange.identity}", at):
                    self._write(exchange, at)
                    new += 1
            at = self._newest()
            for place in places:
                self._first_time(f"place {place}", at)
            if reached is not None:
                self._base.execute(
                    "INSERT OR REPLACE INTO reached VALUES (?, ?)",
                    (self._mark(reached[0]), reached[1]),
                )
        return new

    def take_in(self, listed: List, *, at: datetime) -> None:
        """Write a plain list of contacts down, as if all of it had happened at one moment."""
        moment = at.timestamp()
        self.employ(line.box for line in listed.lines if line.staff)
        self.employ(Mailbox(address) for address in listed.own)
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._renew(moment)
            for line in listed.lines:
                number = self._admit(line.box, moment, readable=True)
                self._count(
                    number,
                    month_of(moment),
                    moment,
                    sent=line.sent,
                    received=line.received,
                    entrusted=line.entrusted,
                )
                for name in line.salutations:
                    self._name("greeted", number, name, moment)
            for group in listed.groups:
                members = {n for a in group if (n := self._number(a)) is not None}
                self._bind(members, moment)

    def read(self, place: str) -> bool:
        """Return whether this place (one file of a Maildir) was read before."""
        with self._lock:
            row = self._base.execute(
                "SELECT 1 FROM seen WHERE mark = ?", (self._mark(f"place {place}"),)
            ).fetchone()
        return row is not None

    def position(self, mailbox: str) -> str:
        """Return how far a mailbox was read, an empty text where it never was."""
        with self._lock:
            row = self._base.execute(
                "SELECT position FROM reached WHERE place = ?", (self._mark(mailbox),)
            ).fetchone()
        return row[0] if row else ""

    def forget(self) -> None:
        """Forget what is older than thirteen months, counted from the newest message learned."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            month = self._horizon()
            for table in ("exchanged", "passed", "checked", "begun"):
                self._base.execute(f"DELETE FROM {table} WHERE month < ?", (month,))  # noqa: S608
            for table in ("called", "greeted", "together"):
                self._base.execute(f"DELETE FROM {table} WHERE last < ?", (_start_of(month),))  # noqa: S608
            self._base.execute("DELETE FROM seen WHERE at < ?", (_start_of(month),))
            self._base.execute("DELETE FROM talked WHERE last < ?", (self._newest() - TALK,))
            self._base.execute(
                "DELETE FROM contact WHERE number NOT IN (SELECT contact FROM exchanged) "
                "AND number NOT IN (SELECT contact FROM called) "
                "AND number NOT IN (SELECT one FROM together) "
                "AND number NOT IN (SELECT other FROM together) "
                "AND number NOT IN (SELECT contact FROM settled)"
            )

    def employ(self, boxes: Iterable[Mailbox]) -> None:
        """Write down the practice's own people; a name is kept where a later one is empty."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            self._base.executemany(
                "INSERT INTO staff VALUES (?, ?) ON CONFLICT (address) DO UPDATE "
                "SET name = CASE excluded.name WHEN '' THEN name ELSE excluded.name END",
                [(box.address, box.name) for box in boxes if box.address],
            )

    def staff(self) -> tuple[Mailbox, ...]:
        """Return the practice's own people."""
        with self._lock:
            rows = self._base.execute("SELECT address, name FROM staff ORDER BY address").fetchall()
        return tuple(Mailbox(address, name) for address, name in rows)

    def provider(self) -> str:
        """Return who writes the topmost Authentication-Results here, or an empty text.

        It must have checked most of what came in: one forged header teaches nothing.
        """
        with self._lock:
            rows = self._base.execute(
                "SELECT checker, sum(count) FROM checked WHERE month >= ? GROUP BY checker",
                (self._horizon(),),
            ).fetchall()
        total = sum(count for _, count in rows)
        checker, count = max(rows, key=lambda row: row[1], default=("", 0))
        return checker if count >= LEARNED_PROVIDER and 2 * count > total else ""

    def acquaintance(
        self, box: Mailbox, others: Sequence[str] = (), begins: str = ""
    ) -> Acquaintance:
        """Return what is known of one address.

        `others` are the message's other recipients, `begins` the folded words it greets with.
        """
        with self._lock:
            number = self._number(box.address)
            if number is None:
                return Acquaintance(box=box)
            received, sent, entrusted, first, last = self._base.execute(
                "SELECT coalesce(sum(received), 0), coalesce(sum(sent), 0), "
                "coalesce(sum(entrusted), 0), min(first), max(last) "
                "FROM exchanged WHERE contact = ? AND month >= ?",
                (number, self._horizon()),
            ).fetchone()
            passed = self._base.execute(
                "SELECT coalesce(sum(count), 0) FROM passed "
                "WHERE contact = ? AND checker = ? AND month >= ?",
                (number, self.provider(), self._horizon()),
            ).fetchone()[0]
            marks = [self._number(other) for other in others if other != box.address]
            pairs = [(min(number, m), max(number, m)) for m in marks if m is not None]
            together = sum(self._met(one, other) for one, other in pairs)
            greeted, alike = beginnings.of(
                self._base, number, self._horizon(), self._begins(begins)
            )
            return Acquaintance(
                box=box if box.name else Mailbox(box.address, self._latest("called", number)),
                received=received,
                sent=sent,
                authenticated=passed,
                first=_moment(first),
                last=_moment(last),
                salutations=tuple(self._names("greeted", number)),
                together=together,
                settled=frozenset(self._settled(number)),
                entrusted=entrusted,
                greeted=greeted,
                greeted_alike=alike,
            )

    def talking(self, topic: str) -> tuple[Mailbox, ...]:
        """Return with whom a subject was exchanged lately; nobody where that is with everybody."""
        if not topic:
            return ()
        with self._lock:
            rows = self._base.execute(
                "SELECT number, address FROM talked JOIN contact ON number = contact "
                "WHERE topic = ? AND last >= ? AND address <> '' ORDER BY last DESC LIMIT ?",
                (self._mark(f"topic {topic}"), self._newest() - TALK, MOST_TALKING + 1),
            ).fetchall()
            found = tuple(Mailbox(address, self._latest("called", n)) for n, address in rows)
        return found if len(found) <= MOST_TALKING else ()

    def settle(self, address: str, fact: str) -> None:
        """Write down that a person answered a question about this address: it is asked once."""
        with self._lock, self._base:
            self._base.execute("BEGIN IMMEDIATE")
            number = self._admit(Mailbox(address), self._newest(), readable=True)
            self._base.execute("INSERT OR IGNORE INTO settled VALUES (?, ?)", (number, fact))

    def everybody(self) -> tuple[Known, ...]:
        """Return every readable contact: what the search for similar ones goes through."""
        with self._lock:
            counts = self._base.execute(
                "SELECT contact, sum(sent), sum(received) FROM exchanged "
                "WHERE month >= ? GROUP BY contact",
                (self._horizon(),),
            ).fetchall()
            people = dict(self._base.execute("SELECT number, address FROM contact").fetchall())
            called, greeted = self._all_names("called"), self._all_names("greeted")
        return tuple(
            Known(people[n], called.get(n, ()), greeted.get(n, ()), sent, received)
            for n, sent, received in counts
            if people.get(n)
        )

    def edition(self) -> tuple[int, int]:
        """Return a value that changes with what the store holds, by whatever process."""
        with self._lock:
            outside = self._base.execute("PRAGMA data_version").fetchone()[0]
            return outside, self._base.total_changes

    # Everything below is called with the lock held.

    def _mark(self, text: str) -> bytes:
        return hashlib.blake2b(text.encode(), key=self._salt, digest_size=16).digest()

    def _begins(self, words: str) -> bytes:
        return self._mark(f"begins {words}")

    def _first_time(self, what: str, at: float) -> bool:
        cursor = self._base.execute(
            "INSERT OR IGNORE INTO seen VALUES (?, ?)", (self._mark(what), at)
        )
        return cursor.rowcount == 1

    def _newest(self) -> float:
        row = self._base.execute("SELECT value FROM setting WHERE name = 'newest'").fetchone()
        return float(row[0]) if row else 0.0

    def _horizon(self) -> int:
        return max(month_of(self._newest()) - MONTHS, 12)

    def _number(self, address: str) -> int | None:
        row = self._base.execute(
            "SELECT number FROM contact WHERE mark = ?", (self._mark(address),)
        ).fetchone()
        return row[0] if row else None

    def _admit(self, box: Mailbox, at: float, *, readable: bool) -> int:
        self._base.execute(
            "INSERT INTO contact (mark, address) VALUES (?, ?) ON CONFLICT (mark) DO UPDATE "
            "SET address = max(address, excluded.address)",
            (self._mark(box.address), box.address if readable else ""),
        )
        number = self._number(box.address)
        assert number is not None  # noqa: S101  (inserted just above)
        if readable and box.name:
            self._name("called", number, box.name, at)
        return number

    def _name(self, table: str, number: int, name: str, at: float) -> None:
        self._base.execute(
            f"INSERT INTO {table} VALUES (?, ?, ?) ON CONFLICT DO UPDATE "  # noqa: S608  (our own table)
            "SET last = max(last, excluded.last)",
            (number, name, at),
        )

    def _write(self, exchange: Exchange, at: float) -> None:
        self._renew(at)
        sent = exchange.direction is Direction.SENT
        month, readable = month_of(at), not exchange.bulk
        numbers = [self._admit(box, at, readable=readable) for box in exchange.others]
        if sent:
            for number in set(numbers):
                self._count(number, month, at, sent=1, entrusted=int(exchange.health))
            by_address = dict(zip((b.address for b in exchange.others), numbers, strict=True))
            for address, name in exchange.greeted:
                if address in by_address:
                    self._name("greeted", by_address[address], name, at)
            if exchange.begins and len(by_address) == 1:
                beginnings.count(self._base, numbers[0], month, self._begins(exchange.begins))
        else:
            writer = self._admit(exchange.writer, at, readable=readable)
            self._count(writer, month, at, received=1)
            self._authenticated(writer, month, exchange)
            numbers.append(writer)
        if readable:
            self._bind(set(numbers), at)
            if exchange.topic:
                self._base.executemany(
                    "INSERT INTO talked VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                    "SET last = max(last, excluded.last)",
                    [(self._mark(f"topic {exchange.topic}"), n, at) for n in set(numbers)],
                )

    def _renew(self, at: float) -> None:
        self._base.execute(
            "INSERT INTO setting VALUES ('newest', ?) ON CONFLICT DO UPDATE "
            "SET value = max(value, excluded.value)",
            (at,),
        )

    def _bind(self, numbers: set[int], at: float) -> None:
        """Write down that these were written to together."""
        if len(numbers) <= LARGEST_GROUP:
            self._base.executemany(
                "INSERT INTO together VALUES (?, ?, ?) ON CONFLICT DO UPDATE "
                "SET last = max(last, excluded.last)",
                [(one, other, at) for one, other in combinations(sorted(numbers), 2)],
            )

    def _count(  # noqa: PLR0913  (the columns of one row)
        self,
        number: int,
        month: int,
        at: float,
        *,
        sent: int = 0,
        received: int = 0,
        entrusted: int = 0,
    ) -> None:
        self._base.execute(
            "INSERT INTO exchanged VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
            "received = received + excluded.received, sent = sent + excluded.sent, "
            "entrusted = entrusted + excluded.entrusted, "
            "first = min(first, excluded.first), last = max(last, excluded.last)",
            (number, month, received, sent, entrusted, at, at),
        )

    def _authenticated(self, writer: int, month: int, exchange: Exchange) -> None:
        self._base.execute(
            "INSERT INTO checked VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET count = count + 1",
            (exchange.checker, month),
        )
        if exchange.checker and exchange.passed:
            self._base.execute(
                "INSERT INTO passed VALUES (?, ?, ?, 1) "
                "ON CONFLICT DO UPDATE SET count = count + 1",
                (writer, month, exchange.checker),
            )

    def _met(self, one: int, other: int) -> bool:
        row = self._base.execute(
            "SELECT 1 FROM together WHERE one = ? AND other = ? AND last >= ?",
            (one, other, _start_of(self._horizon())),
        ).fetchone()
        return row is not None

    def _names(self, table: str, number: int) -> list[str]:
        rows = self._base.execute(
            f"SELECT name FROM {table} WHERE contact = ? AND last >= ? "  # noqa: S608
            "ORDER BY last DESC, name LIMIT ?",
            (number, _start_of(self._horizon()), MOST_NAMES),
        ).fetchall()
        return [name for (name,) in rows]

    def _latest(self, table: str, number: int) -> str:
        return next(iter(self._names(table, number)), "")

    def _settled(self, number: int) -> list[str]:
        rows = self._base.execute("SELECT fact FROM settled WHERE contact = ?", (number,))
        return [fact for (fact,) in rows.fetchall()]

    def _all_names(self, table: str) -> dict[int, tuple[str, ...]]:
        found: dict[int, tuple[str, ...]] = {}
        rows = self._base.execute(
            f"SELECT contact, name FROM {table} WHERE last >= ? "  # noqa: S608
            "ORDER BY contact, last DESC, name",
            (_start_of(self._horizon()),),
        ).fetchall()
        for number, name in rows:
            if len(found.get(number, ())) < MOST_NAMES:
                found[number] = (*found.get(number, ()), name)
        return found


def _moment(at: float | None) -> datetime | None:
    return None if at is None else datetime.fromtimestamp(at, UTC)
