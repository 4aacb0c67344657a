"""A Dovecot of our own on loopback, in its own folder: for rehearsals, never for a practice."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from vigie.tools.loopback import answers, free_port

PROGRAM = "dovecot"
PATIENCE = timedelta(seconds=20)
_OWNER = "mail"  # Debian's own account for mail: Dovecot refuses to read it as root

_CONFIG = """
base_dir = {place}/run
state_dir = {place}/state
log_path = {place}/dovecot.log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = {mechanisms}
first_valid_uid = 1
mail_location = maildir:{place}/mail/%u/Maildir
mail_uid = {owner}
mail_gid = {owner}
maildir_stat_dirs = yes
service imap-login {{
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
passdb {{
  driver = passwd-file
  args = scheme=PLAIN username_format=%u {place}/accounts
}}
userdb {{
  driver = static
  args = uid={owner} gid={owner} home={place}/mail/%u
}}
{more}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """A server that runs: where it listens, and the folder it lives in."""

    port: int
    place: Path

    def restart(self) -> None:
        """End every connection and begin again, as an update of the server does."""
        _end(self.place)
        _start(self.place, self.port)

    def stop(self) -> None:
        """End it."""
        _end(self.place)

    def start(self) -> None:
        """Begin again."""
        _start(self.place, self.port)


def installed() -> bool:
    """Return whether there is one to start."""
    return shutil.which(PROGRAM) is not None


@contextlib.contextmanager
def running(
    place: Path, accounts: Mapping[str, str], *, mechanisms: str = "plain login", more: str = ""
) -> Iterator[Dovecot]:
    """Run a Dovecot in the empty folder `place` until the block ends.

    Its own accounts must be able to pass through the folders above. Raise OSError when it does
    not start. Needs root, as Dovecot does.
    """
    port = free_port()
    place.mkdir(exist_ok=True)
    place.chmod(0o755)
    for name in ("run", "state", "mail"):
        (place / name).mkdir()
    shutil.chown(place / "mail", _OWNER, _OWNER)
    known = "".join(f"{login}:{secret}\n" for login, secret in accounts.items())
    (place / "accounts").write_text(known, "utf-8")
    (place / "dovecot.conf").write_text(
        _CONFIG.format(place=place, port=port, owner=_OWNER, mechanisms=mechanisms, more=more),
        "utf-8",
    )
    try:
        _start(place, port)
        yield Dovecot(port=port, place=place)
    finally:
        _end(place)


def _start(place: Path, port: int) -> None:
    # It goes on in the background, and would hold a pipe of ours open.
    subprocess.run(
        [PROGRAM, "-c", str(place / "dovecot.conf")],
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if not answers(port, PATIENCE):
        raise OSError(f"Dovecot does not answer: {_log(place)}")


def _log(place: Path) -> str:
    log = place / "dovecot.log"
    return log.read_text("utf-8", "replace")[-500:] if log.exists() else ""


def _end(place: Path) -> None:
    pid_file = place / "run" / "master.pid"
    with contextlib.suppress(OSError, ValueError):
        pid = int(pid_file.read_text("ascii"))
        os.kill(pid, signal.SIGTERM)
        limit = time.monotonic() + PATIENCE.total_seconds()
        while time.monotonic() < limit:
            os.kill(pid, 0)
            time.sleep(0.02)
