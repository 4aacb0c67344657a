"""The gate: answers the kernel, in a thread that never waits for anything else.

What can be answered from memory is; everything else goes to the keeper, which answers when the
last good version is safe. If an answer cannot be found, the open is allowed: a practice that
cannot work is harm as well.
"""

import contextlib
import logging
import os
import select
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.tools.barrier import Barrier
from vigie.tools.fanotify import Asking, Question, Telling
from vigie.tools.leases import Leases
from vigie.tools.processes import Families, opens_to_write

if TYPE_CHECKING:
    from vigie.sensors.disk.register import Inode

log = logging.getLogger(__name__)

BEAT_MS = 250  # between two signs of life when nothing happens
MOST_READS = 100_000  # remembered between two rounds of the keeper


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that the keeper must answer."""

    question: Question
    family: str
    write: bool


class Gate:
    """The two kernel groups, the leases, and the thread that answers for them."""

    def __init__(self, families: Families, barrier: Barrier, beat: Callable[[], None]) -> None:
        self.asking, self.telling = Asking(), Telling()
        self.leases: Leases | None = None
        self.asked: deque[Asked] = deque()
        self.broken: deque[int] = deque()  # descriptors whose lease somebody is breaking
        self.reads: deque[tuple[str, Inode]] = deque(maxlen=MOST_READS)
        self.wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.suspects: set[str] = set()  # families that wrote something unreadable: they wait
        # for the keeper even to read, so that they never run ahead of its judgement
        self._families, self._barrier, self._beat = families, barrier, beat
        self._standing = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._stand, name="gate", daemon=True)

    def open(self) -> None:
        """Begin to answer; return when leases can be taken."""
        self._thread.start()
        self._standing.wait()

    def close(self) -> None:
        """Let everyone go, and drop all marks."""
        self._stop.set()
        self._thread.join()
        self.asking.close()
        self.telling.close()
        os.close(self.wake)

    def answer(self, asked: Asked, *, allow: bool, keep_open: bool = False) -> None:
        """Answer one question, and close its descriptor unless it is still needed."""
        with contextlib.suppress(OSError):  # who asked has been killed meanwhile
            self.asking.answer(asked.question, allow=allow)
        if not keep_open:
            os.close(asked.question.descriptor)

    def _stand(self) -> None:
        self.leases = Leases()
        poller = select.poll()
        poller.register(self.asking.descriptor, select.POLLIN)
        poller.register(self.leases.descriptor, select.POLLIN)
        self._standing.set()
        while not self._stop.is_set():
            self._beat()
            self._families.catch_up()
            ready = {descriptor for descriptor, _ in poller.poll(BEAT_MS)}
            if self.leases.descriptor in ready:
                self.broken.extend(self.leases.broken())
                os.eventfd_write(self.wake, 1)
            if self.asking.descriptor in ready:
                for question in self.asking.questions():
                    self._meet(question)
        self.leases.close()

    def _meet(self, question: Question) -> None:
        try:
            self._decide(question)
        except Exception:  # fail open: whatever we got wrong, nobody waits for it
            log.exception("let through without looking")
            self.answer(Asked(question, "", write=False), allow=True)

    def _decide(self, question: Question) -> None:
        if os.path.exists(f"/proc/self/task/{question.tid}"):  # noqa: PTH110  (at each open)
            self.answer(Asked(question, "", write=False), allow=True)
            return
        asked = Asked(question, self._families.of(question.tid), opens_to_write(question.tid))
        if self.refuses(asked):
            self.answer(asked, allow=False)
        elif asked.write or asked.family in self.suspects:
            self.asked.append(asked)
            os.eventfd_write(self.wake, 1)
        else:
            state = os.fstat(question.descriptor)
            self.reads.append((asked.family, (state.st_dev, state.st_ino)))
            self.answer(asked, allow=True)

    def refuses(self, asked: Asked) -> bool:
        """Return whether a deed stands against this open."""
        if not self._barrier.frozen and not self._barrier.blocked:
            return False
        path = os.readlink(f"/proc/self/fd/{asked.question.descriptor}")  # noqa: PTH115  (at each open)
        return self._barrier.refuses(asked.family, path, write=asked.write)

    def frozen(self, family: str) -> bool:
        """Return whether a family is frozen."""
        return family in self._barrier.frozen
