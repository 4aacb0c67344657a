"""How many batches of fifty reports a second the console keeps, on the real server.

    uv run python -m benchmarks.intake [--batches 1500] [--lines 8]

For SQLite, then for a temporary PostgreSQL: a fresh console, `vigie console serve` (granian), eight
kept-alive connections from one sender process, batches signed beforehand. Every row is counted
afterwards: rows in must be rows out, and the journals must be whole.
"""

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from queue import SimpleQueue

import psutil
from benchmarks.intake.load import REPORTS, Signed, send, signed
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.tools import keys

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "stage"))
from cluster import cluster  # the same temporary PostgreSQL as the tests'

PRACTICES = 8  # each has a chain of its own: a console looks after forty

_MAKE = """
import json, sys
from pathlib import Path
from queue import SimpleQueue
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]))
from vigie.console.enrolment import joining
from vigie.wire.enrolment import Application
from datetime import UTC, datetime
embedded.ensure_caretaker("karim")
made = []
for number, key in enumerate(json.loads(sys.argv[2])):
    practice = embedded.ensure_practice(f"Cabinet {number}", caretaker="karim")
    code = embedded.make_code(practice)
    machine = joining.apply(Application(code=code, key=key, system="linux"), datetime.now(UTC))
    embedded.approve(machine.pseudonym, name="Accueil")
    made.append(machine.pseudonym)
print(json.dumps(made))
"""
_COUNT = """
import sys
from pathlib import Path
from queue import SimpleQueue
from vigie.console import embedded
embedded.prepare(Path(sys.argv[1]), migrate=False)
from vigie.console.intake.models import Report
print(Report.objects.count(), len(embedded.verify_journals()[1]))
"""


def _run(script: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout


def _serve(home: Path, port: int) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "VIGIE_HOME": str(home)}
    command = [Path(sys.executable).parent / "vigie", "console", "serve", "--port", str(port)]
    server = subprocess.Popen(command, env=environment)
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return server
        time.sleep(0.1)
    raise TimeoutError("the console does not answer")


def measure(name: str, batches: int, lines: int) -> None:
    """Measure one database and print its row."""
    with tempfile.TemporaryDirectory(prefix="vigie-intake-") as folder:
        home = Path(folder)
        own = [Ed25519PrivateKey.generate() for _ in range(PRACTICES)]
        machines = json.loads(
            _run(_MAKE, folder, json.dumps([keys.public_text(key) for key in own]))
        )
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        server = _serve(home, port)
        try:
            ready = [signed(machines[n % PRACTICES], own[n % PRACTICES]) for n in range(batches)]
            before = _spent(server.pid)
            seconds, took = _send_all(port, ready, lines)
            spent = _spent(server.pid) - before
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(30)
        rows, breaks = (int(word) for word in _run(_COUNT, folder).split())
        assert rows == batches * REPORTS, (rows, batches * REPORTS)
        assert breaks == 0
        cut = statistics.quantiles(took, n=100)
        print(
            f"{name:11} {batches / seconds:7.0f} batches/s  p50 {cut[49] * 1000:5.0f} ms  "
            f"p99 {cut[98] * 1000:5.0f} ms  {spent / batches * 1000:4.1f} ms of processor each  "
            f"rows in = rows out = {rows}"
        )


def _spent(pid: int) -> float:
    """Return the processor seconds of the console's processes (PostgreSQL's own are not in it)."""
    root = psutil.Process(pid)
    times = [process.cpu_times() for process in (root, *root.children(recursive=True))]
    return sum(time.user + time.system for time in times)


def _send_all(port: int, ready: list[Signed], lines: int) -> tuple[float, list[float]]:
    times: SimpleQueue[list[float]] = SimpleQueue()
    senders = [
        threading.Thread(target=send, args=(port, ready[line::lines], times))
        for line in range(lines)
    ]
    begun = time.perf_counter()
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    seconds = time.perf_counter() - begun
    return seconds, [moment for _ in senders for moment in times.get()]


def main() -> None:
    """Measure both databases."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=1500)
    parser.add_argument("--lines", type=int, default=8)
    asked = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    print(f"load before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    measure("SQLite", asked.batches, asked.lines)
    with cluster() as address:
        os.environ["DATABASE_URL"] = address
        measure("PostgreSQL", asked.batches, asked.lines)


if __name__ == "__main__":
    main()
