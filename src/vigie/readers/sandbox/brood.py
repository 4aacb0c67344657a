"""A brood: a confined process that forks a fresh cell for each question. Linux.

A process of its own for each file, for the price of a fork: what one file did to its reader, the
next one never meets. The parent reads nothing untrusted; each child has an answering line of its
own, so that a child taken over cannot speak for the one that follows.
"""

import os
import signal
import socket
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from vigie.readers.sandbox import channel
from vigie.readers.sandbox.cell import Cell, ReadFailed, reason_of
from vigie.tools.confinement import Limits, Link

_GRACE = 1.0  # seconds for the parent's own limit to be the one that ends the child


class Brood(Cell):
    """Like a cell, but each question is read by a process used for nothing else."""

    main = "brooding"

    def __init__(
        self, reader: str, limits: Limits, prepared: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(reader, limits, prepared)
        self.lives_on = True

    def ask(self, options: dict[str, Any], descriptor: int | None = None) -> Any:  # noqa: ANN401
        """Return the reader's answer, still untrusted. Raise ReadFailed if there is none."""
        ours, theirs = socket.socketpair()
        with ours:
            try:
                self.wait_until_ready()
                with theirs:
                    channel.send(self._end, options, descriptor, theirs.fileno())
                patience = self._limits.time.total_seconds() + _GRACE
                ours.settimeout(patience)
                reply, broken = self._reply(ours)
            except (channel.ChannelBroken, OSError):
                self._give_up()
                raise ReadFailed("died") from None
        return self._judge(reply, broken, patience)

    def _reply(self, ours: socket.socket) -> tuple[dict[str, Any], str]:
        """Return the child's answer, or an empty one and what is wrong with it."""
        try:
            hello, _ = channel.receive(ours, self._limits.answer)
            self.missing = tuple(
                link
                for link in Link
                if link in self.missing or link.value in hello.get("missing", Link)
            )
            reply, stray = channel.receive(ours, self._limits.answer + 64)
        except TimeoutError:
            return {}, "too_slow"
        except (channel.ChannelBroken, ConnectionError) as trouble:
            return {}, "died" if str(trouble) == "gone" else "bad_answer"
        if stray is not None:
            os.close(stray)
            return {}, "bad_answer"
        return reply, ""

    def _judge(self, reply: dict[str, Any], broken: str, patience: float) -> Any:  # noqa: ANN401
        try:
            self._end.settimeout(patience)
            ended, _ = channel.receive(self._end, 1024)
        except (channel.ChannelBroken, OSError):
            self._give_up()
            raise ReadFailed("died") from None
        status = int(ended["status"])
        killed = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        if ended["slow"] or killed in (signal.SIGALRM, signal.SIGXCPU):
            raise ReadFailed("too_slow")
        if broken or "answer" not in reply:
            raise ReadFailed(broken or reason_of(reply.get("failed")))
        return reply["answer"]

    def _give_up(self) -> None:
        self.lives_on = False
        self.close()


def disposable(prepared: Mapping[str, object] | None = None) -> Callable[[str, Limits], Cell]:
    """Return what makes cells whose answers each come from a fresh process, where that is cheap."""
    return partial(Brood if sys.platform == "linux" else Cell, prepared=prepared)
