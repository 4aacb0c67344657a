"""Is the application well? Started, answering, reading its sentinel, printing, as quick as before.

Every check is made before the update as well: an application that is not well beforehand is not
updated, and is no reason to take an update back.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from vigie.routines.updates.application import Application
from vigie.tools.packages.running import MARK, end_marked

ANSWER_WITHIN = 30.0  # seconds for one reading of the sentinel
PAUSE = 0.2  # seconds between two looks
READINGS = 5  # of which the quickest counts: a busy machine only ever makes things slower
SLOW_AGAIN = 3  # times that all readings must have been slow
SPEED_FLOOR = 0.1  # seconds: what differs by less, nobody notices
STOP_WITHIN = 30.0  # seconds
SETTLED = 1.0  # seconds that an application without a port must stay alive to have started
PRINT_WITHIN = 20.0  # seconds
_RUNNING = ("systemctl", "is-active", "--quiet")


class Unwell(Exception):
    """A check did not hold. `reason` is a slug, the text is for the caretaker at the machine."""

    def __init__(self, reason: str, said: str = "") -> None:
        super().__init__(said or reason)
        self.reason = reason
        self.said = said


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulse:
    """How an application was: seconds to read its sentinel (0: it has none), its log's length."""

    reading: float = 0.0
    log_bytes: int = 0
    log_file: int = 0


