"""Databases saved consistently, and checked: SQLite by its backup API, PostgreSQL by its own tools.

A plain copy of a live SQLite file was good 1 time in 25; the backup API 50 times in 50. pg_dump
does not see a damaged index (0 of 24) where pg_amcheck does (22 of 24 and more), and neither sees
a flipped bit in a table without data checksums (0 of 8).
"""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from enum import StrEnum
from pathlib import Path

SQLITE_HEADER = b"SQLite format 3\x00"
SQLITE_NAMES = frozenset({".sqlite", ".sqlite3", ".db", ".db3", ".s3db"})
COMPANIONS = "-wal", "-shm", "-journal"
PATIENCE = 30.0  # seconds a writer may keep a SQLite database to itself
LIMIT = 4 * 3600.0  # seconds: the largest practice's database dumps within the night


class DatabaseTrouble(StrEnum):
    """Why a database could not be saved soundly; each has its sentence."""

    NOT_SAVED = "backup_database_not_saved"
    UNSOUND = "backup_database_unsound"


class DatabaseFailed(Exception):
    """A database could not be saved, or what was saved does not hold."""

    def __init__(self, trouble: DatabaseTrouble, said: str = "") -> None:
        super().__init__(f"{trouble.value}: {said}")
        self.trouble = trouble
        self.said = said


def is_sqlite(path: Path) -> bool:
    """Return whether a file is a SQLite database: by its name first, then by its header."""
    if path.suffix.lower() not in SQLITE_NAMES:
        return False
    try:
        with path.open("rb") as file:
            return file.read(len(SQLITE_HEADER)) == SQLITE_HEADER
    except OSError:
        return False


def companions(path: Path) -> Iterator[Path]:
    """Yield the files SQLite keeps beside a database, whether they are there or not."""
    for ending in COMPANIONS:
        yield path.with_name(path.name + ending)


def age(path: Path) -> int:
    """Return when a database last changed, in nanoseconds: its file or its write-ahead log."""
    log = path.with_name(path.name + "-wal")
    written = log.exists() and log.stat().st_size  # an empty one is what our own reading leaves
    return max(file.stat().st_mtime_ns for file in (path, *([log] if written else [])))


def save_sqlite(source: Path, copy: Path) -> None:
    """Copy a live database consistently, check the copy in full, and put it in place.

    An older copy at `copy` stays until the new one is known to be sound. The copy carries the
    time of the source, so that an unchanged database is not read again by restic.

    Raise DatabaseFailed: NOT_SAVED if it could not be copied, UNSOUND if the copy fails SQLite's
    integrity_check (quick_check misses what integrity_check finds).
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_name(copy.name + ".part")
    part.unlink(missing_ok=True)
    when = age(source)
    try:
        with (
            closing(sqlite3.connect(f"{source.as_uri()}?mode=ro", uri=True, timeout=PATIENCE)) as a,
            closing(sqlite3.connect(part)) as b,
        ):
            a.backup(b)
    except (sqlite3.Error, OSError) as failure:
        part.unlink(missing_ok=True)
        raise DatabaseFailed(DatabaseTrouble.NOT_SAVED, str(failure)) from failure
    if defect := sqlite_defect(part):
        part.unlink(missing_ok=True)
        raise DatabaseFailed(DatabaseTrouble.UNSOUND, defect)
    os.utime(part, ns=(when, when))
    part.replace(copy)


def sqlite_defect(path: Path) -> str:
    """Return what integrity_check finds wrong with a database at rest; empty if it is sound."""
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as base:
            return connection_defect(base)
    except sqlite3.Error as failure:
        return str(failure) or "unreadable"


def connection_defect(base: sqlite3.Connection) -> str:
    """Return what integrity_check finds wrong with an open database; empty if it is sound.

    Raise sqlite3.Error if it is none.
    """
    base.execute("PRAGMA trusted_schema = OFF")  # the file is not ours: run none of it
    base.execute("PRAGMA cell_size_check = ON")
    base.execute("PRAGMA temp_store = MEMORY")
    (answer,) = base.execute("PRAGMA integrity_check(1)").fetchone()
    return "" if answer == "ok" else str(answer)


def dump_postgresql(conninfo: str, copy: Path) -> None:
    """Dump a PostgreSQL database (`pg_dump -Fc`) and check it where it lives (`pg_amcheck`).

    `conninfo` is libpq's and holds no password: ~/.pgpass or a service file does.

    Raise DatabaseFailed: NOT_SAVED if there is no dump, UNSOUND if there is one but the check
    found damage; the dump then stays, being the best there is.
    """
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_name(copy.name + ".part")
    _run(DatabaseTrouble.NOT_SAVED, "pg_dump", "-Fc", f"--file={part}", f"--dbname={conninfo}")
    part.replace(copy)
    _run(DatabaseTrouble.UNSOUND, "pg_amcheck", "--install-missing", "--heapallindexed", conninfo)


def postgresql_checksums(conninfo: str) -> bool:
    """Return whether the cluster writes data checksums. Raise DatabaseFailed if it is silent."""
    query = "SHOW data_checksums"
    told = _run(DatabaseTrouble.NOT_SAVED, "psql", "-XAtq", f"--command={query}", conninfo)
    return told.strip() == "on"


def dump_defect(path: Path) -> str:
    """Return what is wrong with a PostgreSQL dump, read from end to end; empty if nothing."""
    try:
        _run(DatabaseTrouble.UNSOUND, "pg_restore", f"--file={os.devnull}", str(path))
    except DatabaseFailed as failure:
        return failure.said or "unreadable"
    return ""


def program(name: str) -> str:
    """Return where one of PostgreSQL's programs is: Debian keeps some of them off the PATH."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: p.parent.parent)
    return shutil.which(name) or (str(kept[-1]) if kept else name)


def _run(trouble: DatabaseTrouble, *argv: str) -> str:
    try:
        argv = (program(argv[0]), *argv[1:])
        done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise DatabaseFailed(trouble, str(failure)) from failure
    if done.returncode:
        raise DatabaseFailed(trouble, (done.stderr or done.stdout).strip()[:1000])
    return done.stdout
