"""Windows and macOS, against answers as their documentation shows them: not yet run there."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from vigie.domain.evidence.passwords import Account
from vigie.sensors import SensorBlind
from vigie.sensors.accounts.macos import MacOS
from vigie.sensors.accounts.windows import Windows

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WINDOWS = {
    "users": [
        {"name": "Lea", "sid": "S-1-5-21-1-1001", "required": True, "set": True,
         "last": "2026-11-25T07:01:00.0000000Z", "saver": "1", "secure": "1", "timeout": "600"},
        {"name": "Accueil", "sid": "S-1-5-21-1-1002", "required": False, "set": False,
         "last": None, "saver": "0", "secure": "0", "timeout": None},
    ],
    "administrators": ["S-1-5-21-1-1001"],
    "alone": "1",
    "who": "Accueil",
    "inactivity": None,
}  # fmt: skip


def windows(said: object) -> dict[str, Account]:
    seen = Windows(lambda: json.dumps(said)).accounts(NOW, ["accueil"])
    return {account.name: account for account in seen}


def test_windows_accounts_are_understood() -> None:
    seen = windows(WINDOWS)
    assert seen["Lea"] == Account(name="Lea", administrator=True, days=1, idle=0, locks_after=10)
    assert seen["Accueil"] == replace(
        Account(name="Accueil", without_password=True, opens_alone=True, generic=True),
        left=True,
        locks_after=0,
    )


def test_the_machines_own_limit_locks_every_screen() -> None:
    seen = windows({**WINDOWS, "inactivity": 300})
    assert {account.locks_after for account in seen.values()} == {5}


def test_windows_that_says_nothing_is_blindness() -> None:
    with pytest.raises(SensorBlind):
        Windows(lambda: "").accounts(NOW, ())


def answered(command: Sequence[str]) -> str:
    answers = {
        "-list": "_www      70\nlea       501\nmartin    502\nnobody    -2\n",
        "-read": "GroupMembership: root martin\n",
        "read": "lea\n",
        "-screenLock": "2026-11-25 12:00 sysadminctl[1] screenLock delay is 300 seconds\n",
    }
    return next(answer for word, answer in answers.items() if word in command)


def test_mac_accounts_are_understood() -> None:
    assert MacOS(answered).accounts(NOW, ()) == [
        Account(name="lea", opens_alone=True, locks_after=5),
        Account(name="martin", administrator=True, locks_after=5),
    ]


@pytest.mark.parametrize(("said", "minutes"), [("is off", 0), ("is immediate", 1), ("?", None)])
def test_when_a_mac_locks(said: str, minutes: int | None) -> None:
    def ask(command: Sequence[str]) -> str:
        return f"screenLock {said}" if "-screenLock" in command else answered(command)

    assert {account.locks_after for account in MacOS(ask).accounts(NOW, ())} == {minutes}
