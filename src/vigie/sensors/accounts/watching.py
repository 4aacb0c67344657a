"""The accounts sensor: once a day how they stand, told when that has changed, or once a week."""

import hashlib
import json
import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.evidence.passwords import Account, AccountsSeen
from vigie.sensors import Sink
from vigie.sensors.accounts import System
from vigie.tools.kept_file import keep

NAME = "accounts"
EVERY = timedelta(hours=12)
REMINDER = timedelta(days=7)
_BEFORE_THE_FIRST = timedelta(minutes=1)
_BUSY, _MONTH = 5, 30  # days: beyond, one more is no news


class Accounts:
    """Look at the accounts of `system`. `memory` is a file that says what was told when."""

    name = NAME
    blinds = (Danger.EXPOSED_PASSWORD,)

    def __init__(  # noqa: PLR0913  (told apart by name)
        self,
        system: System,
        memory: Path,
        *,
        machine: str,
        left: Collection[str] = (),
        every: timedelta = EVERY,
        first: timedelta = _BEFORE_THE_FIRST,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._system = system
        self._memory = memory
        self._machine = machine
        self._left = left
        self._every = every
        self._first = first
        self._clock = clock

    def observe(self, sink: Sink, stop: threading.Event) -> None:
        """Look until `stop`; see `vigie.sensors.Sensor`."""
        pause = self._first
        while not stop.wait(pause.total_seconds()):
            pause = self._every
            if seen := self.news():
                sink(seen)

    def news(self) -> AccountsSeen | None:
        """Return how the accounts stand, if that has not been told lately."""
        now = self._clock()
        accounts = tuple(self._system.accounts(now, self._left))
        mark = _mark(accounts)
        told, at = self._told()
        if told == mark and now - at < REMINDER:
            return None
        keep(self._memory, json.dumps({"mark": mark, "at": now.timestamp()}).encode())
        return AccountsSeen(at=now, machine=self._machine, accounts=accounts)

    def _told(self) -> tuple[str, datetime]:
        try:
            said = json.loads(self._memory.read_text("utf-8"))
            return str(said["mark"]), datetime.fromtimestamp(float(said["at"]), UTC)
        except (OSError, ValueError, KeyError, TypeError):
            return "", datetime.fromtimestamp(0, UTC)


def _mark(accounts: Collection[Account]) -> str:
    """Return what tells one state of the accounts from another: not how busy one day was."""
    rows = sorted(repr(_steady(account)) for account in accounts)
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def _steady(account: Account) -> Account:
    return replace(
        account,
        together=min(account.together, 2),
        days=min(account.days, _BUSY),
        idle=None if account.idle is None else min(account.idle // _MONTH, 4),
    )
