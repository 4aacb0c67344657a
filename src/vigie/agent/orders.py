"""Orders: what a caretaker signed, checked, written down, then carried out once.

The console only carries orders. It cannot write one: the pinned caretaker's key or passkey signs
practice, machine, sequence and expiry, and a sequence that was taken is never taken again.
"""

import hashlib
import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from vigie.agent.signers import Allegiance, NotSealed, Seal, Untrusted, seal_of
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.response import Outcome, Result
from vigie.domain.verdict import Report, SeenFact
from vigie.watch.quiet import Quiet
from vigie.wire import orders
from vigie.wire.orders import BY_KEY_ALONE, AllowKey, ForgetKey, Order, Pause, Wish

log = logging.getLogger(__name__)

MOST_TRIES = 3  # an order that kills the agent each time it is begun is given up

MOST_OUTCOMES = 32  # what one report may carry
LAST_SEQUENCE = 2**53  # what every JSON reader and every database can count to

_SCHEMA = """
CREATE TABLE IF NOT EXISTS taken (
    sequence INTEGER PRIMARY KEY,
    body BLOB NOT NULL,
    at TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    ended INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS counters (
    credential TEXT PRIMARY KEY,
    counter INTEGER NOT NULL
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """An order under way. `at` is when it was taken: what it starts, it starts from then.

    An order that a kill interrupted is begun again at the next start, so wishes are idempotent.
    """

    sequence: int
    at: datetime
    wish: Wish


class _Refusal(Exception):
    """An order is not obeyed. `reason` is the number of the fact `order_refused` that says why.

    `order` is what its text says; `genuine` whether a caretaker said it.
    """

    def __init__(self, reason: str, order: Order | None = None, *, genuine: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.order = order
        self.genuine = genuine


class WishFailed(Exception):
    """The wish could not be fulfilled; an expected failure, told to the caretaker."""


Fulfil = Callable[[Taken], tuple[Outcome, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Genuine:
    """An order that is genuine, ours and in time: its exact text, and who sealed it."""

    order: Order
    body: str
    seal: Seal


def _now() -> datetime:
    return datetime.now(UTC)


class Orders:
    """The register of orders of one machine, in the file `path`.

    `fulfil` says by wish what this machine can do; `tell` receives a report about each order.
    Everything refused is logged here and told once a day.
    """

    def __init__(
        self,
        path: Path,
        *,
        allegiance: Callable[[], Allegiance],
        fulfil: Mapping[type[Wish], Fulfil],
        tell: Callable[[Report], None],
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._allegiance = allegiance
        self._fulfil = fulfil
        self._tell = tell
        self._clock = clock
        self._quiet = Quiet()
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)

    def take(self, untrusted: Collection[Untrusted]) -> int:
        """Check what the console carried and write down what is in order; return how many.

        Nothing is begun here: `carry_out` does that, and may take its time.
        """
        checked: list[_Genuine] = []
        allegiance = self._allegiance()
        # Two answers of one exchange may carry the same order: that is no replay.
        for one in dict.fromkeys(untrusted):
            try:
                checked.append(self._checked(one, allegiance))
            except _Refusal as refusal:
                self._refuse(refusal)
        # A console may shuffle what it carries: the caretaker's own order is the sequence.
        checked.sort(key=lambda genuine: genuine.order.sequence)
        return sum(self._write_down(genuine) for genuine in checked)

    def carry_out(self) -> None:
        """Begin every order that was taken and has not ended, the oldest first."""
        with self._lock:
            rows = self._base.execute(
                "SELECT sequence, body, at, tries FROM taken WHERE NOT ended ORDER BY sequence"
            ).fetchall()
        for sequence, body, at, tries in rows:
            wish = orders.decode(body).wish
            taken = Taken(sequence=sequence, at=datetime.fromisoformat(at), wish=wish)
            outcomes = self._begin(taken) if tries < MOST_TRIES else None
            held = outcomes is not None and all(o.result is not Result.FAILED for o in outcomes)
            gravity = Gravity.NOTE if held else Gravity.CONCERN
            fact = "order_done" if held else "order_failed"
            self._report(fact, gravity, taken, (outcomes or ())[:MOST_OUTCOMES])
            self._set("UPDATE taken SET ended = 1 WHERE sequence = ?", sequence)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _checked(self, untrusted: Untrusted, allegiance: Allegiance) -> _Genuine:
        """Return the order if it is genuine, ours, and in time; else raise a refusal."""
        try:
            seal = seal_of(untrusted, allegiance)
        except NotSealed as why:
            raise _Refusal(str(why), _claimed(untrusted.body), genuine=False) from why
        try:
            order = orders.decode(untrusted.body)
        except (msgspec.MsgspecError, ValueError) as trouble:
            # Signed by the caretaker, yet no word of ours: a newer console, most likely.
            raise _Refusal("unreadable") from trouble
        ours = (allegiance.practice, allegiance.machine)
        reasons = {
            "unreadable": order.sequence > LAST_SEQUENCE,
            "misaddressed": (order.practice, order.machine) != ours,
            "expired": order.expires <= self._clock(),
            "not_wired": type(order.wish) not in self._fulfil,
            "key_needed": bool(seal.credential) and isinstance(order.wish, BY_KEY_ALONE),
        }
        for reason, holds in reasons.items():
            if holds:
                raise _Refusal(reason, order if order.sequence <= LAST_SEQUENCE else None)
        return _Genuine(order=order, body=untrusted.body, seal=seal)

    def _write_down(self, genuine: _Genuine) -> bool:
        """Take the order if its sequence has grown; it is fsynced before this returns."""
        order, now = genuine.order, self._clock()
        reason = self._insert(genuine, now)
        if reason:
            self._refuse(_Refusal(reason, order))
            return False
        taken = Taken(sequence=order.sequence, at=now, wish=order.wish)
        self._report("order_taken", Gravity.NOTE, taken)
        return True

    def _insert(self, genuine: _Genuine, now: datetime) -> str:
        """Write the order and its passkey's counter down together; return why not, or nothing."""
        number, seal = genuine.order.sequence, genuine.seal
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                reason = self._obstacle(number, seal)
                if not reason:
                    self._base.execute(
                        "INSERT INTO taken (sequence, body, at) VALUES (?, ?, ?)",
                        (number, genuine.body, now.isoformat()),
                    )
                if not reason and seal.counter:
                    counted = seal.credential, seal.counter
                    self._base.execute("INSERT OR REPLACE INTO counters VALUES (?, ?)", counted)
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise
        return reason

    def _obstacle(self, sequence: int, seal: Seal) -> str:
        (last,) = self._base.execute("SELECT coalesce(max(sequence), 0) FROM taken").fetchone()
        if sequence <= last:
            return "replayed"
        counted = self._base.execute(
            "SELECT counter FROM counters WHERE credential = ?", (seal.credential,)
        ).fetchone()
        # A count that does not grow: somebody else has a copy of the passkey.
        return "cloned" if counted and seal.counter <= counted[0] else ""

    def _begin(self, taken: Taken) -> tuple[Outcome, ...] | None:
        self._set("UPDATE taken SET tries = tries + 1 WHERE sequence = ?", taken.sequence)
        try:
            return self._fulfil[type(taken.wish)](taken)
        except WishFailed as failure:
            log.warning("order %s failed: %s", taken.sequence, failure)
        except Exception:  # a wish calls responders and routines: a failed outcome, no outage
            log.exception("order %s ended by itself", taken.sequence)
        return None

    def _set(self, statement: str, sequence: int) -> None:
        with self._lock:
            self._base.execute(statement, (sequence,))

    def _refuse(self, refusal: _Refusal) -> None:
        reason, order = refusal.reason, refusal.order
        number = order.sequence if order else 0
        log.warning("order refused: %s (sequence %s)", reason, number)
        # An honest console may carry an order twice; only an attacker signs one badly.
        gravity = Gravity.NOTE if reason in {"replayed", "expired"} else Gravity.CONCERN
        numbers = {reason: 1, **({"sequence": number} if order else {})}
        subject = f"{reason} {number if refusal.genuine else 0}"
        finding = Finding(
            gravity=gravity, fact="order_refused", numbers=numbers, clues={"subject": subject}
        )
        # Said once a day for each: a hostile console must not fill the spool.
        if self._quiet.unsaid(_danger(order), (finding,), self._clock()):
            self._send(finding, _danger(order), uuid.uuid4().hex)

    def _report(
        self, fact: str, gravity: Gravity, taken: Taken, outcomes: tuple[Outcome, ...] = ()
    ) -> None:
        finding = Finding(gravity=gravity, fact=fact, numbers={"sequence": taken.sequence})
        # The id follows from what is said: said again after a kill, it is still said once.
        machine = self._allegiance().machine
        said = f"{machine} {taken.sequence} {taken.at.isoformat()} {fact}"
        self._send(finding, _danger(taken), _digest(said)[:32], outcomes)

    def _send(
        self, finding: Finding, danger: Danger, name: str, outcomes: tuple[Outcome, ...] = ()
    ) -> None:
        seen = SeenFact(fact=finding.fact, gravity=finding.gravity, numbers=dict(finding.numbers))
        self._tell(
            Report(
                id=name,
                danger=danger,
                at=self._clock(),
                machine=self._allegiance().machine,
                facts=(seen,),
                outcomes=outcomes,
            )
        )


def _claimed(untrusted: str) -> Order | None:
    """Return what an order says that nobody we obey has sealed; it is only reported."""
    try:
        order = orders.decode(untrusted)
    except (msgspec.MsgspecError, ValueError):
        return None
    return order if order.sequence <= LAST_SEQUENCE else None


def _danger(about: Order | Taken | None) -> Danger:
    """Return the danger an order is about.

    A report names one. An order for the whole machine, and a forged one, belong to ransomware:
    it is what comes through a console that has fallen.
    """
    if about is not None and isinstance(about.wish, Pause):
        return about.wish.danger
    if about is not None and isinstance(about.wish, AllowKey | ForgetKey):
        return Danger.STRAY_USB_KEY
    return Danger.RANSOMWARE


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()
