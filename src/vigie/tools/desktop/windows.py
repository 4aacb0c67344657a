"""Windows: a message box in each session, by the Remote Desktop Services API (*not yet run*).

Written against Microsoft's pages on `WTSEnumerateSessionsW`, `WTSQuerySessionInformationW` with
WTSINFOEX_LEVEL1_W, and `WTSSendMessageW` (learn.microsoft.com/windows/win32/api/wtsapi32). The box
stays until somebody closes it. It is part of every edition, unlike msg.exe.
"""

import ctypes
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

_ACTIVE = 0  # WTSActive
_UNLOCKED = 1  # WTS_SESSIONSTATE_UNLOCK
_INFO_EX = 25  # WTSSessionInfoEx
_INFORMATION, _WARNING, _FOREGROUND = 0x40, 0x30, 0x10000  # MB_ICON…, MB_SETFOREGROUND
# WTSINFOEXW on 64 bits: the level, padding, then number, state, flags, station and person.
_LEVEL_1 = struct.Struct("<I4xIii66s42s36s")


@dataclass(frozen=True, slots=True)
class Session:
    """One session. `person` is the account with its domain, "" for none."""

    number: int
    person: str
    watched: bool


class Sessions(Protocol):
    """What Windows knows of sessions, and how it speaks in one."""

    def each(self) -> Iterable[Session]:
        """Return the sessions."""

    def say(self, number: int, text: str, style: int) -> bool:
        """Open a message box in a session, and do not wait for it; return whether it opened."""


class Windows:
    """The boxes in people's sessions."""

    def __init__(self, sessions: Sessions | None = None) -> None:
        self._sessions = sessions or Terminal()

    def show(self, text: str, *, grave: bool) -> bool:
        """Show it to each person once, in a session that is in front and not locked."""
        people = {s.person.casefold(): s.number for s in self._sessions.each() if s.watched}
        style = _WARNING | _FOREGROUND if grave else _INFORMATION
        clean = text.replace("\0", "")
        opened = [self._sessions.say(number, clean, style) for number in people.values()]
        return any(opened)

    def lacks(self) -> str:
        """Return "": Windows has all that it needs."""
        return ""


def read(untrusted_info: bytes) -> Session | None:
    """Given a WTSINFOEXW as Windows fills it, return the session; None for another level."""
    if len(untrusted_info) < _LEVEL_1.size:
        return None
    level, number, state, flags, _, person, domain = _LEVEL_1.unpack_from(untrusted_info)
    if level != 1:
        return None
    name = _text(person)
    account = f"{_text(domain)}\\{name}" if name else ""
    watched = bool(name) and state == _ACTIVE and flags == _UNLOCKED
    return Session(number=number, person=account, watched=watched)


def _text(raw: bytes) -> str:
    return raw.decode("utf-16-le", "replace").partition("\0")[0]


class _Row(ctypes.Structure):
    """WTS_SESSION_INFOW."""

    _fields_ = (
        ("number", ctypes.c_uint32),
        ("station", ctypes.c_wchar_p),
        ("state", ctypes.c_int),
    )


class Terminal:
    """The sessions as wtsapi32 knows them; `library` has its functions."""

    def __init__(self, library: Any = None) -> None:  # noqa: ANN401  (a foreign library)
        self._library = library or ctypes.CDLL("wtsapi32.dll")

    def each(self) -> Iterable[Session]:
        """Return the sessions that Windows tells about."""
        rows, count = ctypes.POINTER(_Row)(), ctypes.c_uint32()
        asked = (None, 0, 1, ctypes.byref(rows), ctypes.byref(count))
        if not self._library.WTSEnumerateSessionsW(*asked):
            return ()
        try:
            numbers = [rows[place].number for place in range(count.value)]
        finally:
            self._library.WTSFreeMemory(rows)
        return tuple(session for number in numbers if (session := self._one(number)))

    def say(self, number: int, text: str, style: int) -> bool:
        """Send one message; lengths are in bytes."""
        title, answer = "Vigie", ctypes.c_uint32()
        words = [x for part in (title, text) for x in (part, len(part.encode("utf-16-le")))]
        how = (style, 0, ctypes.byref(answer), 0)
        return bool(self._library.WTSSendMessageW(None, number, *words, *how))

    def _one(self, number: int) -> Session | None:
        raw, size = ctypes.c_void_p(), ctypes.c_uint32()
        asked = (None, number, _INFO_EX, ctypes.byref(raw), ctypes.byref(size))
        if not self._library.WTSQuerySessionInformationW(*asked) or not raw.value:
            return None
        try:
            return read(ctypes.string_at(raw.value, size.value))
        finally:
            self._library.WTSFreeMemory(raw)
