"""What a reader taken over by an attacker might try. Run inside cells, never in the tests."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path


def echo(descriptor: int, **options: object) -> object:
    return {"bytes": os.pread(descriptor, 100, 0).decode(), **options}


def opens(_descriptor: int | None, path: str) -> object:
    return Path(path).read_text()


def lists(_descriptor: int | None) -> object:
    return os.listdir("/")  # noqa: PTH208


def connects(_descriptor: int | None, port: int) -> object:
    socket.socket().connect(("127.0.0.1", port))
    return "connected"


def forks(_descriptor: int | None) -> object:
    if os.fork() == 0:
        os._exit(0)
    return "forked"


def executes(_descriptor: int | None) -> object:
    return subprocess.run(["/bin/true"], check=True).returncode


def replaces_itself(_descriptor: int | None) -> object:
    os.execv("/bin/true", ["true"])  # noqa: S606


def writes(descriptor: int) -> object:
    return os.write(descriptor, b"encrypted")


def truncates(descriptor: int) -> object:
    os.ftruncate(descriptor, 0)


def kills(_descriptor: int | None, pid: int) -> object:
    os.kill(pid, signal.SIGTERM)


def becomes_root(_descriptor: int | None) -> object:
    os.setuid(0)


def who(_descriptor: int | None) -> object:
    return [os.getuid(), os.getgid()]


def eats_memory(_descriptor: int | None) -> object:
    return len(bytes(1 << 40)) + len([bytes(1 << 20) for _ in range(1 << 20)])


def recurses(_descriptor: int | None) -> object:
    return recurses(_descriptor)


def loops(_descriptor: int | None) -> object:
    while True:
        pass


def sleeps(_descriptor: int | None) -> object:
    time.sleep(3600)


def ignores_the_alarm(_descriptor: int | None) -> object:
    signal.signal(signal.SIGALRM, signal.SIG_IGN)
    while True:
        pass


def talks_for_ever(_descriptor: int | None) -> object:
    return "a" * (1 << 22)


def prints(_descriptor: int | None) -> object:
    for _ in range(1024):
        sys.stdout.write("a" * (1 << 20))
    return "printed"


def crashes(_descriptor: int | None) -> object:
    os.abort()


def raises(_descriptor: int | None) -> object:
    raise ValueError("no such thing")
