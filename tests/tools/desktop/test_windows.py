"""What Microsoft documents of the sessions, and what is made of it; Windows itself has not run."""

import ctypes
from dataclasses import dataclass, field
from typing import Any

import pytest

from vigie.tools.desktop.windows import Session, Terminal, Windows, read

Given = Any  # what ctypes hands to a foreign function
ACTIVE, DISCONNECTED = 0, 4
LOCKED, UNLOCKED, UNKNOWN = 0, 1, -1


class Level1(ctypes.Structure):
    """WTSINFOEX_LEVEL1_W as it is documented; a WCHAR is two bytes."""

    _fields_ = (
        ("number", ctypes.c_uint32),
        ("state", ctypes.c_int),
        ("flags", ctypes.c_int32),
        ("station", ctypes.c_uint16 * 33),
        ("person", ctypes.c_uint16 * 21),
        ("domain", ctypes.c_uint16 * 18),
        ("times", ctypes.c_int64 * 5),
        ("counts", ctypes.c_uint32 * 6),
    )


class InfoEx(ctypes.Structure):
    """WTSINFOEXW."""

    _fields_ = (("level", ctypes.c_uint32), ("data", Level1))


def info(
    number: int = 1, person: str = "marie", state: int = ACTIVE, flags: int = UNLOCKED
) -> InfoEx:
    made = InfoEx(level=1)
    made.data.number, made.data.state, made.data.flags = number, state, flags
    for name, text in (("station", "Console"), ("person", person), ("domain", "CABINET")):
        for place, letter in enumerate(text):
            getattr(made.data, name)[place] = ord(letter)
    return made


def test_a_session_in_front_and_unlocked_is_watched() -> None:
    assert read(bytes(info())) == Session(number=1, person=r"CABINET\marie", watched=True)


@pytest.mark.parametrize(
    "other",
    [
        {"flags": LOCKED},
        {"flags": UNKNOWN},
        {"state": DISCONNECTED},
        {"person": ""},
    ],
)
def test_a_locked_left_or_empty_session_is_watched_by_nobody(other: dict[str, Any]) -> None:
    session = read(bytes(info(**other)))
    assert session is not None
    assert not session.watched


def test_what_is_too_short_or_of_another_kind_is_no_session() -> None:
    assert read(bytes(info())[:100]) is None
    other = info()
    other.level = 2
    assert read(bytes(other)) is None


@dataclass
class Library:
    """The functions of wtsapi32, over sessions that are made up."""

    infos: list[InfoEx]
    said: list[tuple[int, str, str, int]] = field(default_factory=list)
    lent: list[Any] = field(default_factory=list)

    def WTSEnumerateSessionsW(  # noqa: N802
        self, server: None, zero: int, version: int, rows: Given, count: Given
    ) -> int:
        assert (server, zero, version) == (None, 0, 1)
        kind = rows._obj._type_
        array = (kind * len(self.infos))(*[kind(i.data.number, None, 0) for i in self.infos])
        self.lent.append(array)
        rows._obj.contents = array[0]
        count._obj.value = len(self.infos)
        return 1

    def WTSQuerySessionInformationW(  # noqa: N802
        self, _server: None, number: int, what: int, raw: Given, size: Given
    ) -> int:
        assert what == 25
        (found,) = [i for i in self.infos if i.data.number == number]
        self.lent.append(found)
        raw._obj.value, size._obj.value = ctypes.addressof(found), ctypes.sizeof(found)
        return 1

    def WTSSendMessageW(  # noqa: N802, PLR0913, PLR0917
        self, _server: None, number: int, title: str, title_size: int, text: str, size: int,
        style: int, seconds: int, answer: Given, wait: int,
    ) -> int:  # fmt: skip
        del answer
        assert (title_size, size) == (2 * len(title), 2 * len(text))
        assert (seconds, wait) == (0, 0)  # it stays, and nobody waits for it
        self.said.append((number, title, text, style))
        return 1

    def WTSFreeMemory(self, lent: Given) -> None:  # noqa: N802
        assert lent
        self.lent.pop()


def test_each_person_is_told_once_and_everything_lent_is_given_back() -> None:
    library = Library(
        [
            info(0, ""),
            info(1, "marie"),
            info(2, "Marie"),
            info(3, "luc", flags=LOCKED),
            info(4, "paul"),
        ]
    )
    assert Windows(Terminal(library)).show("Voilà.", grave=True)
    assert library.said == [
        (2, "Vigie", "Voilà.", 0x10030),
        (4, "Vigie", "Voilà.", 0x10030),
    ]
    assert library.lent == []


def test_a_calm_notice_looks_calm_and_takes_no_place_in_front() -> None:
    library = Library([info(1)])
    assert Windows(Terminal(library)).show("Voilà.", grave=False)
    assert [style for *_, style in library.said] == [0x40]


def test_nobody_there_is_nobody_told() -> None:
    library = Library([info(1, flags=LOCKED)])
    assert Windows(Terminal(library)).show("Voilà.", grave=True) is False
    assert library.said == []
