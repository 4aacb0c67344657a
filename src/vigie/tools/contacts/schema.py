"""The tables of the contacts: what is kept of thirteen months of mail, and nothing of its content.

Addresses and names of people are readable, because the right address must be proposable; messages,
subjects, the words of a greeting, mailbox positions and addresses of bulk senders are salted
hashes, because recognising them is enough (docs/adr/0023).
"""

import sqlite3
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS contact (
    number INTEGER PRIMARY KEY,
    mark BLOB NOT NULL UNIQUE,
    address TEXT NOT NULL DEFAULT ''
);
CREATE TABLE IF NOT EXISTS called (
    contact INTEGER NOT NULL, name TEXT NOT NULL, last REAL NOT NULL, PRIMARY KEY (contact, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS greeted (
    contact INTEGER NOT NULL, name TEXT NOT NULL, last REAL NOT NULL, PRIMARY KEY (contact, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS exchanged (
    contact INTEGER NOT NULL, month INTEGER NOT NULL,
    received INTEGER NOT NULL, sent INTEGER NOT NULL, entrusted INTEGER NOT NULL,
    first REAL NOT NULL, last REAL NOT NULL,
    PRIMARY KEY (contact, month)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS passed (
    contact INTEGER NOT NULL, month INTEGER NOT NULL, checker TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (contact, month, checker)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS checked (
    checker TEXT NOT NULL, month INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (checker, month)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS together (
    one INTEGER NOT NULL, other INTEGER NOT NULL, last REAL NOT NULL, PRIMARY KEY (one, other)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS seen (mark BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS reached (place BLOB PRIMARY KEY, position TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS staff (
    address TEXT PRIMARY KEY, name TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settled (
    contact INTEGER NOT NULL, fact TEXT NOT NULL, PRIMARY KEY (contact, fact)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS talked (
    topic BLOB NOT NULL, contact INTEGER NOT NULL, last REAL NOT NULL, PRIMARY KEY (topic, contact)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS begun (
    contact INTEGER NOT NULL, month INTEGER NOT NULL, words BLOB NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (contact, month, words)
) WITHOUT ROWID;
"""
VERSION = 3  # 2 added `talked`, 3 `begun`; everything of 1 is as it was


def opened(path: Path | str) -> sqlite3.Connection:
    """Return a connection to the contacts at `path`, their tables made where they are not there.

    Raise sqlite3.DatabaseError for a file that is no database, or one of another version.
    """
    base = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    try:
        _prepare(base)
    except sqlite3.DatabaseError:
        base.close()
        raise
    return base


def _prepare(base: sqlite3.Connection) -> None:
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if not 0 <= version <= VERSION:
        raise sqlite3.DatabaseError(f"contacts of version {version}")
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("PRAGMA synchronous = NORMAL")
    if version < VERSION:
        base.executescript(SCHEMA)
        base.execute(f"PRAGMA user_version = {VERSION}")
