"""A practice of one machine on a network of its own: the real console, the whole agent, attackers.

An alarm cuts the machine off, so all of it lives in a network namespace that ends with the test.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

from vigie.routines.rehearsals import encryptors
from vigie.routines.rehearsals.manifest import Manifest
from vigie.routines.rehearsals.progress import Progress
from vigie.routines.rehearsals.sample import make_practice

FILES = 60
PATIENCE = 120.0  # seconds for anything on a busy machine
GLANCE = 0.05
PORT = 8800

_MAKE = """
import sys
from pathlib import Path
from vigie.cli._embedded import Premises
premises = Premises(Path(sys.argv[1]), 8800)
premises.furnish()
practice, _ = premises.people()
with premises.console():
    premises.enrol(practice)
"""
_SETTINGS = """\
[practice]
name = "Cabinet d’essai"
caretaker = "Karim"
[watch]
folders = ["{documents}"]
{more}
[console]
address = "http://127.0.0.1:8800"
"""
OPEN_PERM = "mask:10000 "  # a marked document, as the kernel lists it


@contextmanager
def network() -> Iterator[str]:
    """Make a network namespace with nothing but a loopback; remove it at the end."""
    name = f"vigie-f-{uuid.uuid4().hex[:8]}"
    subprocess.run(["ip", "netns", "add", name], check=True)
    try:
        subprocess.run(["ip", "-n", name, "link", "set", "lo", "up"], check=True)
        yield name
    finally:
        subprocess.run(["ip", "netns", "delete", name], check=True)


def inside(network: str, *words: str) -> list[str]:
    """Return the command that runs `words` in a network, among the same files and processes."""
    return ["nsenter", f"--net=/run/netns/{network}", *words]


def make_template(home: Path, network: str) -> None:
    """Make documents, console, caretaker's key and an enrolled agent in `home`."""
    make_practice(home / "practice" / "Documents", files=FILES, bytes_total=6_000_000)
    done = subprocess.run(
        inside(network, sys.executable, "-c", _MAKE, str(home)),
        env=_environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _environment(home: Path) -> dict[str, str]:
    kept = {name: os.environ[name] for name in os.environ if name != "DATABASE_URL"}
    return {**kept, "VIGIE_HOME": str(home), "LANG": "C.UTF-8"}


def until(holds: Callable[[], object], patience: float = PATIENCE) -> bool:
    """Wait until `holds`; return whether it does."""
    limit = time.monotonic() + patience
    while not holds():
        if time.monotonic() > limit:
            return False
        time.sleep(GLANCE)
    return True


class WholePractice:
    """The practice in `home`; everything it started has ended when the block does."""

    def __init__(self, home: Path, template: Path, network: str) -> None:
        shutil.copytree(template, home)
        self.home, self.network = home, network
        self.documents = home / "practice" / "Documents"
        self.settle()
        self._children: dict[str, subprocess.Popen[bytes]] = {}
        self._encryptors: list[subprocess.Popen[bytes]] = []

    def settle(self, **watch: int) -> None:
        """Write agent.toml, with more keys for [watch]."""
        more = "\n".join(f"{name} = {value}" for name, value in watch.items())
        text = _SETTINGS.format(documents=self.documents, more=more)
        (self.home / "agent.toml").write_text(text, "utf-8")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """End everybody who was started here."""
        for attacker in self._encryptors:
            with suppress(ProcessLookupError):
                os.killpg(attacker.pid, signal.SIGKILL)
            attacker.wait()
        for name in list(self._children):
            self.end(name)
        assert until(lambda: not self.left(), 30), self.left()

    def left(self) -> list[str]:
        """Return the processes that still live with this home."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                with suppress(OSError):
                    if f"VIGIE_HOME={self.home}".encode() in (entry / "environ").read_bytes():
                        found.append((entry / "cmdline").read_bytes().decode(errors="replace"))
        return found

    def vigie(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command line in this practice."""
        return subprocess.run(
            inside(self.network, sys.executable, "-m", "vigie.cli", *words),
            env=_environment(self.home),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )

    def start(self, name: str, *words: str) -> "subprocess.Popen[bytes]":
        """Start a long-lived command line under a name."""
        with (self.home / f"{name}.log").open("ab") as log:
            child = subprocess.Popen(
                inside(self.network, sys.executable, "-m", "vigie.cli", *words),
                env=_environment(self.home),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._children[name] = child
        return child

    def console(self) -> "subprocess.Popen[bytes]":
        """Serve the console; return once it answers."""
        child = self.start("console", "console", "serve", "--port", str(PORT))
        probe = f"import urllib.request as u; u.urlopen('http://127.0.0.1:{PORT}/compte/entrer/')"
        command = inside(self.network, sys.executable, "-c", probe)
        assert until(
            lambda: subprocess.run(command, stderr=subprocess.DEVNULL, check=False).returncode == 0
        )
        return child

    def agent(self, documents: int = FILES) -> "subprocess.Popen[bytes]":
        """Run the agent; return once the kernel asks it about so many documents."""
        child = self.start("agent", "agent", "run")
        assert until(lambda: self.watched() >= documents or child.poll() is not None), self.log()
        assert child.poll() is None, self.log()
        return child

    def end(self, name: str, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal to one of them, wait for its end, and return its status."""
        child = self._children.pop(name)
        if number is signal.SIGKILL:  # as the system's supervisor does: its workers as well
            os.killpg(child.pid, number)
        else:
            child.send_signal(number)
        try:
            return child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            raise

    def log(self) -> str:
        """Return what the agent wrote."""
        return (self.home / "agent.log").read_text("utf-8")

    def watched(self) -> int:
        """Return how many documents the kernel asks the agent about."""
        child = self._children["agent"]
        count = 0
        with suppress(OSError):
            for entry in Path(f"/proc/{child.pid}/fdinfo").iterdir():
                with suppress(OSError):
                    count += entry.read_text().count(OPEN_PERM)
        return count

    @contextmanager
    def attack(
        self, behaviour: str, *more: str
    ) -> Iterator[tuple["subprocess.Popen[bytes]", Progress]]:
        """Let an encryptor loose on the documents; its processes end with the block."""
        place = self.home / f"attack-{len(self._encryptors)}"
        place.mkdir()
        progress = Progress(place / "progress", FILES)
        child = subprocess.Popen(
            [
                *(sys.executable, "-m", encryptors.__name__, str(self.documents), behaviour),
                *("--progress", str(place / "progress")),
                *("--elsewhere", str(place / "elsewhere"), *more),
            ],
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._encryptors.append(child)
        try:
            yield child, progress
        finally:
            progress.close()

    def lost(self) -> tuple[str, ...]:
        """Return the documents that are not what they were made to be."""
        return Manifest.of(self.documents).lost(self.documents)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Return what the console's database answers."""
        with closing(self._database("mode=ro")) as base:
            return base.execute(query, values).fetchall()

    def change(self, statement: str) -> None:
        """Change the console's database behind its back."""
        with closing(self._database("mode=rw")) as base, base:
            base.execute(statement)

    def _database(self, mode: str) -> sqlite3.Connection:
        file = urllib.parse.quote(str(self.home / "console" / "console.sqlite3"))
        return sqlite3.connect(f"file:{file}?{mode}", uri=True, timeout=PATIENCE)

    def facts(self, fact: str) -> list[Mapping[str, Any]]:
        """Return the reports at the console that hold a fact: id, numbers, outcomes by deed."""
        rows = self.rows("SELECT item, facts, outcomes FROM intake_report ORDER BY at")
        return [
            {
                "report": item,
                "numbers": told["numbers"],
                "deeds": {out["deed"]: out for out in json.loads(outcomes)},
            }
            for item, facts, outcomes in rows
            for told in json.loads(facts)
            if told["fact"] == fact
        ]

    def to_undo(self) -> list[tuple[str, str, str]]:
        """Return what stands in the undo book: deed, target, note."""
        with closing(sqlite3.connect(self.home / "agent" / "undo.db", timeout=PATIENCE)) as base:
            return base.execute("SELECT deed, target, note FROM undo").fetchall()


def stopped(pid: int) -> bool:
    """Return whether a process is stopped by a signal."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] == "T"
    return False


def opens(file: Path, *, writing: bool = False) -> int:
    """Let somebody else open a document; return the status, and raise if that never ends."""
    mode = "r+b" if writing else "rb"
    words = [sys.executable, "-c", f"import sys; open(sys.argv[1], {mode!r}).read(1)", str(file)]
    done = subprocess.run(words, stderr=subprocess.DEVNULL, check=False, timeout=PATIENCE / 2)
    return done.returncode
