"""Known bad: the digests of files that were judged bad once, here or at another practice.

What is known bad is refused where files arrive, and nowhere else: no document that is already here
is touched because of a digest that came from outside.
"""

import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path

MOST = 200_000  # digests; beyond it the oldest go
_SCHEMA = """
CREATE TABLE IF NOT EXISTS bad (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    digest TEXT NOT NULL UNIQUE
);
"""


class KnownBad:
    """The digests one machine knows, in the file `path`.

    `number` is the console's own mark of what it has told so far in this life: after a restart it
    tells all of it once more, so that nothing is missed for good.
    """

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._base.execute("PRAGMA journal_mode = WAL")
        self._base.execute("PRAGMA synchronous = NORMAL")  # what is lost is told again
        self._base.executescript(_SCHEMA)
        path.chmod(0o600)
        self.number = 0

    def __contains__(self, digest: object) -> bool:
        with self._lock:
            row = self._base.execute("SELECT 1 FROM bad WHERE digest = ?", (digest,)).fetchone()
        return row is not None

    def add(self, digest: str) -> bool:
        """Remember a digest; return whether it is new here."""
        with self._lock:
            done = self._base.execute("INSERT OR IGNORE INTO bad (digest) VALUES (?)", (digest,))
        return bool(done.rowcount)

    def learn(self, untrusted: Iterable[str], number: int) -> None:
        """Remember what the console tells, up to its mark `number`."""
        with self._lock:
            self._base.execute("BEGIN IMMEDIATE")
            try:
                self._base.executemany(
                    "INSERT OR IGNORE INTO bad (digest) VALUES (?)",
                    [(digest,) for digest in untrusted],
                )
                self._base.execute(
                    "DELETE FROM bad WHERE number <= (SELECT max(number) FROM bad) - ?", (MOST,)
                )
                self._base.execute("COMMIT")
            except BaseException:
                self._base.execute("ROLLBACK")
                raise
        self.number = number

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()
