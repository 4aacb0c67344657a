"""A console on a free port, seeded by a script of the stage, and a Chromium to look at it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


@dataclass(frozen=True)
class Served:
    """Where a console answers, and its practices' pseudonyms by name."""

    address: str
    practices: dict[str, str]


@contextmanager
def served(home: Path, script: str) -> Iterator[Served]:
    """Serve a console that `script` has filled, without duties, until the block ends."""
    environment = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"}
    environment |= {"VIGIE_HOME": str(home)}
    seeds = [sys.executable, str(HERE / script), str(home)]
    told = subprocess.run(seeds, env=environment, capture_output=True, check=True).stdout
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    vigie = str(Path(sys.executable).parent / "vigie")
    command = [vigie, "console", "serve", "--port", str(port), "--no-duties"]
    with subprocess.Popen(command, env=environment, start_new_session=True) as server:
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield Served(f"http://127.0.0.1:{port}", json.loads(told))
        finally:
            os.killpg(server.pid, signal.SIGKILL)
