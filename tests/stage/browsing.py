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

import pytest
from playwright.sync_api import Browser, sync_playwright

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = "axe-core@4.11"
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "vigie-axe"


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


@contextmanager
def browsing(*options: str) -> Iterator[Browser]:
    """Run Debian's Chromium, with no screen, until the block ends."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", *options]
        )
        yield browser
        browser.close()


def axe_source() -> str:
    """Return axe-core's source, fetched once through npm; skip where it cannot be."""
    script = CACHE / "node_modules/axe-core/axe.min.js"
    if not script.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm is not installed, so axe-core cannot be fetched")
        CACHE.mkdir(parents=True, exist_ok=True)
        command = [npm, "install", "--silent", "--no-audit", "--prefix", str(CACHE), AXE]
        # Node trusts its own list; the machine's may know a proxy besides.
        trusted = {"NODE_EXTRA_CA_CERTS": "/etc/ssl/certs/ca-certificates.crt"} | dict(os.environ)
        if subprocess.run(command, check=False, capture_output=True, env=trusted).returncode:
            pytest.skip("axe-core could not be fetched")
    return script.read_text("utf-8")
