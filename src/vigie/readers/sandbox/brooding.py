"""What runs in a brood: it never reads anything untrusted, it forks a cell for each question."""

import gc
import importlib
import json
import os
import select
import signal
import socket
import sys
from collections.abc import Sequence
from datetime import timedelta

from vigie.readers.sandbox import channel, inside
from vigie.tools.confinement import Limits, linux, retreat, seal

_LONGEST_QUESTION = 64 * 1024


def main(untrusted_arguments: Sequence[str]) -> None:
    """Given the brood's socket, its limits and its reader as JSON, fork until the end."""
    wanted = json.loads(untrusted_arguments[0])
    limits = Limits(
        time=timedelta(seconds=wanted["time"]),
        life=timedelta(seconds=wanted["time"] + 1),  # of one child
        memory=wanted["memory"],
        answer=wanted["answer"],
        files=wanted["files"],
    )
    module, _, name = wanted["reader"].rpartition(".")
    reader: inside.ReadFunction = getattr(importlib.import_module(module), name)
    inside.prepare(module, wanted["prepared"])
    inside.warm_up(module)
    end = socket.socket(fileno=wanted["socket"])
    linux.prepare()
    missing = retreat()
    gc.collect()
    gc.freeze()  # a child that collects would copy every page it shares
    channel.send(end, {"missing": [link.value for link in missing]})
    while _serve(end, reader, limits):
        pass


def _serve(end: socket.socket, reader: inside.ReadFunction, limits: Limits) -> bool:
    try:
        question, given = channel.receive_all(end, _LONGEST_QUESTION, 2)
    except channel.ChannelBroken:
        return False
    *documents, reply = given
    child = os.fork()
    if not child:
        _be_a_cell(end, question, documents, reply, reader, limits)
    for descriptor in given:
        os.close(descriptor)
    slow, status = _await(child, limits)
    channel.send(end, {"slow": slow, "status": status})
    return True


def _await(child: int, limits: Limits) -> tuple[bool, int]:
    """Return whether the child had to be ended, and how it ended."""
    watched = os.pidfd_open(child)
    try:
        waiting = select.poll()
        waiting.register(watched, select.POLLIN)
        slow = not waiting.poll(limits.time.total_seconds() * 1000)
        if slow:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(watched)
    return slow, status


def _be_a_cell(  # noqa: PLR0913, PLR0917  (what a child inherits)
    end: socket.socket,
    question: dict[str, object],
    documents: list[int],
    reply: int,
    reader: inside.ReadFunction,
    limits: Limits,
) -> None:
    """Answer one question and end, whatever happens."""
    try:
        gc.disable()
        end.close()
        answers = socket.socket(fileno=reply)
        missing = seal(limits)
        channel.send(answers, {"missing": [link.value for link in missing]})
        inside.answer(answers, reader, limits, question, documents[0] if documents else None)
    except BaseException:  # noqa: BLE001  (a child that raised must not go on as its parent)
        os._exit(1)
    finally:
        sys.stdout = sys.stderr = None
        os._exit(0)
