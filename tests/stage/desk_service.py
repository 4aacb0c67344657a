"""One person's desktop, on that person's bus: notices and screen saver, each notice written down.

`/usr/bin/python3 desk_service.py FOLDER` (Debian's own Python, for python3-dbus). What it is told
goes to FOLDER/said, a JSON object a line. A file in FOLDER steers it: `mute` makes it answer
nothing, `wait` makes it wait to be looked at, `locked` is a screen saver that is on. It tries on
whoever speaks to it what a person's own program could try.
"""

import ctypes
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

NOTICES, SAVER = "org.freedesktop.Notifications", "org.freedesktop.ScreenSaver"
ITSELF = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
PTRACE_ATTACH = 16
FOLDER = Path(sys.argv[1])


def tried(pid: int) -> dict[str, object]:
    """Return what the kernel says to a look into a process, and to steering it."""
    said: dict[str, object] = {}
    for name in ("environ", "mem", "fd/1"):
        try:
            with Path(f"/proc/{pid}/{name}").open("rb") as file:
                said[name] = str(file.read(1))
        except OSError as refusal:
            said[name] = type(refusal).__name__
    library = ctypes.CDLL(None, use_errno=True)
    done = library.ptrace(PTRACE_ATTACH, pid, None, None)
    said["ptrace"] = "attached" if done == 0 else ctypes.get_errno()
    return said


class Notices(dbus.service.Object):
    @dbus.service.method(
        NOTICES,
        in_signature="susssasa{sv}i",
        out_signature="u",
        sender_keyword="sender",
        async_callbacks=("answer", "refuse"),
    )
    def Notify(  # noqa: N802, PLR0913, PLR0917  (the names and shape of the interface)
        self,
        name: str,
        _replaces: int,
        _icon: str,
        title: str,
        text: str,
        _deeds: list[str],
        hints: dict[str, int],
        expires: int,
        sender: str,
        answer: Callable[[int], None],
        refuse: Callable[[Exception], None],
    ) -> None:
        del refuse
        pid = int(bus.call_blocking(*ITSELF, "GetConnectionUnixProcessID", "s", (sender,)))
        row = {
            "name": name,
            "title": title,
            "text": text,
            "urgency": int(hints["urgency"]),
            "expires": int(expires),
            "pid": pid,
            "tried": tried(pid),
        }
        with (FOLDER / "said").open("a") as file:
            file.write(json.dumps(row) + "\n")
        if (FOLDER / "mute").exists():
            return
        until = time.monotonic() + 3
        while (FOLDER / "wait").exists() and time.monotonic() < until:
            time.sleep(0.01)
        answer(dbus.UInt32(1))

    @dbus.service.method(NOTICES, out_signature="ssss")
    def GetServerInformation(self) -> tuple[str, str, str, str]:  # noqa: N802
        return "desk", "vigie", "1", "1.2"

    @dbus.service.method(NOTICES, out_signature="as")
    def GetCapabilities(self) -> list[str]:  # noqa: N802
        return ["body", "body-markup"]


class Saver(dbus.service.Object):
    @dbus.service.method(SAVER, out_signature="b")
    def GetActive(self) -> bool:  # noqa: N802
        return (FOLDER / "locked").exists()


DBusGMainLoop(set_as_default=True)
bus = dbus.SessionBus()
names = [dbus.service.BusName(name, bus) for name in (NOTICES, SAVER)]
kept = [Notices(bus, "/org/freedesktop/Notifications"), Saver(bus, "/org/freedesktop/ScreenSaver")]
(FOLDER / "ready").touch()
GLib.MainLoop().run()
