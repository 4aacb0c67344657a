"""The sessions of this machine, as systemd-logind (or elogind) knows them."""

import shutil
import subprocess
from collections.abc import Mapping
from datetime import timedelta

LIMIT = timedelta(seconds=2)


def sessions(*properties: str) -> tuple[Mapping[str, str], ...]:
    """Return these properties of each session, and its `Id`.

    A session that ends while it is asked about is left out. Raise OSError where nobody knows.
    """
    rows = said("loginctl", "list-sessions", "--no-legend").splitlines()
    asked = [word for name in ("Id", *properties) for word in ("-p", name)]
    found = []
    for session in (row.split()[0] for row in rows if row.split()):
        try:
            state = said("loginctl", "show-session", session, *asked)
        except TimeoutError:
            raise
        except OSError:
            continue
        found.append(dict(row.split("=", 1) for row in state.splitlines() if "=" in row))
    return tuple(found)


def said(*command: str) -> str:
    """Return what a program said. Raise OSError where it is missing, fails or does not answer."""
    if shutil.which(command[0]) is None:
        raise FileNotFoundError(command[0])
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, timeout=LIMIT.total_seconds()
        )
    except subprocess.TimeoutExpired as trouble:
        raise TimeoutError(command[0]) from trouble
    if done.returncode:
        raise OSError(done.stderr.strip() or f"{command[0]} failed")
    return done.stdout
