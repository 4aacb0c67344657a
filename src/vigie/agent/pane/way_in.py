"""The way in: a file that says where the pane is, readable by those who may open it.

Whoever can read the file can open the pane: this is the one right there is. On Linux it lies in
`/run/vigie`, readable by a group; elsewhere, and under a home of one's own, in Vigie's home.
"""

import http.client
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import msgspec

from vigie.agent.pane import secret as secrets_of
from vigie.tools.kept_file import keep

ADDRESS = "127.0.0.1"
FILE = "pane.json"
SYSTEM = Path("/run/vigie")
_SYSTEM_HOME = Path("/var/lib/vigie")
_PATIENCE = 5.0  # seconds for a pane to greet


class NoWayIn(Exception):
    """Nobody says where the pane is, it may not be read here, or nothing answers there."""


class WayIn(msgspec.Struct, frozen=True, kw_only=True):
    """Where the pane is, and the secret it knows its people by."""

    port: int
    secret: str

    @property
    def address(self) -> str:
        """Return the address every page of the pane begins with, without a slash at its end."""
        return f"http://{ADDRESS}:{self.port}/{secrets_of.segment(self.secret)}"

    def opening(self) -> str:
        """Return an address that opens the pane once."""
        return f"{self.address}/entrer/{secrets_of.ticket(self.secret)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The folder of the file, and who may read it; `group` empty: only whom the agent runs as."""

    folder: Path
    group: str = ""

    @classmethod
    def of(cls, home: Path, group: str) -> "Place":
        """Return the place that belongs to a home of Vigie."""
        system = home == _SYSTEM_HOME and os.name == "posix" and SYSTEM.parent.is_dir()
        return cls(folder=SYSTEM, group=group) if system else cls(folder=home)

    def write(self, way: WayIn) -> bool:
        """Say where the pane is; return whether the group can read it. Raise OSError."""
        number = _group(self.group)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        mode = 0o600
        if number is not None:
            os.chown(self.folder, -1, number)
            self.folder.chmod(0o750)
            mode = 0o640
        file = self.folder / FILE
        keep(file, msgspec.json.encode(way))
        if number is not None:
            os.chown(file, -1, number)
            file.chmod(mode)
        return number is not None

    def remove(self) -> None:
        """Say that there is no pane any more."""
        with suppress(OSError):
            (self.folder / FILE).unlink(missing_ok=True)


def _group(name: str) -> int | None:
    """Return the number of a group of this system, None where there is none."""
    if not name or os.name != "posix":
        return None
    import grp  # noqa: PLC0415  (Windows has none)

    try:
        return grp.getgrnam(name).gr_gid
    except KeyError:
        return None


def read(home: Path) -> WayIn:
    """Return the way into the pane of this machine. Raise NoWayIn."""
    own = "VIGIE_HOME" in os.environ and home != _SYSTEM_HOME
    folders = [home] if own else [SYSTEM, home]
    for folder in folders:
        try:
            return read_file(folder)
        except PermissionError as trouble:
            raise NoWayIn("forbidden") from trouble
        except (OSError, msgspec.MsgspecError):
            continue
    raise NoWayIn("absent")


def read_file(folder: Path) -> WayIn:
    """Return the way in that a folder tells. Raise OSError or MsgspecError where it tells none."""
    return msgspec.json.decode((folder / FILE).read_bytes(), type=WayIn)


def is_ours(way: WayIn) -> bool:
    """Return whether what listens there is the pane, and not somebody who took its port."""
    nonce = secrets.token_hex(16)
    try:
        line = http.client.HTTPConnection(ADDRESS, way.port, timeout=_PATIENCE)
        try:
            line.request("GET", f"/bonjour/{nonce}")
            answer = line.getresponse().read(200).decode("ascii", "replace")
        finally:
            line.close()
    except (OSError, http.client.HTTPException):
        return False
    return secrets_of.same(answer, secrets_of.greeting(way.secret, nonce))
