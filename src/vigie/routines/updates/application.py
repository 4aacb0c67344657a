"""What a caretaker declares about one application: its packages, its data, and how it is well."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

SYSTEM = "system"  # the unit of everything that belongs to no application

# What a program writes into its log when something went wrong, whatever it is written in.
LOG_TROUBLES = (
    "ERROR",
    "FATAL",
    "CRITICAL",
    "PANIC",
    "Traceback",
    "Exception",
    "Segmentation fault",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application of the practice. Commands are lists of arguments; there is no shell.

    `start` may end once the application runs, or be the application. `data` are the folders that
    belong to it; `sqlite`, `postgresql` and `documents` are what its census counts. `sentinel`
    reads one made-up record the application's own way, as a command or from a local address, and
    `sentinel_says` is what must be found in the answer. `queue` is a printer of the practice's
    that nobody listens to. `free` names tables that an update may change as it likes.
    """

    name: str
    packages: tuple[str, ...]
    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    data: tuple[Path, ...] = ()
    sqlite: tuple[Path, ...] = ()
    postgresql: tuple[str, ...] = ()
    documents: tuple[Path, ...] = ()
    port: int = 0
    sentinel: tuple[str, ...] = ()
    sentinel_address: str = ""
    sentinel_says: str = ""
    queue: str = ""
    services: tuple[str, ...] = ()
    log: Path | None = None
    log_troubles: tuple[str, ...] = LOG_TROUBLES
    free: tuple[str, ...] = ()
    starts_within: timedelta = timedelta(seconds=60)
    watched: timedelta = timedelta(seconds=45)
    slower: int = 3
    server: tuple[str, ...] = ()  # starts its database server, where it does not come back itself
    closed: bool = False  # its databases may only be read: what was written since goes on a sheet
