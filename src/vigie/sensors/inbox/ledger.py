"""The ledger of one practice's mailboxes: how far each was read, and which letters were seen.

A letter is known by its bytes: whatever its UID is today, and whoever moved it back, it is judged
once.
"""

import sqlite3
import threading
from datetime import datetime
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS places (
    account TEXT NOT NULL,
    folder TEXT NOT NULL,
    validity INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (account, folder, validity)
);
CREATE TABLE IF NOT EXISTS seen (
    account TEXT NOT NULL,
    digest TEXT NOT NULL,
    at REAL NOT NULL,
    PRIMARY KEY (account, digest)
) WITHOUT ROWID;
"""


class Ledger:
    """The ledger in the file `path`. It may be used from several threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._base.isolation_level = None
        self._base.execute("PRAGMA journal_mode = WAL")
        # What a power cut takes from it is looked at once more: every step bears being repeated.
        self._base.execute("PRAGMA synchronous = NORMAL")
        self._base.executescript(_SCHEMA)
        path.chmod(0o600)

    def last(self, account: str, folder: str, validity: int) -> int | None:
        """Return the last UID that was seen under this UIDVALIDITY, None if there was none."""
        with self._lock:
            row = self._base.execute(
                "SELECT last FROM places WHERE account = ? AND folder = ? AND validity = ?",
                (account, folder, validity),
            ).fetchone()
        return int(row[0]) if row else None

    def reached(self, account: str, folder: str, validity: int, uid: int) -> None:
        """Note that everything up to this UID was seen."""
        with self._lock:
            self._base.execute(
                "INSERT INTO places VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE"
                " SET last = max(last, excluded.last)",
                (account, folder, validity, uid),
            )

    def seen(self, account: str, digest: str) -> bool:
        """Return whether a letter with these bytes was seen in this account."""
        with self._lock:
            found = self._base.execute(
                "SELECT 1 FROM seen WHERE account = ? AND digest = ?", (account, digest)
            ).fetchone()
        return found is not None

    def see(self, account: str, digest: str, at: datetime) -> None:
        """Note that a letter was seen: it is not judged again."""
        with self._lock:
            self._base.execute(
                "INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (account, digest, at.timestamp())
            )

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._base.close()
