"""What forty practices' ordinary load costs on SQLite, in processor seconds over real time.

Each of 240 machines sends a batch a minute: mostly a heartbeat, now and then a report.
"""

import http.client
import json
import os
import queue
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import msgspec
import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.tools import keys
from vigie.wire import envelope
from vigie.wire.reports import Batch, FactWord, HeartbeatWord, ReportWord

PRACTICES, MACHINES = 40, 6  # each
GOAL = 0.05  # of one core
REPORTS_IN = 20  # one batch in twenty tells more than a heartbeat
PATH = "/api/agent/v1/reports"
_MAKE = """
import json, sys
from pathlib import Path
from datetime import UTC, datetime
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]))
from vigie.console.enrolment import joining
from vigie.wire.enrolment import Application
embedded.ensure_caretaker("karim")
publics, made = json.loads(sys.stdin.read()), []
for number in range(int(sys.argv[2])):
    practice = embedded.ensure_practice(f"Cabinet {number}", caretaker="karim")
    for key in publics[number :: int(sys.argv[2])]:
        code = embedded.make_code(practice)
        machine = joining.apply(Application(code=code, key=key, system="linux"), datetime.now(UTC))
        embedded.approve(machine.pseudonym, name="Accueil")
        made.append((machine.pseudonym, key))
print(json.dumps(made))
"""


def measure(seconds: int) -> int:
    """Run the load for so many seconds; print the share of a core, return 1 above the goal."""
    own = [Ed25519PrivateKey.generate() for _ in range(PRACTICES * MACHINES)]
    by_public = {keys.public_text(key): key for key in own}
    with tempfile.TemporaryDirectory(prefix="vigie-rest-") as home:
        made = subprocess.run(
            [sys.executable, "-c", _MAKE, home, str(PRACTICES)],
            input=json.dumps(list(by_public)),
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        ).stdout
        machines = [(name, by_public[key]) for name, key in json.loads(made)]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        command = [Path(sys.executable).parent / "vigie", "console", "serve", "--port", str(port)]
        environment = {**os.environ, "VIGIE_HOME": home}
        with subprocess.Popen(command, env=environment) as server:
            try:
                _wait(port)
                time.sleep(10)  # its first look at everything
                before, begun = _spent(server.pid), time.perf_counter()
                took = _load(port, machines, seconds)
                share = (_spent(server.pid) - before) / (time.perf_counter() - begun)
            finally:
                server.send_signal(signal.SIGINT)
    worst = max(took) * 1000
    print(
        f"SQLite, {PRACTICES} practices, {len(machines)} machines, {len(took)} batches in "
        f"{seconds} s: {share * 100:.1f} % of a core, slowest answer {worst:.0f} ms  "
        f"{'held' if share < GOAL else 'MISSED'}"
    )
    return int(share >= GOAL)


def _load(port: int, machines: list[tuple[str, Ed25519PrivateKey]], seconds: int) -> list[float]:
    """Let each machine send once a minute, evenly spread; return the seconds each answer took."""
    turns: queue.SimpleQueue[tuple[str, Ed25519PrivateKey] | None] = queue.SimpleQueue()
    took: list[float] = []
    senders = [threading.Thread(target=_send, args=(port, turns, took)) for _ in range(4)]
    for sender in senders:
        sender.start()
    begun, sent = time.perf_counter(), 0
    while (now := time.perf_counter() - begun) < seconds:
        due = int(now * len(machines) / 60)
        while sent < due:
            turns.put(machines[sent % len(machines)])
            sent += 1
        time.sleep(0.02)
    for _ in senders:
        turns.put(None)
    for sender in senders:
        sender.join()
    return took


def _send(
    port: int,
    turns: "queue.SimpleQueue[tuple[str, Ed25519PrivateKey] | None]",
    took: list[float],
) -> None:
    while (turn := turns.get()) is not None:
        name, key = turn
        body = msgspec.json.encode(Batch(items=_items()))
        now = datetime.now(UTC).replace(microsecond=0)
        request = envelope.Request(
            method="POST", path=PATH, machine=name, at=now, id=uuid4().hex, body=body
        )
        headers = {
            "Content-Type": "application/json",
            envelope.MACHINE: name,
            envelope.TIME: envelope.stamp(now),
            envelope.ID: request.id,
            envelope.SIGNATURE: keys.sign(key, request.canonical()),
        }
        begun = time.perf_counter()
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        line.request("POST", PATH, body, headers)
        answer = line.getresponse()
        told = answer.read()
        line.close()
        assert answer.status == 200, told  # noqa: PLR2004
        took.append(time.perf_counter() - begun)


def _items() -> tuple[HeartbeatWord | ReportWord, ...]:
    now = datetime.now(UTC)
    beat = HeartbeatWord(id=uuid4().hex, at=now, version="2026.11.0", waiting=0, blind=())
    if random.random() * REPORTS_IN >= 1:  # noqa: S311  (which batch says more is of no matter)
        return (beat,)
    said = (FactWord(fact="sensor_sees_again", gravity=Gravity.NOTE),)
    return (beat, ReportWord(id=uuid4().hex, danger=Danger.RANSOMWARE, at=now, facts=said))


def _spent(pid: int) -> float:
    root = psutil.Process(pid)
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the console does not answer")
