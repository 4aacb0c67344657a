"""Windows and macOS, against answers as their documentation shows them: not yet run there."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime

from vigie.sensors.machine.macos import MacOS
from vigie.sensors.machine.windows import Windows

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
WINDOWS = {
    "build": 26100, "display": "24H2", "firewall": [True, True, True], "defender": True,
    "signatures": 1, "others": [397568], "bitlocker": ["On", "Off"],
    "health": ["Healthy", "Warning"], "fixed": "2026-11-12",
}  # fmt: skip


def test_windows_is_understood() -> None:
    seen = Windows(lambda: json.dumps(WINDOWS)).seen(NOW, "m", [])
    assert (seen.firewall, seen.antivirus, seen.signature_days) == (True, True, 1)
    assert (seen.encrypted, seen.disks, seen.failing) == (False, 2, 1)
    assert (seen.supported_until, seen.updated_days) == (date(2026, 10, 13), 13)


def test_windows_ten_is_told_by_its_build() -> None:
    seen = Windows(lambda: json.dumps({**WINDOWS, "build": 19045})).seen(NOW, "m", [])
    assert seen.supported_until == date(2025, 10, 14)


def test_another_antivirus_shows_in_the_security_center() -> None:
    other = {**WINDOWS, "defender": False, "others": [266240]}  # 0x41000: running
    seen = Windows(lambda: json.dumps(other)).seen(NOW, "m", [])
    assert (seen.antivirus, seen.signature_days) == (True, None)


def test_windows_that_says_nothing_is_unknown() -> None:
    seen = Windows(lambda: "").seen(NOW, "m", [])
    assert (seen.firewall, seen.antivirus, seen.encrypted) == (None, None, None)


def test_a_mac_is_understood() -> None:
    answers = {
        "--getglobalstate": "Firewall is enabled. (State = 1)\n",
        "status": "FileVault is On.\n",
        "-productVersion": "13.6.1\n",
        "LastSuccessfulDate": "2026-11-20 08:12:00 +0000\n",
    }

    def ask(command: Sequence[str]) -> str:
        return answers[command[-1]]

    seen = MacOS(ask).seen(NOW, "m", [])
    assert (seen.firewall, seen.encrypted, seen.refreshed_days) == (True, True, 5)
    assert seen.supported_until == date(2025, 9, 15)


def test_a_mac_that_says_nothing_is_unknown() -> None:
    seen = MacOS(lambda _: "").seen(NOW, "m", [])
    assert (seen.firewall, seen.encrypted, seen.supported_until) == (None, None, None)
