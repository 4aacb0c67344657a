"""The real server: the command, granian, a fresh database, a kill in the middle."""

import errno
import http.client
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psutil
import psycopg
import pytest
from cluster import cluster
from django.conf import settings
from speaking import ENROL, REPORTS, Speaker, batch, report

from vigie.wire.enrolment import Application

VIGIE = str(Path(sys.executable).parent / "vigie")


class Served:
    """One console of its own."""

    def __init__(self, home: Path, database: str) -> None:
        self.environment = {**os.environ, "VIGIE_HOME": str(home)}
        self.environment.pop("DATABASE_URL", None)
        if database:
            self.environment["DATABASE_URL"] = database
        self.server: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]

    def vigie(self, *arguments: str, status: int = 0, sent: str = "") -> str:
        done = subprocess.run(
            [VIGIE, "console", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            input=sent,
            check=False,
        )
        assert done.returncode == status, done.stderr
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    def begin(self) -> None:
        command = [VIGIE, "console", "serve", "--port", str(self.port)]
        self.server = subprocess.Popen(
            command, env=self.environment, stderr=subprocess.DEVNULL, start_new_session=True
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise TimeoutError

    def reports(self) -> int:
        """Return how many reports stand in the database."""
        asked = "SELECT count(*) FROM intake_report"
        if address := self.environment.get("DATABASE_URL"):
            with psycopg.connect(address) as line:
                line.execute("SELECT set_config('vigie.scope', 'everyone', false)")
                row = line.execute(asked).fetchone()
        else:
            (file,) = Path(self.environment["VIGIE_HOME"]).rglob("console.sqlite3")
            with closing(sqlite3.connect(file)) as base:
                row = base.execute(asked).fetchone()
        return int(row[0]) if row else 0

    def end(self, how: signal.Signals) -> None:
        if self.server is not None:
            if how is signal.SIGKILL:
                os.killpg(self.server.pid, how)  # the whole session, as a power cut would
            else:
                self.server.send_signal(how)
            self.server.wait(30)
            self.server = None

    def post(self, speaker: Speaker, path: str, body: bytes) -> tuple[int, dict[str, object]]:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Content-Type": "application/json", **speaker.headers(path, body)}
        line.request("POST", path, body, headers)
        answer = line.getresponse()
        told = json.loads(answer.read())
        line.close()
        return answer.status, told


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Served]:
    if not settings.POSTGRESQL:
        served = Served(tmp_path, "")
        yield served
        served.end(signal.SIGKILL)
        return
    with cluster() as address:
        served = Served(tmp_path, address)
        yield served
        served.end(signal.SIGKILL)


def test_a_first_practice_from_the_command_line_to_the_journal(console: Served) -> None:
    assert "à jour" in console.vigie("migrate")
    assert "/premier-acces/" in console.vigie("caretaker", "add", "karim", "--full-name", "Karim")
    console.vigie("caretaker", "add", "karim", "--password-stdin", sent="court\n", status=2)
    sent = "quatre phares allumés\n"
    console.vigie("caretaker", "add", "karim", "--password-stdin", sent=sent)
    practice = console.vigie("practice", "add", "Cabinet Martin", "--caretaker", "karim").strip()
    again = console.vigie("practice", "add", "Cabinet Martin", "--caretaker", "karim").strip()
    assert practice == again
    code = console.vigie("code", practice).strip()
    console.vigie("code", "nobodyknowsthis2", status=2)
    console.begin()
    speaker = Speaker()
    application = Application(code=code, key=speaker.public, system="linux")
    body = json.dumps({f: getattr(application, f) for f in application.__struct_fields__})
    status, told = console.post(speaker, ENROL, body.encode())
    assert status == 200
    speaker.pseudonym = str(told["machine"])
    console.vigie("approve", speaker.pseudonym, "--name", "Accueil")
    kept: list[bytes] = []
    for _ in range(20):
        body_ = batch(report(), report())
        status, told = console.post(speaker, REPORTS, body_)
        assert status == 200
        kept.append(body_)
    console.end(signal.SIGKILL)
    assert console.reports() == 40
    assert "tiennent : 1" in console.vigie("journal", "verify").replace("\u00a0", " ")
    console.begin()
    for body_ in kept:  # what was answered before the kill is there: sending again adds nothing
        status, again_told = console.post(speaker, REPORTS, body_)
        assert status == 200
        assert len(again_told["kept"]) == 2
    assert console.reports() == 40
    console.vigie("work", "--once")
    console.vigie("keys", "rotate")
    console.end(signal.SIGINT)


def test_a_server_killed_alone_leaves_nobody_on_its_port(console: Served) -> None:
    console.begin()
    assert console.server is not None
    workers = psutil.Process(console.server.pid).children(recursive=True)
    assert workers
    console.server.kill()  # itself alone, as the kernel does when memory runs out
    console.server.wait(30)
    _, alive = psutil.wait_procs(workers, timeout=2)
    assert not alive
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", console.port)) == errno.ECONNREFUSED
    console.begin()  # and the next one finds the port free
    assert console.server.poll() is None


def test_a_database_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    served = Served(tmp_path, f"postgresql://vigie@{str(tmp_path).replace('/', '%2F')}/none")
    said = served.vigie("journal", "verify", status=2)
    assert "La base de données de la console ne répond pas" in said


@pytest.mark.skipif(not settings.POSTGRESQL, reason="roles are PostgreSQL's")
def test_a_role_that_walks_through_the_walls_is_refused(tmp_path: Path) -> None:
    with cluster() as address:
        served = Served(tmp_path, address.replace("vigie@", "postgres@"))
        assert "un rôle ordinaire" in served.vigie("migrate", status=2)
