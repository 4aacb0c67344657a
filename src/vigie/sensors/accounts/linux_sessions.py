"""Who opened sessions when: wtmp and lastlog, and the databases that took their place."""

import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

# struct utmp of glibc (utmp(5)): type, pid, line, id, user, host, exit (2), session, sec, usec,
# address (16), unused (20).
_UTMP = struct.Struct("<hxxi32s4s32s256shhiii16s20x")
_BOOT, _OPENED, _CLOSED = 2, 7, 8
_LASTLOG = struct.Struct("<i32s256s")
_WTMP = "var/log/wtmp.1", "var/log/wtmp"
_WTMPDB = "var/lib/wtmpdb/wtmp.db"
_LASTLOG2 = "var/lib/lastlog/lastlog2.db"
_MOST = 64 << 20  # bytes of one file
# A session whose end nobody wrote down: the machine was switched off.
_AT_MOST = timedelta(hours=14)


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `origin`: the host it came from, or the local screen it was opened at."""

    user: str
    origin: str
    local: bool
    began: datetime
    ended: datetime


def sessions(root: Path) -> Iterator[Session]:
    """Yield every session that is written down, the oldest first within each file."""
    for name in _WTMP:
        try:
            with (root / name).open("rb") as file:
                content = file.read(_MOST)
        except OSError:
            continue
        yield from _of_wtmp(content)
    yield from _of_database(root / _WTMPDB)


def together(held: Sequence[Session]) -> int:
    """Return from how many places at once an account was used: hosts, or screens, not both.

    One person who works at the screen and another day's session left open from home are one.
    """
    most = 1
    for one in held:
        at_once = [s for s in held if s.began <= one.began < s.ended and s.local == one.local]
        most = max(most, len({session.origin for session in at_once}))
    return most


def latest(root: Path, name: str, number: int) -> datetime | None:
    """Return when an account last opened a session by what lastlog says, or None."""
    try:
        with (root / "var/log/lastlog").open("rb") as file:
            file.seek(number * _LASTLOG.size)
            row = file.read(_LASTLOG.size)
    except OSError:
        row = b""
    seconds = _LASTLOG.unpack(row)[0] if len(row) == _LASTLOG.size else 0
    query = "SELECT Time FROM Lastlog2 WHERE Name = ?"
    seconds = max([seconds, *(int(time) for (time,) in _rows(root / _LASTLOG2, query, name))])
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


def _of_wtmp(content: bytes) -> Iterator[Session]:
    held: dict[str, tuple[str, str, datetime]] = {}
    whole = len(content) - len(content) % _UTMP.size
    for fields in _UTMP.iter_unpack(content[:whole]):
        kind, line, user, host = fields[0], _text(fields[2]), _text(fields[4]), _text(fields[5])
        at = datetime.fromtimestamp(fields[9] & 0xFFFFFFFF, UTC)
        if kind == _BOOT:
            yield from (_session(each, at) for each in held.values())
            held.clear()
        elif kind in (_OPENED, _CLOSED):
            if line in held:
                yield _session(held.pop(line), at)
            if kind == _OPENED and user:
                held[line] = user, host or line, at
    yield from (_session(each, each[2] + _AT_MOST) for each in held.values())


def _session(opened: tuple[str, str, datetime], ended: datetime) -> Session:
    user, origin, began = opened
    local = origin.startswith((":", "tty", "seat", "login screen"))
    end = min(max(began, ended), began + _AT_MOST)
    # Of the screens, `:0` and the terminal it is shown on are one.
    return Session(user, origin.split(".")[0] if local else origin, local, began, end)


def _of_database(path: Path) -> Iterator[Session]:
    query = "SELECT User, coalesce(RemoteHost, ''), TTY, Login, Logout FROM wtmp WHERE Type = 3"
    for user, host, line, login, logout in _rows(path, query):
        began = datetime.fromtimestamp(int(login) / 1e6, UTC)
        ended = datetime.fromtimestamp(int(logout) / 1e6, UTC) if logout else began + _AT_MOST
        yield _session((str(user), str(host or line), began), ended)


def _rows(path: Path, query: str, *values: str) -> list[tuple[int | str, ...]]:
    if not path.is_file():
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as base:
            return base.execute(query, values).fetchall()
    except sqlite3.Error:
        return []


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", errors="replace")
