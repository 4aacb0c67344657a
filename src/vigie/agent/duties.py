"""Duties: the routines and their calendar, in a file that survives a kill.

A due-time column instead of a broker: a duty is claimed by one UPDATE, and goes on only if one row
changed. What was missed is caught up once. Nothing begins during consultations, but for what has
waited a whole day: a machine that is only on while patients are there must be backed up too.
"""

import logging
import sqlite3
import threading
import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from vigie.domain.danger import Danger
from vigie.domain.practice import ConsultationHours
from vigie.watch.calendar import consulting

log = logging.getLogger(__name__)

# A failed duty is tried again soon, then rarely: a disk that is unplugged may be back after lunch.
LONGEST_WAIT = timedelta(days=1)  # for a moment without patients
RETRIES = (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2))

_SCHEMA = """
CREATE TABLE IF NOT EXISTS duties (
    name TEXT PRIMARY KEY,
    due REAL NOT NULL,
    owner TEXT,
    failures INTEGER NOT NULL DEFAULT 0
);
"""


class Routine(Protocol):
    """Something with a calendar. It is idempotent: begun again after a kill, it does no harm."""

    @property
    def name(self) -> str:
        """Return its name, a slug."""

    @property
    def blinds(self) -> tuple[Danger, ...]:
        """Return the dangers that go unproven while it fails."""

    def due_after(self, moment: datetime) -> datetime:
        """Return the first time after `moment` at which it is due, consultations set apart."""

    def run(self) -> None:
        """Do it. Raise anything when it could not be done."""


def _now() -> datetime:
    return datetime.now(UTC)


class Duties:
    """The calendar of one machine, in the file `path`.

    `failed` and `worked` hear how each went: what fails is reported as blindness. One process at
    a time works on the file; what another one had claimed when it was killed is due again.
    """

    def __init__(  # noqa: PLR0913  (a calendar depends on exactly these)
        self,
        path: Path,
        routines: Sequence[Routine],
        *,
        hours: ConsultationHours,
        failed: Callable[[Routine, str], None],
        worked: Callable[[Routine], None],
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._routines = {routine.name: routine for routine in routines}
        self._hours = hours
        self._failed = failed
        self._worked = worked
        self._clock = clock
        self._owner = uuid.uuid4().hex
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)
        for name, routine in self._routines.items():
            self._write(
                "INSERT OR IGNORE INTO duties (name, due) VALUES (?, ?)",
                (name, routine.due_after(clock()).timestamp()),
            )
        self._give_back_claims()

    def step(self) -> bool:
        """Run the one duty that has been due for longest, if any may run now; say whether it did.

        Returns when the duty has ended.
        """
        now = self._clock()
        routine = self._claim(now, now - LONGEST_WAIT if consulting(self._hours, now) else now)
        if routine is None:
            return False
        log.info("the duty %s begins", routine.name)
        try:
            routine.run()
        except Exception as failure:  # watched like a sensor: its death is blindness, no outage
            log.exception("the duty %s failed", routine.name)
            self._after_failure(routine)
            self._failed(routine, repr(failure))
        else:
            now = self._clock()
            self._settle(routine, max(routine.due_after(now), now + RETRIES[0]), failures=0)
            self._worked(routine)
        return True

    def due(self, name: str) -> datetime:
        """Return when a duty is due next."""
        with self._lock:
            row = self._base.execute("SELECT due FROM duties WHERE name = ?", (name,)).fetchone()
        return datetime.fromtimestamp(row[0], UTC)

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _give_back_claims(self) -> None:
        """Make due again, after a pause, what an earlier process had claimed when it was killed."""
        with self._lock:
            rows = self._base.execute("SELECT name FROM duties WHERE owner IS NOT NULL").fetchall()
        for (name,) in rows:
            if routine := self._routines.get(name):
                self._after_failure(routine)

    def _claim(self, now: datetime, due: datetime) -> Routine | None:
        """Claim a routine that was due at `due` or before, if nobody else has."""
        for name, routine in self._routines.items():
            # After a jump of the clock a due time may lie further away than the calendar knows.
            latest = max(routine.due_after(now), now + RETRIES[-1]).timestamp()
            closer = "UPDATE duties SET due = ? WHERE name = ? AND due > ?"
            self._write(closer, (latest, name, latest))
        with self._lock:
            rows = self._base.execute(
                "SELECT name FROM duties WHERE owner IS NULL AND due <= ? ORDER BY due",
                (due.timestamp(),),
            ).fetchall()
        for (name,) in rows:
            claim = "UPDATE duties SET owner = ? WHERE name = ? AND owner IS NULL"
            if name in self._routines and self._write(claim, (self._owner, name)):
                return self._routines[name]
        return None

    def _after_failure(self, routine: Routine) -> None:
        with self._lock:
            (failures,) = self._base.execute(
                "SELECT failures FROM duties WHERE name = ?", (routine.name,)
            ).fetchone()
        now = self._clock()
        # A routine that has never worked may be due at any moment: it waits for its turn as well.
        if failures < len(RETRIES):
            due = now + RETRIES[failures]
        else:
            due = max(routine.due_after(now), now + RETRIES[-1])
        self._settle(routine, due, failures=failures + 1)

    def _settle(self, routine: Routine, due: datetime, *, failures: int) -> None:
        self._write(
            "UPDATE duties SET due = ?, failures = ?, owner = NULL WHERE name = ?",
            (due.timestamp(), failures, routine.name),
        )

    def _write(self, statement: str, values: tuple[object, ...]) -> int:
        with self._lock:
            return self._base.execute(statement, values).rowcount
