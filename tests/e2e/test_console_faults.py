"""Faults of the console under load: away for an hour, its database restarted, its workers killed.

Real agents' spools and links, the real server on a real PostgreSQL, duties in processes of their
own, a real receiver of messages. At the end every report is there once, every job has ended once,
and nobody was told anything twice.
"""

import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from cluster import cluster, programs
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from receivers import WebReceiver, web_receiver

from vigie.agent.link import Link, LinkTrouble
from vigie.agent.spool import Spool
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.tools import keys
from vigie.wire.reports import FactWord, ReportWord

PRACTICES = 6
HOUR = 60  # reports of each machine while the console was away: one a minute
NAMES = [f"Cabinet n{number:02}" for number in range(PRACTICES)]
PATIENCE = 120.0
VIGIE = str(Path(sys.executable).parent / "vigie")

pytestmark = [
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
    pytest.mark.timeout(600),
]

_FURNISH = """
import json, sys
from datetime import UTC, datetime
from pathlib import Path
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]))
from vigie.console.accounts.models import Person
from vigie.console.enrolment import joining
from vigie.console.notices import sealing
from vigie.console.notices.models import Address
from vigie.wire.enrolment import Application
now, made = datetime.now(UTC), []
embedded.ensure_caretaker("karim")
sealed = sealing.seal(sys.argv[3])
karim = Person.objects.get(username="karim")
Address.objects.create(person=karim, kind="json", name="x", sealed=sealed, made_at=now)
for number, key in enumerate(json.loads(sys.argv[2])):
    practice = embedded.ensure_practice(f"Cabinet n{number:02}", caretaker="karim")
    code = embedded.make_code(practice)
    machine = joining.apply(Application(code=code, key=key, system="linux"), now)
    embedded.approve(machine.pseudonym, name="Accueil")
    made.append(machine.pseudonym)
print(json.dumps(made))
"""


class Premises:
    """A console on PostgreSQL: server and duties are processes that can be killed."""

    def __init__(self, home: Path, database: str) -> None:
        self.home, self.database = home, database
        self.environment = {
            **os.environ,
            "VIGIE_HOME": str(home),
            "DATABASE_URL": database,
            "VIGIE_LOCAL_RECEIVERS": "127.0.0.0/8",
        }
        self.port = 0
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def furnish(self, own: list[Ed25519PrivateKey], receiver: WebReceiver) -> list[str]:
        publics = json.dumps([keys.public_text(key) for key in own])
        address = f"json://127.0.0.1:{receiver.port}/told"
        command = [sys.executable, "-c", _FURNISH, str(self.home), publics, address]
        done = subprocess.run(command, env=self.environment, check=True, stdout=subprocess.PIPE)
        made: list[str] = json.loads(done.stdout)
        return made

    def start(self, name: str, *words: str) -> None:
        self.processes[name] = subprocess.Popen(
            [VIGIE, "console", *words],
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    def serve(self) -> None:
        self.start("server", "serve", "--port", str(self.port), "--no-duties")

    def kill(self, name: str) -> None:
        process = self.processes.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)

    def restart_database(self) -> None:
        folder = urllib.parse.unquote(urllib.parse.urlsplit(self.database).netloc.split("@")[1])
        data, found = Path(folder.rpartition(":")[0]) / "data", programs()
        assert found is not None
        as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        command = [*as_postgres, str(found / "pg_ctl"), "-D", str(data), "-m", "immediate", "-w"]
        subprocess.run([*command, "restart"], cwd=data, check=True, stdout=subprocess.DEVNULL)

    def query(self, statement: str) -> list[tuple[object, ...]]:
        with psycopg.connect(self.database, autocommit=True) as line:
            line.execute("SELECT set_config('vigie.scope', 'everyone', false)")
            answer = line.execute(statement.encode())
            return answer.fetchall() if answer.description else []

    def count(self, statement: str) -> int:
        return int(str(self.query(statement)[0][0]))

    def expire_leases(self) -> None:
        """Let time pass for the jobs of workers that were killed, and for those that wait."""
        self.query(
            "UPDATE jobs_job SET lease_until = now() WHERE lease_until IS NOT NULL; "
            "UPDATE jobs_job SET due_at = now() WHERE due_at IS NOT NULL AND every = 0"
        )


@contextmanager
def premises(home: Path) -> Iterator[Premises]:
    with cluster() as database:
        there = Premises(home, database)
        try:
            yield there
        finally:
            for name in list(there.processes):
                with suppress(ProcessLookupError):
                    there.kill(name)


