"""A real CUPS of our own on loopback, with a queue that goes nowhere."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

CUPSD = "/usr/sbin/cupsd"
LIMIT = 60.0  # seconds a busy machine may need to start it

_LISTENING = """Listen {address}
LogLevel warn
<Location />
  Order allow,deny
  Allow 127.0.0.1
</Location>
<Policy default>
  <Limit All>
    Order deny,allow
    Allow 127.0.0.1
  </Limit>
</Policy>
"""
_PLACES = """ServerRoot {folder}
StateDir {folder}/state
CacheDir {folder}/cache
RequestRoot {folder}/spool
TempDir {folder}/tmp
AccessLog {folder}/access
ErrorLog {folder}/error
PageLog {folder}/page
FileDevice Yes
"""


@dataclass(frozen=True, slots=True)
class Cups:
    """A server, and its queue."""

    address: str
    queue: str

    def refuse(self) -> None:
        """Have the queue take no more jobs, as an update of a driver does."""
        self._run("/usr/sbin/cupsreject", self.queue)

    def jobs(self) -> int:
        """Return how many jobs the queue has taken and done."""
        said = self._run("/usr/bin/lpstat", "-W", "completed", "-o", self.queue)
        return len(said.splitlines())

    def _run(self, *argv: str) -> str:
        environment = {**os.environ, "CUPS_SERVER": self.address}
        done = subprocess.run(argv, env=environment, capture_output=True, text=True, check=True)
        return done.stdout


def missing() -> bool:
    """Return whether CUPS or its commands are not there."""
    return not Path(CUPSD).exists() or shutil.which("lp") is None


@contextmanager
def running(folder: Path, queue: str = "essai") -> Iterator[Cups]:
    """Run CUPS in a folder until the end."""
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{chosen.getsockname()[1]}"
    for part in ("state", "cache", "spool", "tmp"):
        (folder / part).mkdir(parents=True)
    (folder / "cupsd.conf").write_text(_LISTENING.format(address=address))
    (folder / "files.conf").write_text(_PLACES.format(folder=folder))
    process = subprocess.Popen(
        [CUPSD, "-f", "-c", str(folder / "cupsd.conf"), "-s", str(folder / "files.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(address, process)
        cups = Cups(address=address, queue=queue)
        cups._run("/usr/sbin/lpadmin", "-p", queue, "-E", "-v", "file:/dev/null", "-m", "raw")
        yield cups
    finally:
        process.terminate()
        process.wait()


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + LIMIT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(address)
