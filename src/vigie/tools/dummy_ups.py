"""A UPS that is none: NUT's own `upsd` and `dummy-ups` on loopback, for rehearsals only."""

import contextlib
import getpass
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from vigie.tools.loopback import answers, free_port
from vigie.tools.nut import Nut, NutFailed

PROGRAMS = Path("/lib/nut/dummy-ups"), Path("/lib/nut/upsd")  # behind Debian's wrappers
NAME = "rehearsal"
PATIENCE = timedelta(seconds=20)
_UPS = """
[{name}]
  driver = dummy-ups
  port = {place}/said.dev
  mode = dummy-once
  pollinterval = 1
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class DummyUps:
    """A UPS that says what it is told to say, within a second."""

    nut: Nut
    place: Path

    def say(self, status: str, *, runtime: int | None = None, charge: int | None = None) -> None:
        """Have it say a status (`OL`, `OB DISCHRG`, `OB LB`) and its numbers."""
        lines = [f"ups.status: {status}"]
        lines += [f"battery.runtime: {runtime}"] if runtime is not None else []
        lines += [f"battery.charge: {charge}"] if charge is not None else []
        half = self.place / "said.half"
        half.write_text("\n".join(lines) + "\n", "ascii")
        said = self.place / "said.dev"
        # The driver reads the file again when its date is another second than before.
        second = max(int(time.time()), int(said.stat().st_mtime) + 1 if said.exists() else 0)
        os.utime(half, (second, second))
        half.replace(said)

    @property
    def address(self) -> str:
        """Return how agent.toml names it."""
        return f"{NAME}@{self.nut.host}:{self.nut.port}"


def installed() -> bool:
    """Return whether there is one to start."""
    return all(program.is_file() for program in PROGRAMS)


@contextlib.contextmanager
def running(place: Path) -> Iterator[DummyUps]:
    """Run one in the empty folder `place` until the block ends. Raise OSError if it does not."""
    state = place / "state"
    state.mkdir(mode=0o700, parents=True)
    port = free_port()
    ups = DummyUps(nut=Nut(port=port, name=NAME), place=place)
    (place / "ups.conf").write_text(_UPS.format(name=NAME, place=place), "utf-8")
    (place / "upsd.conf").write_text(f"LISTEN 127.0.0.1 {port}\nSTATEPATH {state}\n", "utf-8")
    (place / "upsd.users").write_text("")
    for file in place.glob("ups*"):
        file.chmod(0o640)
    ups.say("OL", runtime=900, charge=100)
    where = {"NUT_CONFPATH": str(place), "NUT_STATEPATH": str(state), "NUT_ALTPIDPATH": str(state)}
    driver, server = PROGRAMS
    with contextlib.ExitStack() as ends:
        for argv in ([str(driver), "-a", NAME], [str(server)]):
            process = subprocess.Popen(
                [*argv, "-u", getpass.getuser(), "-F"],
                env={**os.environ, **where},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            ends.callback(_end, process)
            _until(lambda: any(state.glob("dummy-ups-*")))
        if not answers(port, PATIENCE):
            raise OSError("upsd does not answer")
        _until(lambda: _says(ups.nut))
        yield ups


def _says(nut: Nut) -> bool:
    try:
        return bool(nut.read().status)
    except NutFailed:
        return False


def _until(what: Callable[[], bool]) -> None:
    limit = time.monotonic() + PATIENCE.total_seconds()
    while not what():
        if time.monotonic() > limit:
            raise OSError("the simulated UPS does not start")
        time.sleep(0.05)


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
