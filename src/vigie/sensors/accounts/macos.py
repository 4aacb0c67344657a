"""Accounts of a Mac, by `dscl`, `defaults` and `sysadminctl` (*not yet run*).

People have a number from 501. `/Groups/admin` names the administrators; `autoLoginUser` of the
login window names who comes in alone; `sysadminctl -screenLock status` says when the screen locks
(it says so for the person who asks: the agent asks for the machine's console user only).
"""

import re
import subprocess
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from pathlib import Path

from vigie.domain.evidence.passwords import Account
from vigie.sensors import SensorBlind
from vigie.sensors.accounts import generic

_PATIENCE = 20.0  # seconds
_FIRST_PERSON = 501
_LOGIN_WINDOW = "/Library/Preferences/com.apple.loginwindow"
_SECONDS = re.compile(r"screenLock (?:delay )?is (?:set to )?(\d+|immediate|off)", re.IGNORECASE)

Ask = Callable[[Sequence[str]], str]


def _ask(command: Sequence[str]) -> str:
    done = subprocess.run(
        list(command), capture_output=True, text=True, timeout=_PATIENCE, check=False
    )
    return done.stdout + done.stderr  # sysadminctl answers on the second


class MacOS:
    """The accounts as the system's own programs tell them; `ask` runs one and returns its words."""

    def __init__(self, ask: Ask = _ask) -> None:
        self._ask = ask

    def homes(self) -> Sequence[Path]:
        """Return the folders of people below Users."""
        users = Path("/Users")
        if not users.is_dir():
            return ()
        return [each for each in users.iterdir() if each.is_dir() and each.name != "Shared"]

    def accounts(self, now: datetime, left: Collection[str]) -> Sequence[Account]:
        """Return the accounts of people; see `System`."""
        del now  # `last` has no year: how long an account was idle is not told here
        try:
            listed = self._ask(["dscl", ".", "-list", "/Users", "UniqueID"])
            admins = self._ask(["dscl", ".", "-read", "/Groups/admin", "GroupMembership"]).split()
            alone = self._ask(["defaults", "read", _LOGIN_WINDOW, "autoLoginUser"]).strip()
            locks = _locks_after(self._ask(["sysadminctl", "-screenLock", "status"]))
        except (OSError, subprocess.SubprocessError) as trouble:
            raise SensorBlind("not_supported", str(trouble)) from trouble
        gone = {name.casefold() for name in left}
        return [
            Account(
                name=name,
                administrator=name in admins,
                opens_alone=name == alone,
                generic=generic(name),
                left=name.casefold() in gone,
                locks_after=locks,
            )
            for name in _people(listed)
        ]


def _people(listed: str) -> list[str]:
    rows = (line.rsplit(maxsplit=1) for line in listed.splitlines())
    return [
        row[0]
        for row in rows
        if len(row) == 2 and row[1].isdigit() and int(row[1]) >= _FIRST_PERSON  # noqa: PLR2004
    ]


def _locks_after(said: str) -> int | None:
    found = _SECONDS.search(said)
    if found is None:
        return None
    word = found[1].lower()
    if word == "off":
        return 0
    return 1 if word == "immediate" else max(1, -(-int(word) // 60))
