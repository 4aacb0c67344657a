"""A package manager that hangs is ended with everything it started."""

import os
import subprocess
import sys
import time
import uuid

import pytest

from vigie.tools.packages import PackagesFailed, Patience
from vigie.tools.packages.running import end_marked, marked, run

# A child in a session of its own, whose parent ends: what a maintainer script can leave behind.
ORPHAN = """
import os, time
if os.fork():
    os._exit(0)
os.setsid()
if os.fork():
    os._exit(0)
time.sleep(300)
"""
HANGS = f"import os, time\nif not os.fork():\n    exec({ORPHAN!r})\ntime.sleep(300)"
WORKS = "import time\nend = time.monotonic() + 3\nwhile time.monotonic() < end: pass"
BUSY_FOR_EVER = "while True: pass"


def mark() -> str:
    return uuid.uuid4().hex


def test_what_hangs_is_ended_with_its_orphans() -> None:
    name = mark()
    with pytest.raises(PackagesFailed) as failed:
        run([sys.executable, "-c", HANGS], os.environ, Patience(longest=60, silent=1.5), name)
    assert failed.value.trouble == "hung"
    assert marked(name) == []


def test_what_works_in_silence_is_not_hung() -> None:
    patience = Patience(longest=60, silent=1.5)
    assert run([sys.executable, "-c", WORKS], os.environ, patience, mark()) == ""


def test_what_lasts_too_long_is_ended_though_it_works() -> None:
    with pytest.raises(PackagesFailed) as failed:
        run(
            [sys.executable, "-c", BUSY_FOR_EVER], os.environ, Patience(longest=1, silent=9), mark()
        )
    assert failed.value.trouble == "timed_out"


def test_what_fails_says_so_in_its_own_words() -> None:
    patience = Patience(longest=60, silent=60)
    with pytest.raises(PackagesFailed, match="no such thing") as failed:
        run([sys.executable, "-c", "exit('no such thing')"], os.environ, patience, mark())
    assert failed.value.trouble == "not_installed"


def test_an_orphan_of_an_earlier_life_is_found_by_its_mark() -> None:
    name = mark()
    environment = {**os.environ, "VIGIE_UPDATE": name}
    subprocess.run([sys.executable, "-c", ORPHAN], env=environment, check=True)
    time.sleep(0.2)
    assert len(marked(name)) == 1
    assert end_marked(name) == 1
    assert marked(name) == []
