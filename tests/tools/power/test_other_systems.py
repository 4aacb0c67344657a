"""Windows and macOS by what their documentation shows: neither has been run here."""

import pytest

from vigie.tools.power import PowerFailed, macos, windows

REQUESTS = """DISPLAY:
None.

SYSTEM:
[DRIVER] Realtek High Definition Audio
An audio stream is currently in use.

EXECUTION:
None.
"""


def test_whoever_asks_windows_to_stay_awake_is_named() -> None:
    assert windows.requests_in(REQUESTS) == ["[DRIVER] Realtek High Definition Audio"]
    assert windows.requests_in("DISPLAY:\nNone.\n") == []


def test_a_program_that_is_not_there_is_a_failure_and_no_crash() -> None:
    with pytest.raises(PowerFailed, match="osascript"):
        macos.MacPower().shut_down(polite=True)
