"""A practice of one machine, for `vigie start`: sample, settings, console and agent."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

import click

from vigie.agent.carrier import carried_until
from vigie.agent.enrolment import Enrolment
from vigie.agent.link import Link
from vigie.agent.spool import Spool
from vigie.console import embedded
from vigie.routines.rehearsals.sample import make_practice
from vigie.tools import keys
from vigie.tools.journal import JOURNAL, Journal

PRACTICE = "Cabinet d’essai"
CARETAKER = "karim"
MACHINE = "Accueil"
READY = 60.0  # seconds that a start may take on a busy machine
END = 20.0  # seconds from SIGTERM to the end
GLANCE = 0.1  # seconds between two looks

SETTINGS = """\
# Made by `vigie start` for a practice of one machine. Every key: docs/operating/agent-toml.md

[practice]
name = "{practice}"
caretaker = "Karim"

[practice.hours]
monday = ["08:00-12:00", "14:00-19:00"]
tuesday = ["08:00-12:00", "14:00-19:00"]
wednesday = ["08:00-12:00"]
thursday = ["08:00-12:00", "14:00-19:00"]
friday = ["08:00-12:00", "14:00-19:00"]

[machine]
name = "{machine}"

[watch]
folders = ["{documents}"]

[power]
after_closing = "leave"

[photos]
folder = "{photos}"

[backup]
folders = ["{documents}"]

[[backup.repositories]]
name = "Disque local"
location = "{backups}"

[arrivals]
folders = ["{arrivals}"]  # of the practice that is shown; whoever tries Vigie keeps their own

[usb]
watch = false  # this is somebody's own machine, and what is plugged into it is theirs

[console]
address = "http://127.0.0.1:{port}"
"""


class Premises:
    """The folder `home` of a practice of one machine, and what stands in it."""

    def __init__(self, home: Path, port: int) -> None:
        self.home = home
        self.port = port
        self.documents = home / "practice" / "Documents"
        self.settings = home / "agent.toml"
        self.sheet = home / "fiche-de-restauration.pdf"

    @property
    def address(self) -> str:
        """Return the address of the console."""
        return f"http://127.0.0.1:{self.port}"

    def furnish(self) -> int:
        """Make the sample documents and the settings, unless they are there; count documents."""
        if not self.documents.exists():
            make_practice(self.documents)
        arrivals = self.home / "practice" / "Téléchargements"
        arrivals.mkdir(parents=True, exist_ok=True)
        text = SETTINGS.format(
            practice=PRACTICE,
            machine=MACHINE,
            documents=self.documents,
            photos=self.home / "practice" / "Photos",
            arrivals=arrivals,
            backups=self.home / "practice" / "Sauvegardes",
            port=self.port,
        )
        if not self.settings.exists():
            self.settings.write_text(text, "utf-8")
            self.settings.chmod(0o600)
        visible = (p for p in self.documents.rglob("*") if not p.name.startswith("."))
        return sum(1 for path in visible if path.is_file())

    def people(self) -> tuple[str, str]:
        """Make the console, its caretaker and the practice; return pseudonym and password link.

        The link is empty when the caretaker has a password already.
        """
        embedded.prepare(self.home, port=self.port)
        signing = keys.public_text(keys.make(self.home / "caretaker.key"))
        link = embedded.ensure_caretaker(CARETAKER, full_name="Karim", signing_key=signing)
        return embedded.ensure_practice(PRACTICE, caretaker=CARETAKER), link

    def enrol(self, practice: str) -> None:
        """Let this machine join: it asks with a one-use code, and is let in on the same host."""
        enrolment = Enrolment(self.home / "agent")
        membership = enrolment.membership()
        if membership is None or membership.console != self.address:
            membership = enrolment.apply(embedded.make_code(practice), self.address)
        if not membership.approved:
            embedded.approve(membership.machine, name=MACHINE)
            link = Link(self.address, enrolment.key)
            try:
                enrolment.poll(link)
            finally:
                link.close()

    def back_up(self) -> None:
        """Make the repository, its recovery sheet, a backup, and the proof that it comes back."""
        if not self.sheet.exists():
            self._vigie("backup", "init", "--sheet", str(self.sheet))
        self._vigie("backup", "now")
        self._vigie("backup", "prove")

    def _vigie(self, *arguments: str) -> None:
        """Run one command of our own; show what it says only if it does not succeed."""
        done = subprocess.run(
            [sys.executable, "-m", "vigie.cli", *arguments],
            env=os.environ | {"VIGIE_HOME": str(self.home)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode > 1:
            raise click.ClickException(done.stderr.strip() or done.stdout.strip())

    @contextlib.contextmanager
    def console(self) -> Iterator[None]:
        """Serve the console in a process of its own while inside."""
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", self.port))
            except OSError as taken:
                raise click.ClickException(
                    f"Le port {self.port} est déjà pris. Choisissez-en un autre avec --port."
                ) from taken
        with self._child("console", ["console", "serve", "--port", str(self.port)]) as child:
            self._wait_until(self._answers, child, "La console")
            yield

    @contextlib.contextmanager
    def agent(self) -> Iterator[None]:
        """Run the agent in a process of its own while inside; it says itself when it watches."""
        told = self.home / "agent" / "ready.sock"
        told.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
            ear.bind(str(told))
            ear.setblocking(False)
            heard = {"NOTIFY_SOCKET": str(told)}
            command = ["agent", "run", "--settings", str(self.settings)]
            with self._child("agent", command, heard) as child:
                self._wait_until(partial(_says_ready, ear), child, "L’agent")
                yield

    def delivered(self) -> bool:
        """Return whether the console has every proof of the journal."""
        with contextlib.closing(Journal(self.home / JOURNAL)) as journal:
            head = max((entry.number for entry in journal.entries(kind="proof")), default=0)
        with contextlib.closing(Spool(self.home / "agent" / "spool.db")) as spool:
            return carried_until(self.home / "agent") >= head and not spool.waiting()

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.address}/compte/entrer/", timeout=2) as answer:  # noqa: S310  (our own loopback address)
                return bool(answer.status == 200)  # noqa: PLR2004  (HTTP's OK)
        except (urllib.error.URLError, OSError):
            return False

    def _wait_until(
        self, ready: Callable[[], bool], child: "subprocess.Popen[bytes]", who: str
    ) -> None:
        limit = time.monotonic() + READY
        while not ready():
            if child.poll() is not None or time.monotonic() > limit:
                raise click.ClickException(
                    f"{who} n’a pas démarré. Le détail est dans {self.home / 'logs'}."
                )
            time.sleep(GLANCE)

    @contextlib.contextmanager
    def _child(
        self, name: str, arguments: Sequence[str], more: Mapping[str, str] | None = None
    ) -> Iterator["subprocess.Popen[bytes]"]:
        logs = self.home / "logs"
        logs.mkdir(mode=0o700, exist_ok=True)
        with (logs / f"{name}.log").open("wb") as log:
            child = subprocess.Popen(
                [sys.executable, "-m", "vigie.cli", *arguments],
                env={**os.environ, "VIGIE_HOME": str(self.home), **(more or {})},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C comes to us, and we end them in order
            )
            try:
                yield child
            finally:
                child.terminate()
                try:
                    child.wait(END)
                except subprocess.TimeoutExpired:
                    child.kill()
                    child.wait()


def _says_ready(ear: socket.socket) -> bool:
    """Return whether the agent has said READY=1, as it would to the system's own supervisor."""
    try:
        return b"READY=1" in ear.recv(4096)
    except BlockingIOError:
        return False
