"""Linux: systemd and logind, by their own programs; rtcwake for the morning.

`systemctl … --check-inhibitors=yes` asks logind even as root, which a plain one does not.
"""

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import psutil

from vigie.tools.power import PowerFailed

LIMIT = 20.0  # seconds for a program that only asks logind
# A server writes down what it holds before it ends. On a battery nobody waits longer: what has
# not ended by then ends with the machine, and its journal is whole.
STOPPING = timedelta(seconds=60)
# Units and processes of the servers that practices' software brings, as Debian names them.
UNITS = ("postgresql", "mariadb", "mysql", "firebird3.0", "firebird4.0", "mongod", "mssql-server")
PROCESSES = frozenset({"postgres", "mariadbd", "mysqld", "firebird", "mongod", "sqlservr"})
_GENTLE = {"postgres": signal.SIGINT}  # its fast shutdown: sessions end, a checkpoint is written
_CHASSIS = Path("/sys/class/dmi/id/chassis_type")
# SMBIOS 7.4.1: desktops, towers, all-in-ones, laptops; no rack, blade, or virtual "other".
_DESKS = frozenset(
    {"3", "4", "5", "6", "7", "8", "9", "10", "13", "14", "15", "16", "30", "31", "32", "35"}
)
# Held by apt and dpkg while they install: no machine rests in the middle of that.
PACKAGE_LOCKS = Path("/var/lib/dpkg/lock-frontend"), Path("/var/lib/dpkg/lock")
_SHOWN = ("--property=IdleHint", "--property=IdleSinceHint", "--property=Class", "--property=Type")
_BLOCKING = frozenset({"shutdown", "sleep", "idle"})


class LinuxPower:
    """The machine this runs on."""

    def stop_databases(self) -> Sequence[str]:
        """Stop the servers: those that systemd knows, then those that a program brought along.

        At the machine's end the latter would wait for their clients, and be killed.
        """
        if not Path("/run/systemd/system").is_dir():
            raise PowerFailed("not_supported")  # a container: its machine is not ours to stop
        active = [unit for unit in UNITS if self._status("is-active", "--quiet", unit) == 0]
        for unit in active:
            self._systemctl("stop", unit, limit=STOPPING.total_seconds())
        return [*active, *stop_servers(servers_in(psutil.process_iter(["name", "ppid"])))]

    def shut_down(self, *, polite: bool) -> None:
        """Power off."""
        self._systemctl("poweroff", *_politely(polite))

    def sleep(self) -> None:
        """Suspend."""
        self._systemctl("suspend", *_politely(True))

    def wake_at(self, moment: datetime) -> bool:
        """Set the alarm of the hardware clock."""
        program = shutil.which("rtcwake") or "/usr/sbin/rtcwake"
        when = str(int(moment.timestamp()))
        try:
            _run([program, "--mode", "no", "--time", when])
        except PowerFailed:
            return False
        return True

    def inhibitors(self) -> Sequence[str]:
        """Return who holds a blocking inhibitor on shutting down or sleeping, or installs."""
        raw = _run(["systemd-inhibit", "--list", "--no-pager", "--json=short"])
        return [*inhibitors_in(raw), *(["dpkg"] if installing(PACKAGE_LOCKS) else [])]

    def idle(self) -> timedelta | None:
        """Return how long the sessions at this machine have been idle; None with none to ask."""
        raw = _run(["loginctl", "list-sessions", "--no-legend"])
        numbers = [line.split()[0] for line in raw.splitlines() if line.split()]
        since: list[float] = []
        for number in numbers:
            since += idle_since(_run(["loginctl", "show-session", number, *_SHOWN]))
        return timedelta(seconds=time.time() - max(since)) if since else None

    def somebodys_desk(self) -> bool:
        """Return whether the maker says that it is a desktop or a laptop."""
        try:
            return _CHASSIS.read_text("ascii").strip() in _DESKS
        except OSError:
            return False

    def _systemctl(self, *words: str, limit: float = LIMIT) -> None:
        _run(["systemctl", *words], limit)

    @staticmethod
    def _status(*words: str) -> int:
        try:
            return subprocess.run(
                ["systemctl", *words], capture_output=True, timeout=LIMIT, check=False
            ).returncode
        except (OSError, subprocess.TimeoutExpired):
            return 1


def inhibitors_in(raw: str) -> Sequence[str]:
    """Given what `systemd-inhibit --list --json=short` says, return who blocks."""
    try:
        rows = json.loads(raw or "[]")
    except ValueError as odd:
        raise PowerFailed("died", raw[:200]) from odd
    return [
        str(row.get("who", ""))
        for row in rows
        if row.get("mode") == "block" and set(str(row.get("what", "")).split(":")) & _BLOCKING
    ]


def installing(locks: Iterable[Path]) -> bool:
    """Return whether somebody holds one of these locks."""
    import fcntl  # noqa: PLC0415  (this module is read on systems that have none)

    for lock in locks:
        try:
            descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            continue
        try:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
    return False


def idle_since(shown: str) -> list[float]:
    """Given one session as loginctl shows it, return since when it is idle (now, if it is not).

    Only a session at a screen counts: a service's or a closed one says nothing about people.
    """
    values = dict(line.partition("=")[::2] for line in shown.splitlines())
    if values.get("Class") != "user" or values.get("Type") not in {"x11", "wayland", "tty", "mir"}:
        return []
    if values.get("IdleHint") != "yes":
        return [time.time()]
    micros = values.get("IdleSinceHint", "0")
    return [int(micros) / 1e6] if micros.isdigit() and int(micros) else [time.time()]


def stop_servers(servers: Iterable[psutil.Process], within: timedelta = STOPPING) -> Sequence[str]:
    """Ask these servers to end cleanly, and wait; return the names of those that did."""
    asked: list[tuple[str, psutil.Process]] = []
    for server in servers:
        try:
            name = server.name()
            server.send_signal(_GENTLE.get(name, signal.SIGTERM))
            asked.append((name, server))
        except psutil.Error:
            continue
    gone, _ = psutil.wait_procs([server for _, server in asked], timeout=within.total_seconds())
    ended = {server.pid for server in gone}
    return [name for name, server in asked if server.pid in ended]


def servers_in(processes: Iterable[psutil.Process]) -> list[psutil.Process]:
    """Return the first process of each server: the others are its own children."""
    found = {p.pid: p for p in processes if p.info["name"] in PROCESSES}
    return [p for p in found.values() if p.info["ppid"] not in found and p.pid != os.getpid()]


def _politely(polite: bool) -> list[str]:  # noqa: FBT001  (how, not what)
    return ["--check-inhibitors=yes"] if polite else ["--check-inhibitors=no"]


def _run(argv: Sequence[str], limit: float = LIMIT) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=limit, check=False)
    except FileNotFoundError as missing:
        raise PowerFailed("missing_program", argv[0]) from missing
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise PowerFailed("timed_out", str(failure)) from failure
    if done.returncode:
        raise PowerFailed("no_permission", (done.stderr or done.stdout).strip()[:300])
    return done.stdout
