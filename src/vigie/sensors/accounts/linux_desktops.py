"""Desktops of Linux: whose session opens by itself, and when a screen locks."""

import configparser
import math
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

_DISPLAY_MANAGERS = (
    ("etc/gdm3/daemon.conf", "AutomaticLogin", "AutomaticLoginEnable"),
    ("etc/gdm3/custom.conf", "AutomaticLogin", "AutomaticLoginEnable"),
    ("etc/gdm/custom.conf", "AutomaticLogin", "AutomaticLoginEnable"),
    ("etc/lightdm/lightdm.conf", "autologin-user", ""),
    ("etc/lightdm/lightdm.conf.d/*.conf", "autologin-user", ""),
    ("usr/share/lightdm/lightdm.conf.d/*.conf", "autologin-user", ""),
    ("etc/sddm.conf", "User", ""),
    ("etc/sddm.conf.d/*.conf", "User", ""),
)
_GETTY = "etc/systemd/system/getty@*.service.d/*.conf"
_AUTOLOGIN = re.compile(r"--autologin[ =](\S+)|-a (\S+)")
_TRUE = frozenset({"true", "1", "yes", "on"})
_PATIENCE = 10.0  # seconds
_KDE_MINUTES = 5  # what KDE does when nobody has said anything


def opened_alone(root: Path) -> frozenset[str]:
    """Return the accounts whose session opens by itself when the machine starts."""
    return frozenset(_opened_alone(root))


def _opened_alone(root: Path) -> Iterator[str]:
    for pattern, key, switch in _DISPLAY_MANAGERS:
        for file in sorted(root.glob(pattern)):
            said = _settings(file)
            if said.get(key.lower()) and (
                not switch or said.get(switch.lower(), "").lower() in _TRUE
            ):
                yield said[key.lower()]
    for file in sorted(root.glob(_GETTY)):
        for found in _AUTOLOGIN.finditer(_text(file)):
            yield found[1] or found[2]


def locks_after(root: Path, name: str, number: int, home: str) -> int | None:
    """Return after how many minutes a person's screen locks, 0 for never, None if unknown."""
    place = root / home.lstrip("/")
    desktop = _desktop(root, name, place)
    return _DESKTOPS[desktop](root, number, place) if desktop in _DESKTOPS else None


def _desktop(root: Path, name: str, home: Path) -> str:
    """Return which desktop a person uses: the one chosen at the login, else the one installed."""
    for file in (root / "var/lib/AccountsService/users" / name, home / ".dmrc"):
        said = _settings(file)
        chosen = said.get("session", "") or said.get("xsession", "")
        for desktop, words in _SESSIONS.items():
            if any(word in chosen.lower() for word in words):
                return desktop
    installed = [desktop for desktop, program in _PROGRAMS.items() if (root / program).exists()]
    return installed[0] if len(installed) == 1 else ""


def _gnome(root: Path, number: int, home: Path) -> int | None:
    def ask(schema: str, key: str) -> str:
        return _gsettings(root, number, home, schema, key)

    enabled = ask("org.gnome.desktop.screensaver", "lock-enabled")
    idle = _number(ask("org.gnome.desktop.session", "idle-delay"))
    delay = _number(ask("org.gnome.desktop.screensaver", "lock-delay"))
    if enabled not in {"true", "false"} or idle is None:
        return None
    return 0 if enabled == "false" or not idle else math.ceil((idle + (delay or 0)) / 60)


def _gsettings(root: Path, number: int, home: Path, schema: str, key: str) -> str:
    """Return one setting as GNOME has it for a person, the system's own rules included."""
    try:
        done = subprocess.run(
            [str(root / "usr/bin/gsettings"), "get", schema, key],
            env={"HOME": str(home), "PATH": "/usr/bin:/bin", "LC_ALL": "C"},
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
            check=False,
            user=number,
            group=number,
            extra_groups=[],
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()


def _number(said: str) -> int | None:
    digits = said.rpartition(" ")[2]
    return int(digits) if digits.isdigit() else None


def _kde(root: Path, number: int, home: Path) -> int | None:
    del number
    said = {**_settings(root / "etc/xdg/kscreenlockerrc"),
            **_settings(home / ".config/kscreenlockerrc")}  # fmt: skip
    if said.get("autolock", "true").lower() not in _TRUE:
        return 0
    minutes = said.get("timeout", str(_KDE_MINUTES))
    return int(minutes) if minutes.isdigit() else None


def _xfce(root: Path, number: int, home: Path) -> int | None:
    del number
    here = "xfce4/xfconf/xfce-perchannel-xml/xfce4-screensaver.xml"
    for file in (home / ".config" / here, root / "etc/xdg" / here):
        try:
            tree = ET.parse(file)  # noqa: S314  (the person's own settings, and expat is bounded)
        except (OSError, ET.ParseError):
            continue
        return _xfce_minutes(tree)
    # Without it, xfce4-screensaver locks after five minutes; without the program, nothing does.
    return _KDE_MINUTES if (root / "usr/bin/xfce4-screensaver").exists() else 0


def _xfce_minutes(tree: "ET.ElementTree[ET.Element]") -> int:
    said = {}
    for group in tree.getroot().iter("property"):
        for key in group.findall("property"):
            for inner in (key, *key.findall("property")):
                said[f"{key.get('name')}.{inner.get('name')}"] = inner.get("value", "")
            said[f"{group.get('name')}.{key.get('name')}"] = key.get("value", "")
    saver = said.get("saver.enabled", "true"), said.get("lock.enabled", "true")
    if "false" in saver:
        return 0
    delay = said.get("idle-activation.delay") or said.get("saver.idle-activation") or ""
    later = said.get("saver-activation.delay") or ""
    minutes = int(delay) if delay.isdigit() else _KDE_MINUTES
    return minutes + (int(later) if later.isdigit() else 0)


_DESKTOPS: dict[str, Callable[[Path, int, Path], int | None]] = {
    "gnome": _gnome,
    "kde": _kde,
    "xfce": _xfce,
}
_SESSIONS = {
    "gnome": ("gnome", "ubuntu"),
    "kde": ("plasma", "kde"),
    "xfce": ("xfce", "xubuntu"),
}
_PROGRAMS = {
    "gnome": "usr/bin/gnome-shell",
    "kde": "usr/bin/plasmashell",
    "xfce": "usr/bin/xfce4-session",
}


def _settings(file: Path) -> dict[str, str]:
    """Return the keys of every section of an ini file, in lower case; nothing without one."""
    parser = configparser.RawConfigParser(strict=False, allow_no_value=True)
    try:
        parser.read_string("[top]\n" + _text(file))
    except configparser.Error:
        return {}
    return {key: value or "" for part in parser.values() for key, value in part.items()}


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8", errors="replace")
    except OSError:
        return ""
