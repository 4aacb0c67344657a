"""Have a child process open untrusted files; a reader that falls takes nothing with it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

CHILD = "vigie.routines.restore_proofs.opening"
PATIENCE = 120.0  # seconds for one file: a whole database is checked page by page


class Opening(StrEnum):
    """What became of one file: opened, not opened, or of a kind that has no reader here."""

    OPENED = "opened"
    UNOPENED = "unopened"
    NO_READER = "no_reader"


def open_apart(paths: Sequence[Path]) -> Mapping[Path, Opening]:
    """Given restored files, return what became of each. A file that fells the child is UNOPENED."""
    waiting, answers = list(paths), {}
    while waiting:
        with _child() as child:
            for path in tuple(waiting):
                answer = _ask(child, path)
                answers[path] = answer or Opening.UNOPENED
                waiting.remove(path)
                if answer is None:
                    break  # a fresh child for the rest
    return answers


def _ask(child: "subprocess.Popen[str]", path: Path) -> Opening | None:
    """Return the child's answer about one file, or None if it fell or took too long."""
    assert child.stdin is not None  # noqa: S101  (asked for below; tells the type checker)
    assert child.stdout is not None  # noqa: S101
    timer = threading.Timer(PATIENCE, child.kill)
    timer.start()
    try:
        child.stdin.write(json.dumps(os.fsencode(path).hex()) + "\n")
        child.stdin.flush()
        answer = child.stdout.readline().strip()
    except BrokenPipeError:
        return None
    finally:
        timer.cancel()
    return Opening(answer) if answer in set(Opening) else None


@contextmanager
def _child() -> "Iterator[subprocess.Popen[str]]":
    quiet = {"PYTHONWARNINGS": "ignore", "PATH": os.environ.get("PATH", "")}
    with subprocess.Popen(
        [sys.executable, "-I", "-m", CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=quiet,
        text=True,
    ) as child:
        try:
            yield child
        finally:
            child.kill()
