"""What ioreg lists and what is asked of macOS; macOS itself has not run."""

import plistlib
from collections.abc import Sequence
from typing import Any

import pytest

from vigie.tools.desktop.macos import MacOs, in_front

MARIE: dict[str, Any] = {
    "kCGSSessionUserIDKey": 501,
    "kCGSSessionUserNameKey": "marie",
    "kCGSSessionOnConsoleKey": True,
    "kCGSessionLoginDoneKey": True,
}


def listed(*people: dict[str, Any]) -> bytes:
    return plistlib.dumps({"IOConsoleUsers": list(people), "IOConsoleLocked": False})


@pytest.mark.parametrize(
    "other",
    [
        {"CGSSessionScreenIsLocked": True},
        {"kCGSSessionOnConsoleKey": False},
        {"kCGSessionLoginDoneKey": False},
        {"kCGSSessionUserIDKey": 0},
    ],
)
def test_only_a_person_in_front_of_an_open_screen_counts(other: dict[str, Any]) -> None:
    assert in_front(listed(MARIE)) == [501]
    assert in_front(listed(MARIE, {**MARIE, "kCGSSessionUserIDKey": 502} | other)) == [501]


@pytest.mark.parametrize("odd", [b"", b"<plist>", plistlib.dumps({}), plistlib.dumps([1])])
def test_what_cannot_be_read_is_nobody(odd: bytes) -> None:
    assert in_front(odd) == ()


def test_the_notice_is_shown_as_that_person_and_its_text_is_no_script() -> None:
    asked: list[Sequence[str]] = []

    def ask(command: Sequence[str]) -> bytes:
        asked.append(command)
        return listed(MARIE) if "ioreg" in command[0] else b""

    text = '-e "quit" & ' + "Voilà."
    assert MacOs(ask).show(text, grave=True)
    _, shown = asked
    assert list(shown[:7]) == [
        *("/bin/launchctl", "asuser", "501"),
        *("/usr/bin/sudo", "-n", "-u", "#501"),
    ]
    assert list(shown[-2:]) == ["--", text]
    assert sum(text in word for word in shown) == 1


def test_a_program_that_fails_has_shown_nothing() -> None:
    assert MacOs(lambda _: None).show("Voilà.", grave=True) is False
    console = listed(MARIE)
    assert MacOs(lambda c: console if "ioreg" in c[0] else None).show("x", grave=False) is False