class Machine(threading.Thread):
    """One machine: its own spool on disk, its own signed link, reports that never stop coming."""

    def __init__(self, place: Path, port: int, key: Ed25519PrivateKey, pseudonym: str) -> None:
        super().__init__(daemon=True)
        self.spool = Spool(place)
        self.link = Link(f"http://127.0.0.1:{port}", key)
        self.pseudonym = pseudonym
        self.told: list[str] = []
        self.ended = threading.Event()
        self.drained = threading.Event()
        self.refused = 0

    def report(self, at: datetime, gravity: Gravity, fact: str) -> None:
        name = os.urandom(16).hex()
        said = (FactWord(fact=fact, gravity=gravity, numbers={}),)
        self.spool.add(ReportWord(id=name, danger=Danger.RANSOMWARE, at=at, facts=said))
        self.told.append(name)

    def queue_an_hour(self) -> None:
        """Write what an hour without a console leaves in a spool."""
        now = datetime.now(UTC)
        self.report(now - timedelta(minutes=HOUR), Gravity.CONCERN, "sensor_blind")
        for minute in range(HOUR - 1, 0, -1):
            self.report(now - timedelta(minutes=minute), Gravity.NOTE, "order_taken")

    def run(self) -> None:
        while not self.ended.is_set() or not self.drained.is_set():
            if not self.ended.is_set():
                self.report(datetime.now(UTC), Gravity.NOTE, "order_taken")
            self.drained.clear()
            try:
                receipts = self.link.exchange(self.spool, machine=self.pseudonym)
            except LinkTrouble:
                self.refused += 1
                time.sleep(random.uniform(0.05, 0.3))  # noqa: S311  (jitter)
            else:
                if receipts and not any(receipt.kept for receipt in receipts):
                    self.drained.set()
                time.sleep(0.02)


def until(holds: object, patience: float = PATIENCE) -> bool:
    limit = time.monotonic() + patience
    assert callable(holds)
    while time.monotonic() < limit:
        with suppress(psycopg.OperationalError):
            if holds():
                return True
        time.sleep(0.1)
    return False


def test_an_hour_away_a_database_restarted_and_workers_killed_lose_and_double_nothing(
    tmp_path: Path,
) -> None:
    own = [Ed25519PrivateKey.generate() for _ in range(PRACTICES)]
    with premises(tmp_path / "home") as there, web_receiver() as receiver:
        there.port = _free_port()
        names = there.furnish(own, receiver)
        machines = [
            Machine(tmp_path / f"spool-{number}.db", there.port, key, name)
            for number, (key, name) in enumerate(zip(own, names, strict=True))
        ]
        killed: list[int] = []

        def die_in_the_middle() -> None:
            if not killed:  # the receiver has the message; its sender never learns it
                killed.append(there.processes["work-0"].pid)
                there.kill("work-0")

        receiver.meanwhile = die_in_the_middle
        for machine in machines:
            machine.queue_an_hour()
            machine.start()
        assert until(lambda: all(machine.refused > 2 for machine in machines))
        there.serve()
        there.start("work-0", "work")
        reports = "SELECT count(*) FROM intake_report"
        assert until(lambda: there.count(reports) > 0)
        there.restart_database()
        assert until(lambda: there.count(reports) > PRACTICES * HOUR / 2)
        there.kill("server")
        there.serve()
        # Let the messages leave; whoever dies at it is followed by another.
        for _ in range(480):
            for name in ("work-0", "work-1") if killed else ("work-0",):
                if name not in there.processes:
                    there.start(name, "work")
            with suppress(psycopg.OperationalError):
                there.expire_leases()
                if _all_told(there):
                    break
            time.sleep(0.5)
        for machine in machines:
            machine.ended.set()
        for machine in machines:
            machine.join(PATIENCE)
            assert not machine.is_alive()
        assert killed
        assert _all_told(there), there.query("SELECT key, trouble, attempts FROM jobs_job")

        assert _is_there_once(there, machines)
        messages = _ended_once(there)
        said = [json.loads(request.body)["message"] for request in receiver.received]
        named = Counter(name for message in said for name in NAMES if name in message)
        assert named == dict.fromkeys(NAMES, 1)  # each practice was told, and none twice
        assert len(said) == messages
        unsure = there.count("SELECT count(*) FROM notices_attempt WHERE outcome = 'unsure'")
        assert unsure == len(killed)


def _is_there_once(there: Premises, machines: list[Machine]) -> bool:
    """Return whether what machines told is what the console has, and every journal is whole."""
    kept = [str(row[0]) for row in there.query("SELECT item FROM intake_report")]
    told = [name for machine in machines for name in machine.told]
    assert sorted(kept) == sorted(told)
    command = [VIGIE, "console", "journal", "verify"]
    verified = subprocess.run(
        command, env=there.environment, check=False, stdout=subprocess.DEVNULL
    )
    return verified.returncode == 0 and len(kept) == len(set(kept))


def _ended_once(there: Premises) -> int:
    """See that each message had one job and has ended; return how many messages there are."""
    jobs = there.query("SELECT key, due_at FROM jobs_job WHERE every = 0")
    messages = there.query("SELECT id, ended_at FROM notices_message")
    assert sorted(str(key) for key, _ in jobs) == sorted(f"notice/{row[0]}" for row in messages)
    assert all(due is None for _, due in jobs)
    assert all(ended is not None for _, ended in messages)
    return len(messages)


def _all_told(there: Premises) -> bool:
    waiting = there.count(
        "SELECT count(*) FROM notices_message WHERE ended_at IS NULL"
    ) + there.count("SELECT count(*) FROM notices_telling WHERE state = 'waiting'")
    tellings = there.count("SELECT count(*) FROM notices_telling")
    return waiting == 0 and tellings == PRACTICES


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
