"""Accounts of a Linux machine: from the files of the system itself, below `root`."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from vigie.domain.evidence.passwords import Account
from vigie.sensors import SensorBlind
from vigie.sensors.accounts import RECENT, generic
from vigie.sensors.accounts.linux_desktops import locks_after, opened_alone
from vigie.sensors.accounts.linux_sessions import Session, latest, sessions, together

_FIRST_PERSON, _NOBODY = 1000, 65534
_NO_SHELL = ("nologin", "false", "sync", "halt", "shutdown")
_ADMINISTRATORS = frozenset({"sudo", "wheel", "admin", "adm-users", "root"})
_WITHOUT_PASSWORD = "nopasswdlogin"  # the group that desktops let in without asking  # noqa: S105
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Person:
    """One line of /etc/passwd that can open a session."""

    name: str
    number: int
    group: int
    home: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What the system's files say: of secrets, groups, sessions, and who comes in alone."""

    secrets: Mapping[str, Sequence[str]]
    groups: Mapping[str, Collection[str]]
    held: Sequence[Session]
    alone: Collection[str]
    gone: Collection[str]


class Linux:
    """The accounts below `root`, which is this system's unless a test says otherwise."""

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root

    def homes(self) -> Sequence[Path]:
        """Return the homes of people, without the administrator's own."""
        people = self._people() if (self._root / "etc/passwd").exists() else ()
        homes = (self._root / person.home.lstrip("/") for person in people if person.number)
        return [home for home in homes if home.is_dir() and home != self._root]

    def accounts(self, now: datetime, left: Collection[str]) -> Sequence[Account]:
        """Return the accounts; see `System`. Those that are closed are left out."""
        secrets = {fields[0]: fields for fields in self._lines("etc/shadow")}
        files = Files(
            secrets=secrets,
            groups=self._groups(),
            held=list(sessions(self._root)),
            alone=opened_alone(self._root),
            gone={name.casefold() for name in left},
        )
        people = [person for person in self._people() if not _closed(person.name, files, now)]
        return [self._account(person, files, now) for person in people]

    def _account(self, person: Person, files: Files, now: datetime) -> Account:
        own = [session for session in files.held if session.user == person.name]
        recent = [s for s in own if (now - s.began).days < RECENT]
        secret = files.secrets.get(person.name, ())
        administers = any(person.name in files.groups.get(group, ()) for group in _ADMINISTRATORS)
        return Account(
            name=person.name,
            administrator=person.number == 0 or administers,
            without_password=(len(secret) > 1 and secret[1] == "")
            or person.name in files.groups.get(_WITHOUT_PASSWORD, ()),
            opens_alone=person.name in files.alone,
            generic=generic(person.name),
            left=person.name.casefold() in files.gone,
            together=together(recent),
            days=len({session.began.date() for session in recent}),
            idle=self._idle(person, secret, own, now),
            locks_after=locks_after(self._root, person.name, person.number, person.home),
        )

    def _idle(
        self, person: Person, secret: Sequence[str], own: Sequence[Session], now: datetime
    ) -> int | None:
        """Return the days since anybody opened it; of one never opened, since its last password."""
        times = [session.began for session in own]
        if (last := latest(self._root, person.name, person.number)) is not None:
            times.append(last)
        if not times and person.number and len(secret) > 2 and secret[2].isdigit():  # noqa: PLR2004
            return (now.date() - _EPOCH).days - int(secret[2])
        return (now - max(times)).days if times else None

    def _people(self) -> Iterator[Person]:
        for fields in self._lines("etc/passwd"):
            if len(fields) < 7 or not fields[2].isdigit():  # noqa: PLR2004  (of passwd(5))
                continue
            number = int(fields[2])
            person = number == 0 or _FIRST_PERSON <= number < _NOBODY
            if person and not fields[6].endswith(_NO_SHELL):
                yield Person(fields[0], number, int(fields[3]), fields[5])

    def _groups(self) -> Mapping[str, Collection[str]]:
        primary: dict[int, set[str]] = {}
        for person in self._people():
            primary.setdefault(person.group, set()).add(person.name)
        return {
            fields[0]: {*filter(None, fields[3].split(",")), *primary.get(int(fields[2]), ())}
            for fields in self._lines("etc/group")
            if len(fields) > 3 and fields[2].isdigit()  # noqa: PLR2004  (of group(5))
        }

    def _lines(self, path: str) -> Iterator[Sequence[str]]:
        try:
            text = (self._root / path).read_text("utf-8", errors="replace")
        except PermissionError as refused:
            raise SensorBlind("no_permission", path) from refused
        except OSError as missing:
            raise SensorBlind("not_supported", path) from missing
        yield from (line.split(":") for line in text.splitlines() if line)


def _closed(name: str, files: Files, now: datetime) -> bool:
    """Return whether nobody can open a session with it: locked, or past its last day."""
    if name in files.groups.get(_WITHOUT_PASSWORD, ()):
        return False
    _, secret, *_, last_day, _ = (*files.secrets.get(name, ()), *[""] * 9)[:9]
    today = (now.astimezone(UTC).date() - _EPOCH).days
    if last_day.isdigit() and 0 < int(last_day) <= today:
        return True
    return secret.startswith(("!", "*"))
