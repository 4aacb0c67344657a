import subprocess
import sys

import pytest

pytestmark = pytest.mark.kernel

# The child tells by its end: a confined process cannot even print.
CONFINED = """
import os, socket, sys
sys.path[:] = {path!r}
from vigie.tools.confinement import Limits, enter
answer = os.dup(1)
missing = enter(Limits())
try:
    {deed}
except OSError:
    os._exit(10 + len(missing))
os._exit(0)
"""


def ending(deed: str) -> int:
    script = CONFINED.format(path=sys.path, deed=deed)
    return subprocess.run([sys.executable, "-I", "-c", script], check=False).returncode


@pytest.mark.parametrize(
    "deed",
    [
        "open('/etc/passwd')",
        "os.mkdir('a')",
        "os.write(answer, b'a')",
        "os.fork()",
        "os.execv('/bin/true', ['true'])",
        "os.kill(os.getppid(), 0)",
        "os.setuid(0)",
        "socket.socket()",
        "os.pipe()",
        "os.chroot('/')",
    ],
)
def test_a_confined_process_is_refused(deed: str) -> None:
    assert ending(deed) == 10


def test_a_confined_process_may_still_end() -> None:
    assert ending("pass") == 0


def ending_with_threads(deed: str) -> int:
    script = CONFINED.replace("enter(Limits())", "enter(Limits(threads=True))")
    script = script.replace("import os,", "import subprocess, threading, os,")
    script = script.format(path=sys.path, deed=deed)
    return subprocess.run([sys.executable, "-I", "-c", script], check=False).returncode


@pytest.mark.parametrize(
    "deed",
    [
        "os.fork()",
        "subprocess.Popen(['/bin/true'])",
        "os.posix_spawn('/bin/true', ['true'], {})",
        "open('/etc/passwd')",
        "socket.socket()",
    ],
)
def test_a_process_that_may_start_threads_is_refused_all_else(deed: str) -> None:
    assert ending_with_threads(deed) == 10


def test_a_process_that_may_start_threads_does() -> None:
    deed = "t = threading.Thread(target=lambda: None); t.start(); t.join()"
    assert ending_with_threads(deed) == 0
    assert ending(deed.replace("threading", "__import__('threading')")) != 0
