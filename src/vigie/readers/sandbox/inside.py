"""What runs in a cell: give everything up, then answer questions until the keeper hangs up."""

import importlib
import json
import os
import signal
import socket
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from vigie.readers.sandbox import channel
from vigie.tools.confinement import Limits, enter

_LONGEST_QUESTION = 64 * 1024

# A reader is a function (descriptor, **options) whose answer JSON can say.
ReadFunction = Callable[..., Any]


def main(untrusted_arguments: Sequence[str]) -> None:
    """Given the cell's socket, its limits and its reader as JSON, answer until the end."""
    wanted = json.loads(untrusted_arguments[0])
    limits = Limits(
        time=timedelta(seconds=wanted["time"]),
        life=timedelta(seconds=wanted["life"]),
        memory=wanted["memory"],
        answer=wanted["answer"],
        files=wanted["files"],
        threads=wanted["threads"],
    )
    module, _, name = wanted["reader"].rpartition(".")
    reader: ReadFunction = getattr(importlib.import_module(module), name)
    prepare(module, wanted["prepared"])
    end = socket.socket(fileno=wanted["socket"])
    channel.send(end, {"missing": [link.value for link in enter(limits)]})
    while _answer(end, reader, limits):
        pass


def prepare(module: str, prepared: dict[str, Any]) -> None:
    """Hand the keeper's own values to the reader's module, while files can still be read."""
    if prepared:
        importlib.import_module(module).prepare(**prepared)


def warm_up(module: str) -> None:
    """Have the reader's module read specimens of ours, where it has any (`warm_up`).

    What a first reading fills (compiled expressions, type caches, the interpreter's own
    specialised code) is then there for every process forked from this one.
    """
    getattr(importlib.import_module(module), "warm_up", lambda: None)()


def _answer(end: socket.socket, reader: ReadFunction, limits: Limits) -> bool:
    """Answer one question. Return False after a failure: a cell that failed is not used again."""
    try:
        question, descriptor = channel.receive(end, _LONGEST_QUESTION)
    except channel.ChannelBroken:
        return False
    return answer(end, reader, limits, question, descriptor)


def answer(
    end: socket.socket,
    reader: ReadFunction,
    limits: Limits,
    question: dict[str, Any],
    descriptor: int | None,
) -> bool:
    """Send what the reader makes of one question, or why there is no answer; False then."""
    # Its default action ends the process, whatever a library is doing at that moment.
    signal.setitimer(signal.ITIMER_REAL, limits.time.total_seconds())
    failed = ""
    try:
        reply = json.dumps({"answer": reader(descriptor, **question)}).encode()
        if len(reply) > limits.answer:
            failed = "answer_too_long"
    except MemoryError:
        failed = "out_of_memory"
    except RecursionError:
        failed = "too_deep"
    except OSError as trouble:
        # Refused by the confinement, or the file itself cannot be read.
        failed = "forbidden" if isinstance(trouble, PermissionError) else "unreadable"
    if failed:
        channel.send(end, {"failed": failed})
        return False
    signal.setitimer(signal.ITIMER_REAL, 0)
    if descriptor is not None:
        os.close(descriptor)
    channel.send(end, json.loads(reply))
    return True
