"""The pages of a large console, asked for by a caretaker of all its practices, over HTTP."""

import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.console import ground

GOAL = 0.300  # seconds, p95
_PREPARE = """
import sys
from pathlib import Path
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]))
embedded.ensure_caretaker("karim")
"""
_RECKON = """
import sys
from pathlib import Path
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]), migrate=False)
from vigie.console.desk import duties
from vigie.console.reckoned.models import Reckoned
Reckoned.objects.all().delete()
print(duties.reckon_standings.call(), "practices,", duties.reckon_standings.call(), "again")
"""
_SIGN_IN = """
import json, sys
from pathlib import Path
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]), migrate=False)
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from vigie.console.accounts.models import Person
from vigie.console.practices.models import Practice
person = Person.objects.get(username="karim")
session = SessionStore()
session[SESSION_KEY] = str(person.pk)
session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
session[HASH_SESSION_KEY] = person.get_session_auth_hash()
session.save()
places = list(Practice.objects.order_by("id").values_list("pseudonym", flat=True))
print(json.dumps([session.session_key, places]))
"""


def make(folder: Path, size: ground.Size) -> None:
    """Make the cluster and its rows, from nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    begun = time.perf_counter()
    with ground.running(folder) as address:
        _python(_PREPARE, folder, address)
        ground.fill(folder, size)
    print(f"made {size} in {time.perf_counter() - begun:.0f} s")


def measure(folder: Path, requests: int) -> int:
    """Ask for pages one after another; print p50 and p95, return 1 when a goal is missed."""
    with ground.running(folder) as address:
        session, places = json.loads(_python(_SIGN_IN, folder, address))
        begun = time.perf_counter()
        print(_python(_RECKON, folder, address).strip())
        print(f"reckoned afresh, with the start of Python, in {time.perf_counter() - begun:.1f} s")
        with _serving(folder, address) as port:
            asked = {
                "desk": ["/"] * requests,
                "practice page": [
                    f"/cabinets/{places[n % len(places)]}/" for n in _spread(requests)
                ],
                "journal page": [
                    f"/cabinets/{places[n % len(places)]}/journal/" for n in _spread(requests)
                ],
            }
            missed = [
                name for name, paths in asked.items() if not _measured(port, session, name, paths)
            ]
    return int(bool(missed))


def _spread(requests: int) -> list[int]:
    return [number * 617 for number in range(requests)]  # a practice far from the one before


def _measured(port: int, session: str, name: str, paths: list[str]) -> bool:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    headers = {"Cookie": f"sessionid={session}", "Accept-Language": "fr"}
    times, size = [], 0
    for number, path in enumerate([paths[0], *paths]):
        begun = time.perf_counter()
        line.request("GET", path, headers=headers)
        answer = line.getresponse()
        body = answer.read()
        assert answer.status == 200, (path, answer.status)  # noqa: PLR2004
        size = len(body)
        if number:  # the first only warms
            times.append(time.perf_counter() - begun)
        else:
            first = time.perf_counter() - begun
    line.close()
    cut = statistics.quantiles(times, n=100)
    good = cut[94] <= GOAL
    print(
        f"{name:14} first {first * 1000:6.0f} ms  p50 {cut[49] * 1000:5.0f} ms  "
        f"p95 {cut[94] * 1000:5.0f} ms  {size / 1000:5.0f} kB  {'held' if good else 'MISSED'}"
    )
    return good


@contextmanager
def _serving(folder: Path, address: str) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [str(Path(sys.executable).parent / "vigie"), "console", "serve", "--port", str(port)]
    with subprocess.Popen([*command, "--no-duties"], env=_environment(folder, address)) as server:
        try:
            for _ in range(300):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port
        finally:
            server.send_signal(signal.SIGINT)


def _environment(folder: Path, address: str) -> dict[str, str]:
    home = folder.with_name(folder.name + "-home")
    home.mkdir(exist_ok=True)
    return {**os.environ, "VIGIE_HOME": str(home), "DATABASE_URL": address}


def _python(script: str, folder: Path, address: str) -> str:
    environment = _environment(folder, address)
    command = [sys.executable, "-c", script, environment["VIGIE_HOME"]]
    return subprocess.run(
        command, env=environment, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
