"""The gate: answers who the porter does not let through, in a thread that waits for nothing else.

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
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vigie.sensors.disk.porter import Porter, PorterGone
from vigie.tools.barrier import Barrier
from vigie.tools.fanotify import Asking, Question, Telling
from vigie.tools.leases import Leases
from vigie.tools.processes import Families, everyone, opens_to_write

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
    """The two kernel groups, the leases, the porter, and the thread that answers beside it.

    `fallen`: the porter has ended; whoever it met waits until the gate is closed.
    """

    def __init__(self, families: Families, barrier: Barrier, beat: Callable[[], None]) -> None:
        self.asking, self.telling = Asking(), Telling()
        self.leases: Leases | None = None
        self.asked: deque[Asked] = deque()
        self.broken: deque[int] = deque()  # descriptors whose lease somebody is breaking
        self._reads: deque[tuple[str, Inode]] = deque(maxlen=MOST_READS)
        self.wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self.fallen = False
        self._suspects: set[str] = set()  # families that wrote something unreadable: they wait
        # for the keeper even to read, so that they never run ahead of its judgement
        self._families, self._barrier, self._beat = families, barrier, beat
        try:
            self._porter = Porter(self.asking)
        except OSError:
            self.asking.close()
            self.telling.close()
            raise
        barrier.when_changed(self._settle_strictness)
        self._standing = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._stand, name="gate", daemon=True)

    def open(self) -> None:
        """Begin to answer; return when leases can be taken."""
        self._thread.start()
        self._standing.wait()

    def close(self) -> None:
        """Let everyone go, and drop all marks."""
        self._barrier.when_changed(None)
        self._stop.set()
        self._thread.join()
        self._porter.close()
        self.asking.close()
        self.telling.close()
        os.close(self.wake)

    def answer(self, asked: Asked, *, allow: bool, keep_open: bool = False) -> None:
        """Answer one question, and close its descriptor unless it is still needed."""
        with contextlib.suppress(OSError):  # who asked has been killed meanwhile
            self.asking.answer(asked.question, allow=allow)
        self._porter.answered(asked.question)
        if not keep_open:
            os.close(asked.question.descriptor)

    def reads(self) -> Iterator[tuple[str, "Inode"]]:
        """Yield who opened what for reading since the last call: the family and the inode."""
        for tid, inode in self._porter.reads():
            yield self._families.of(tid), inode
        while self._reads:
            yield self._reads.popleft()

    def suspect(self, family: str) -> None:
        """Have a family wait for the keeper from now on, even to read."""
        self._suspects.add(family)
        self._settle_strictness()

    def suspects(self, family: str) -> bool:
        """Return whether a family wrote something unreadable."""
        return family in self._suspects

    def forget_the_ended(self) -> None:
        """Suspect nobody who has ended: while somebody is suspected, all readers are slower."""
        if self._suspects:
            alive = {self._families.of(process.pid) for process in everyone()}
            self._suspects &= alive
            self._settle_strictness()

    def _settle_strictness(self) -> None:
        strict = bool(self._suspects or self._barrier.frozen)
        self._porter.be_strict(strict=strict)

    def _stand(self) -> None:
        self.leases = Leases()
        poller = select.poll()
        poller.register(self._porter.door, select.POLLIN)
        poller.register(self.leases.descriptor, select.POLLIN)
        self._standing.set()
        while not self._stop.is_set():
            self._beat()
            self._families.catch_up()
            ready = {descriptor for descriptor, _ in poller.poll(BEAT_MS)}
            if self.leases.descriptor in ready:
                self.broken.extend(self.leases.broken())
                os.eventfd_write(self.wake, 1)
            try:
                self._porter.check()
                if self._porter.door.fileno() in ready:
                    for question in self._porter.passed():
                        self._meet(question)
            except PorterGone:
                self.fallen = True
                os.eventfd_write(self.wake, 1)
                break
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
        elif asked.write or asked.family in self._suspects:
            self.asked.append(asked)
            os.eventfd_write(self.wake, 1)
        else:
            state = os.fstat(question.descriptor)
            self._reads.append((asked.family, (state.st_dev, state.st_ino)))
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
