"""Notices: the sentences kept for the people of this machine, and how often they were interrupted.

The pane reads them here. A notice says what happened, once; it stays until someone has read it.
"""

import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# One interruption per computer per week: attention drops at the second exposure.
BUDGET = 1
WEEK = timedelta(days=7)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS notices (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    report TEXT NOT NULL,
    deed TEXT NOT NULL,
    text TEXT NOT NULL,
    button TEXT NOT NULL,
    grave INTEGER NOT NULL,
    at REAL NOT NULL,
    shown REAL,
    settled REAL,
    screen TEXT NOT NULL DEFAULT '',
    UNIQUE (report, deed, text)
);
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One sentence for the people here. `deed` is TELL or ASK; `grave`: harm is under way.

    `screen` is what a desktop shows of it, where that is less.
    """

    number: int
    report: str
    deed: str
    text: str
    button: str
    grave: bool
    at: datetime
    screen: str


class Notices:
    """The notices of one machine, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = FULL")
        self._base.executescript(_SCHEMA)
        self._widen()
        path.chmod(0o600)

    def _widen(self) -> None:
        """Give a file of an older version the column it lacks."""
        if "screen" not in {row[1] for row in self._base.execute("PRAGMA table_info(notices)")}:
            self._base.execute("ALTER TABLE notices ADD COLUMN screen TEXT NOT NULL DEFAULT ''")

    def keep(  # noqa: PLR0913  (the columns of a notice)
        self,
        *,
        report: str,
        deed: str,
        text: str,
        button: str,
        grave: bool,
        at: datetime,
        screen: str = "",
    ) -> bool:
        """Keep a sentence, durably; return whether it is new."""
        with self._lock:
            return bool(
                self._base.execute(
                    "INSERT OR IGNORE INTO notices (report, deed, text, button, grave, at, screen)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    (report, deed, text, button, grave, at.timestamp(), screen),
                ).rowcount
            )

    def open(self) -> tuple[Notice, ...]:
        """Return what nobody has settled yet, the grave first, then the newest first."""
        return self._select("settled IS NULL")

    def unshown(self) -> tuple[Notice, ...]:
        """Return what is open and has interrupted nobody, in the same order."""
        return self._select("settled IS NULL AND shown IS NULL")

    def show(self, notice: Notice, at: datetime) -> None:
        """Count an interruption: this notice was put before someone's eyes."""
        with self._lock:
            self._base.execute(
                "UPDATE notices SET shown = ? WHERE number = ?", (at.timestamp(), notice.number)
            )

    def settle(self, report: str, at: datetime) -> int:
        """Close what was said about one report; return how many notices that were."""
        with self._lock:
            return self._base.execute(
                "UPDATE notices SET settled = ? WHERE report = ? AND settled IS NULL",
                (at.timestamp(), report),
            ).rowcount

    def interruptions(self, since: datetime, until: datetime) -> int:
        """Return how often someone was interrupted between two moments: the letter says it."""
        with self._lock:
            row = self._base.execute(
                "SELECT count(*) FROM notices WHERE shown >= ? AND shown <= ?",
                (since.timestamp(), until.timestamp()),
            ).fetchone()
        return int(row[0])

    def may_interrupt(self, notice: Notice, now: datetime, *, consulting: bool) -> bool:
        """Return whether this notice may appear at `now`: harm may always, all else within budget.

        Whatever the clock did, interruptions of the week on either side of `now` count.
        """
        if notice.grave:
            return True
        return not consulting and self.interruptions(now - WEEK, now + WEEK) < BUDGET

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()

    def _select(self, which: str) -> tuple[Notice, ...]:
        query = "SELECT number, report, deed, text, button, grave, at, screen FROM notices WHERE "
        with self._lock:
            rows = self._base.execute(query + which + " ORDER BY grave DESC, number DESC")
            return tuple(
                Notice(
                    number=number,
                    report=report,
                    deed=deed,
                    text=text,
                    button=button,
                    grave=bool(grave),
                    at=datetime.fromtimestamp(at, UTC),
                    screen=screen,
                )
                for number, report, deed, text, button, grave, at, screen in rows.fetchall()
            )
