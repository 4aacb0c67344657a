"""`[updates]` and `[[application]]` of agent.toml: when updates run, and how all is well after."""

import re
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from vigie.agent import toml_values
from vigie.agent.toml_values import key
from vigie.routines.updates.application import LOG_TROUBLES, SYSTEM, Application

_LOCAL = re.compile(r"http://(127\.0\.0\.1|\[::1\]|localhost)(:\d+)?(/|$)")
_HIGHEST_PORT = 65535


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (TOML holds anything)
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise TypeError("une liste de textes")
    return tuple(value)


def _command(value: Any) -> tuple[str, ...]:  # noqa: ANN401  (TOML holds anything)
    wish = 'une liste comme ["/usr/bin/programme", "argument"], sans interpréteur de commandes'
    try:
        words = _texts(value)
    except TypeError as trouble:
        raise TypeError(wish) from trouble
    if not words:
        raise TypeError(wish)
    return words


def _hour(value: Any) -> time:  # noqa: ANN401  (TOML holds anything)
    try:
        return time.fromisoformat(toml_values.text(value))
    except ValueError as trouble:
        raise TypeError("une heure comme 22:30") from trouble


def _port(value: Any) -> int:  # noqa: ANN401  (TOML holds anything)
    port = toml_values.count(value)
    if port > _HIGHEST_PORT:
        raise TypeError("un numéro de port, 65535 au plus")
    return port


def _local(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    said = toml_values.text(value)
    if not _LOCAL.match(said):
        raise TypeError("une adresse de ce poste, comme http://127.0.0.1:8080/patient/1")
    return said


def _name(value: Any) -> str:  # noqa: ANN401  (TOML holds anything)
    said = toml_values.text(value)
    if said == SYSTEM:
        raise TypeError(f"un autre nom que « {SYSTEM} », qui est celui de tout le reste")
    return said


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateKeys:
    """`[updates]`: what the nightly routine may do on this machine."""

    automatic: bool = field(
        default=True,
        metadata=key(toml_values.yes, "updates run by themselves at night; if not, when ordered"),
    )
    hour: time = field(
        default=time(22, 30),
        metadata=key(_hour, "when the night's updates begin, outside consultations"),
    )
    system: bool = field(
        default=True,
        metadata=key(toml_values.yes, "the rest of the system is updated as well"),
    )
    willing: bool = field(
        default=False,
        metadata=key(toml_values.yes, "this practice tries new versions before the others"),
    )
    after_hours: int = field(
        default=0,
        metadata=key(
            toml_values.days, "hours that a new version waits, for other practices to try it first"
        ),
    )
    kept_days: int = field(
        default=3, metadata=key(toml_values.count, "days for which the way back stays open")
    )
    longest_minutes: int = field(
        default=45, metadata=key(toml_values.count, "the longest an installation may last")
    )
    silent_seconds: int = field(
        default=120,
        metadata=key(toml_values.count, "the longest an installation may do nothing at all"),
    )
    apt_settings: Path | None = field(
        default=None,
        metadata=key(toml_values.path, "an apt.conf used besides the system's (APT_CONFIG)"),
    )
    snapshots: bool = field(
        default=True,
        metadata=key(toml_values.yes, "use the file system's snapshots where there are any"),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationKeys:
    """`[[application]]`: one application of the practice, its data, and how it is well."""

    name: str = field(metadata=key(_name, "the application's name, as people read it"))
    packages: tuple[str, ...] = field(
        metadata=key(_texts, "its packages, as the system's manager names them")
    )
    start: tuple[str, ...] = field(
        default=(),
        metadata=key(
            _command, "the command that starts it; it may end then, or be the application"
        ),
    )
    stop: tuple[str, ...] = field(
        default=(), metadata=key(_command, "the command that stops it; left out, it is ended")
    )
    data: tuple[Path, ...] = field(
        default=(), metadata=key(toml_values.paths, "the folders that hold its data")
    )
    sqlite: tuple[Path, ...] = field(
        default=(), metadata=key(toml_values.paths, "its SQLite databases, counted row by row")
    )
    postgresql: tuple[str, ...] = field(
        default=(),
        metadata=key(_texts, "its PostgreSQL databases as libpq writes them, counted row by row"),
    )
    server: tuple[str, ...] = field(
        default=(),
        metadata=key(_command, "the command that starts its database server, should it have ended"),
    )
    documents: tuple[Path, ...] = field(
        default=(), metadata=key(toml_values.paths, "folders whose documents are counted")
    )
    port: int = field(default=0, metadata=key(_port, "the port on 127.0.0.1 on which it answers"))
    sentinel: tuple[str, ...] = field(
        default=(),
        metadata=key(_command, "the command that reads one made-up record the application's way"),
    )
    sentinel_address: str = field(
        default="", metadata=key(_local, "instead of a command, an address of this machine")
    )
    sentinel_says: str = field(
        default="", metadata=key(toml_values.text, "what must be found in the answer")
    )
    queue: str = field(
        default="", metadata=key(toml_values.text, "a print queue that takes one line as a test")
    )
    services: tuple[str, ...] = field(
        default=(), metadata=key(_texts, "services that must run, the card reader's for example")
    )
    log: Path | None = field(
        default=None, metadata=key(toml_values.path, "its log, in which no new trouble may stand")
    )
    log_troubles: tuple[str, ...] = field(
        default=LOG_TROUBLES, metadata=key(_texts, "what trouble looks like in that log")
    )
    free: tuple[str, ...] = field(
        default=(),
        metadata=key(_texts, "tables that an update may change as it likes, with * and ?"),
    )
    starts_within: int = field(
        default=60, metadata=key(toml_values.count, "seconds within which it has started")
    )
    watched: int = field(
        default=45, metadata=key(toml_values.count, "seconds for which it is watched afterwards")
    )
    slower: int = field(
        default=3, metadata=key(toml_values.count, "how many times slower it may have become")
    )
    closed: bool = field(
        default=False,
        metadata=key(toml_values.yes, "nobody else may write into its databases: print a sheet"),
    )

    @property
    def application(self) -> Application:
        """Return it as the routine knows it."""
        values: dict[str, Any] = {name: getattr(self, name) for name in self.__dataclass_fields__}
        seconds = {name: timedelta(seconds=values[name]) for name in ("starts_within", "watched")}
        return Application(**{**values, **seconds})