@dataclass(frozen=True, slots=True)
class Care:
    """Looks after one application. `mark` names the run in the environment of what it starts."""

    application: Application
    mark: str

    @property
    def own(self) -> str:
        """Return the mark of what we start: another than that of the package manager's."""
        return f"{self.mark}-application"

    def start(self) -> None:
        """Start it, and wait until it answers. Raise Unwell (`does_not_start`)."""
        app = self.application
        if not app.start or self.answers():
            return
        deadline = time.monotonic() + app.starts_within.total_seconds()
        try:
            process = subprocess.Popen(
                app.start,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, MARK: self.own},
                start_new_session=True,
            )
        except OSError as trouble:
            raise Unwell("does_not_start", str(trouble)) from trouble
        # It outlives this object; whenever it ends, somebody must have waited for it.
        threading.Thread(target=process.wait, name="application", daemon=True).start()
        began = time.monotonic()
        while time.monotonic() < deadline:
            ended = process.poll()
            if ended:
                raise Unwell("does_not_start", f"{app.start[0]}: {ended}")
            alive = ended == 0 or time.monotonic() - began > SETTLED
            if self.answers() if app.port else alive:
                return
            time.sleep(PAUSE)
        raise Unwell("does_not_start", f"{app.port or app.start[0]}")

    def stop(self) -> None:
        """Stop it, whatever it takes. Raise Unwell (`does_not_stop`)."""
        app = self.application
        if app.stop:
            # It may not be running, which is what we want.
            with contextlib.suppress(OSError, subprocess.TimeoutExpired):
                subprocess.run(
                    app.stop,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=STOP_WITHIN,
                    check=False,
                )
        elif app.start:
            end_marked(self.own)  # what we have started ourselves has no other handle
        deadline = time.monotonic() + STOP_WITHIN
        while self.answers() or self._writers():
            if time.monotonic() > deadline:
                raise Unwell("does_not_stop", app.name)
            if not app.stop or time.monotonic() > deadline - STOP_WITHIN / 2:
                end_marked(self.own)
                for process in (*self._writers(), *self._listeners()):
                    with contextlib.suppress(psutil.Error):
                        process.kill()
            time.sleep(PAUSE)

    def answers(self) -> bool:
        """Return whether somebody answers on the application's port."""
        if not self.application.port:
            return False
        try:
            with socket.create_connection(("127.0.0.1", self.application.port), timeout=5):
                return True
        except OSError:
            return False

    def pulse(self) -> Pulse:
        """Check that it is well, and return how quick it is. Raise Unwell."""
        self._still_answers()
        reading = min(self._read() for _ in range(READINGS)) if self._has_sentinel else 0.0
        self._services()
        log = self.application.log
        status = log.stat() if log and log.exists() else None
        return Pulse(
            reading=reading,
            log_bytes=status.st_size if status else 0,
            log_file=status.st_ino if status else 0,
        )

    def check(self, before: Pulse) -> None:
        """Check everything against how it was, and watch it for a while. Raise Unwell."""
        self.start()
        until = time.monotonic() + self.application.watched.total_seconds()
        self._speed(before)
        self._services()
        self._prints()
        while time.monotonic() < until:
            time.sleep(min(1.0, max(PAUSE, until - time.monotonic())))
            self._still_answers(crashed=True)
        if self._has_sentinel:
            self._read()
        self._still_answers(crashed=True)
        self._log(before)

    @property
    def _has_sentinel(self) -> bool:
        return bool(self.application.sentinel or self.application.sentinel_address)

    def _still_answers(self, *, crashed: bool = False) -> None:
        if self.application.port and not self.answers():
            time.sleep(1.0)  # one refusal may be a restart of its own
            if not self.answers():
                raise Unwell("crashed" if crashed else "does_not_answer", self.application.name)

    def _read(self) -> float:
        """Read the sentinel; return how many seconds it took. Raise Unwell."""
        began = time.monotonic()
        said = self._by_command() if self.application.sentinel else self._by_address()
        if self.application.sentinel_says not in said:
            raise Unwell("sentinel_lost", said.strip()[:200])
        return time.monotonic() - began

    def _by_command(self) -> str:
        try:
            done = subprocess.run(
                self.application.sentinel,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=ANSWER_WITHIN,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as trouble:
            raise Unwell("sentinel_lost", str(trouble)) from trouble
        if done.returncode:
            raise Unwell("sentinel_lost", (done.stderr or done.stdout).strip()[-200:])
        return done.stdout

    def _by_address(self) -> str:
        try:
            with urllib.request.urlopen(  # noqa: S310  (the settings take a loopback address alone)
                self.application.sentinel_address, timeout=ANSWER_WITHIN
            ) as answer:
                told: bytes = answer.read(10_000_000)
        except (OSError, urllib.error.URLError) as trouble:
            raise Unwell("sentinel_lost", str(trouble)) from trouble
        return told.decode("utf-8", "replace")

    def _speed(self, before: Pulse) -> None:
        """Raise Unwell (`slow`) if each of several tries is slower than it may be."""
        if not self._has_sentinel:
            return
        allowed = max(before.reading * self.application.slower, before.reading + SPEED_FLOOR)
        for _ in range(SLOW_AGAIN):
            quickest = float("inf")
            for _ in range(READINGS):
                quickest = min(quickest, self._read())
                if quickest <= allowed:
                    return
            time.sleep(1.0)
        raise Unwell("slow", f"{before.reading:.2f} s, {quickest:.2f} s")

    def _services(self) -> None:
        for service in self.application.services:
            if not _runs(service):
                raise Unwell("service_down", service)

    def _prints(self) -> None:
        """Send one line to the test queue, and see that it was taken."""
        queue = self.application.queue
        if not queue:
            return
        try:
            done = subprocess.run(
                ["lp", "-d", queue, "-t", "Vigie", "-"],
                input="Vigie\n",
                capture_output=True,
                text=True,
                timeout=PRINT_WITHIN,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as trouble:
            raise Unwell("queue_refuses", str(trouble)) from trouble
        if done.returncode:
            raise Unwell("queue_refuses", done.stderr.strip()[:200])

    def _log(self, before: Pulse) -> None:
        """Raise Unwell (`log_troubled`) if the log has new lines that say trouble."""
        log = self.application.log
        if log is None or not log.exists():
            return
        status = log.stat()
        again = status.st_ino != before.log_file or status.st_size < before.log_bytes
        with log.open("rb") as file:
            file.seek(0 if again else before.log_bytes)
            for line in file:
                text = line.decode("utf-8", "replace")
                if any(word in text for word in self.application.log_troubles):
                    raise Unwell("log_troubled", text.strip()[:200])

    def _writers(self) -> list[psutil.Process]:
        """Return who still has a database of the application open."""
        wanted = {str(path.resolve()) for path in self.application.sqlite}
        if not wanted:
            return []
        return [one for one in psutil.process_iter() if wanted & _open_files(one)]

    def _listeners(self) -> list[psutil.Process]:
        """Return who listens on the application's port."""
        port = self.application.port
        return [
            psutil.Process(link.pid)
            for link in psutil.net_connections("tcp")
            if link.pid and port and link.status == psutil.CONN_LISTEN and link.laddr[1:] == (port,)
        ]


def _open_files(process: psutil.Process) -> set[str]:
    folder = Path(f"/proc/{process.pid}/fd")
    found = set()
    with contextlib.suppress(OSError):
        if process.pid != os.getpid():
            for link in folder.iterdir():
                with contextlib.suppress(OSError):
                    found.add(str(link.readlink()))
    return found


def _runs(service: str) -> bool:
    """Return whether a service runs: as the system says, or because such a program is there."""
    if shutil.which("systemctl") and Path("/run/systemd/system").is_dir():
        return subprocess.run([*_RUNNING, service], check=False).returncode == 0
    names = _names(service)
    return any(process.info["name"] in names for process in psutil.process_iter(["name"]))


def _names(service: str) -> Sequence[str]:
    return (service, service.removesuffix(".service"), service.removesuffix(".service") + "d")
