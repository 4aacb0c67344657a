"""A cell: one confined process that reads untrusted bytes and answers in a few words."""

import contextlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from vigie.readers.sandbox import channel
from vigie.tools.confinement import Limits, Link

_START = (
    "import sys; sys.path[:] = {path!r}; "
    "from vigie.readers.sandbox.{main} import main; main(sys.argv[1:])"
)
_SECONDS_TO_START = 20.0  # an old practice PC just switched on
_GRACE = 0.5  # seconds for the cell's own alarm to be the one that ends it


class ReadFailed(Exception):
    """The cell gave no answer. `reason` is a slug: what became of it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Cell:
    """One confined process around one reader (a function, by its dotted name).

    `prepared` are plain values for the `prepare` of the reader's module, which runs before
    everything is given up. A cell that failed once is closed and never asked again. `missing`
    names the links of the confinement that this system could not give. Not for several threads
    at once.
    """

    main = "inside"  # what runs in it
    lives_on = False  # after a failure

    def __init__(
        self, reader: str, limits: Limits, prepared: Mapping[str, object] | None = None
    ) -> None:
        self._limits = limits
        self._end, theirs = socket.socketpair()
        wanted = {
            "reader": reader,
            "socket": theirs.fileno(),
            "time": limits.time.total_seconds(),
            "life": limits.life.total_seconds(),
            "memory": limits.memory,
            "answer": limits.answer,
            "files": limits.files,
            "prepared": dict(prepared or {}),
        }
        start = _START.format(path=sys.path, main=self.main)
        with theirs:
            # A fresh interpreter, not a fork: nothing of the agent's memory goes with it.
            self._process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-B", "-c", start, json.dumps(wanted)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env={"MALLOC_ARENA_MAX": "1"},
                cwd="/",
            )
        self.missing: tuple[Link, ...] = ()
        self._ready = False

    @property
    def pid(self) -> int:
        """Return the process's number."""
        return self._process.pid

    def ask(self, options: dict[str, Any], descriptor: int | None = None) -> Any:  # noqa: ANN401
        """Return the reader's answer, still untrusted. Raise ReadFailed, and be closed, if none."""
        try:
            self.wait_until_ready()
            self._end.settimeout(self._limits.time.total_seconds() + _GRACE)
            channel.send(self._end, options, descriptor)
            reply, stray = channel.receive(self._end, self._limits.answer + 64)
        except TimeoutError:
            self.close()
            raise ReadFailed("too_slow") from None
        except channel.ChannelBroken as trouble:
            raise ReadFailed(self._end_of(trouble)) from None
        except OSError:
            raise ReadFailed(self._end_of(channel.ChannelBroken("gone"))) from None
        if stray is not None or "answer" not in reply:
            self.close()
            raise ReadFailed(reason_of(reply.get("failed")))
        return reply["answer"]

    def wait_until_ready(self) -> None:
        """Return once the cell has given everything up. Raise ChannelBroken if it cannot start."""
        if self._ready:
            return
        self._end.settimeout(_SECONDS_TO_START)
        hello, _ = channel.receive(self._end, self._limits.answer)
        self.missing = tuple(link for link in Link if link.value in hello.get("missing", Link))
        self._ready = True

    def close(self) -> None:
        """End the process and wait for it."""
        self._end.close()
        self._process.kill()
        self._process.wait()

    def _end_of(self, trouble: channel.ChannelBroken) -> str:
        """Return what ended the process, as a slug."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=_GRACE)
        code = self._process.returncode
        self.close()
        if str(trouble) != "gone":
            return "bad_answer"
        if code in (-signal.SIGALRM, -signal.SIGXCPU):
            return "too_slow"
        return "died"


_REASONS = frozenset({"answer_too_long", "out_of_memory", "too_deep", "forbidden", "unreadable"})


def reason_of(untrusted: object) -> str:
    """Return the slug of why a cell has no answer, as it says itself."""
    return untrusted if isinstance(untrusted, str) and untrusted in _REASONS else "bad_answer"
