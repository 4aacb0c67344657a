"""The keeper: one thread that owns the register, and answers what the gate could not."""

import contextlib
import logging
import os
import select
import threading
import time
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from datetime import timedelta
from typing import Any, TypeVar

from vigie.sensors.disk.gate import Asked, Gate
from vigie.sensors.disk.judging import Judging
from vigie.sensors.disk.keeping import Keeping
from vigie.sensors.disk.noticing import UNSEEN, Noticing
from vigie.sensors.disk.register import Document, Register
from vigie.tools.vault import Vault

log = logging.getLogger(__name__)
T = TypeVar("T")

SETTLED = timedelta(seconds=0.7)  # without a change, a new file is done: unzip and checkouts run
# at full speed, and what is younger than this is the one thing that is not kept
LOOKS = (0.15, 0.5, 2.0, 10.0, 60.0)  # seconds after an open for writing: a mapped file or a
# descriptor kept open tells nobody when it is written
SLICE = 16  # fresh files protected between two looks at the questions
UPKEEP = 60.0  # seconds between two rounds of putting names and versions in order


class Keeper:
    """Answer questions first, then take in changes, then look again, then protect what is new."""

    def __init__(  # noqa: PLR0913, PLR0917  (it owns exactly these)
        self,
        gate: Gate,
        register: Register,
        keeping: Keeping,
        judging: Judging,
        noticing: Noticing,
        vault: Vault,
    ) -> None:
        self._gate, self._register, self._vault = gate, register, vault
        self._keeping, self._judging, self._noticing = keeping, judging, noticing
        self._due: list[tuple[float, Document]] = []
        self._calls: deque[tuple[Future[Any], Callable[[], None]]] = deque()
        self._calls_lock = threading.Lock()
        self._over = False
        self._surveyed = False
        self._upkeep_at = time.monotonic() + UPKEEP

    def survey(self, folders: tuple[str, ...]) -> None:
        """Protect what lies in the folders now, then judge what became of it while unwatched."""
        for folder in folders:
            for count, _ in enumerate(self._noticing.survey(folder)):
                if count % SLICE == 0:
                    self._round()
        self._noticing.judge_unseen()
        self._surveyed = True
        self._vault.commit()

    def keep_watch(self, stop: threading.Event, check_sight: Callable[[], None]) -> None:
        """Work until `stop` is set; `check_sight` is called between two rounds."""
        poller = select.poll()
        poller.register(self._gate.telling.descriptor, select.POLLIN)
        poller.register(self._gate.wake, select.POLLIN)
        while not stop.is_set():
            poller.poll(self._patience())
            with contextlib.suppress(BlockingIOError):
                os.eventfd_read(self._gate.wake)
            self._round()
            self._judge_fresh()
            self._look_again()
            self._settle()
            check_sight()

    def call(self, task: Callable[[], T]) -> T:
        """Run `task` on the keeper's thread and return what it returns; for other threads.

        Raise what it raises, and CancelledError when the keeper ends before.
        """
        answer: Future[T] = Future()

        def fulfil() -> None:
            try:
                answer.set_result(task())
            except Exception as trouble:  # noqa: BLE001  (it is raised again where it was asked)
                answer.set_exception(trouble)

        with self._calls_lock:
            if self._over:
                raise CancelledError
            self._calls.append((answer, fulfil))
        os.eventfd_write(self._gate.wake, 1)
        return answer.result()

    def end(self) -> None:
        """Answer everyone who still waits; nobody may wait for a keeper that has ended."""
        with self._calls_lock:
            self._over = True
        for answer, _ in self._calls:
            answer.cancel()
        while self._gate.asked:
            self._gate.answer(self._gate.asked.popleft(), allow=True)

    def _patience(self) -> int:
        if self._register.fresh or self._due:
            return 50
        return 1000

    def _round(self) -> None:
        self._noticing.take_in()
        while self._gate.broken:
            self._lease_broken(self._gate.broken.popleft())
        while self._gate.asked:
            asked = self._gate.asked.popleft()
            try:
                self._answer(asked)
            except Exception:  # fail open: whatever we got wrong, nobody waits for it
                log.exception("answered without judging")
                self._gate.answer(asked, allow=True)
        while self._calls and self._surveyed:  # half a survey does not know what is damaged
            _, fulfil = self._calls.popleft()
            fulfil()

    def _answer(self, asked: Asked) -> None:
        self._noticing.take_in()
        self._catch_up(asked.family)
        descriptor = asked.question.descriptor
        state = os.fstat(descriptor)
        document = self._register.by_inode.get((state.st_dev, state.st_ino))
        if self._gate.refuses(asked):
            self._gate.answer(asked, allow=False)
            return
        if document is None or not asked.write:
            if document is not None:
                self._noticing.read(document, asked.family)
            self._gate.answer(asked, allow=True)
            return
        self._keeping.secure(document, descriptor, asked.family)
        self._schedule(document)
        adopted = document.descriptor < 0
        if adopted:
            document.descriptor = descriptor
        self._gate.answer(asked, allow=True, keep_open=adopted)

    def _catch_up(self, family: str) -> None:
        """Judge what was written before, so that nobody runs far ahead of the judgement."""
        written: defaultdict[str, list[Document]] = defaultdict(list)
        for document in self._register.dirty.values():
            written[document.family].append(document)
        for writer, documents in written.items():
            over = len(documents) - self._judging.ahead(writer)
            for document in documents:
                if over > 0 and self._keeping.writer_done(document):
                    self._judging.changed(document, done=True)
                    over -= 1
        self._judging.waiting(family)

    def _judge_fresh(self) -> None:
        for family in list(self._register.unjudged):
            self._judging.waiting(family)
            self._round()

    def _lease_broken(self, descriptor: int) -> None:
        for document in self._register.by_inode.values():
            if document.descriptor == descriptor:
                self._keeping.secure(document, descriptor, "")
                self._schedule(document)
                return

    def _schedule(self, document: Document) -> None:
        document.looks = 0
        self._due.append((time.monotonic() + LOOKS[0], document))

    def _look_again(self) -> None:
        while self._keeping.unasked:
            self._schedule(self._keeping.unasked.pop())
        now = time.monotonic()
        due = [document for at, document in self._due if at <= now]
        self._due = [(at, document) for at, document in self._due if at > now]
        for document in due:
            self._round()
            if not document.dirty or document.removed or document.descriptor < 0:
                continue
            self._judging.changed(document, done=self._keeping.writer_done(document))
            if document.dirty and not document.broken:
                document.looks = min(document.looks + 1, len(LOOKS) - 1)
                self._due.append((now + LOOKS[document.looks], document))

    def _settle(self) -> None:
        now = time.monotonic()
        self._judging.tell_removals()
        limit = now - SETTLED.total_seconds()
        for path in self._old_enough(limit):
            fresh = self._register.fresh[path]
            folder = self._register.top(path)
            if fresh.heir_of is not None and not fresh.judged:
                self._judging.fresh(path, fresh)
                if not fresh.judged:
                    continue
            self._register.forget_fresh(path)
            if path in self._register.by_path or fresh.heir_of is not None:
                continue
            if not self._gate.frozen(fresh.family):
                self._keeping.protect(path, folder)
        if not self._register.fresh:
            self._vault.commit()
            if self._noticing.gone:
                self._vault.gone(self._noticing.gone)
                self._noticing.gone.clear()
        if now > self._upkeep_at:
            self._upkeep_at = now + UPKEEP
            self._keeping.refresh()
            self._keeping.settle_names()
            self._vault.prune()
            self._gate.forget_the_ended()

    def _old_enough(self, limit: float) -> Iterator[str]:
        # What we put back ourselves is whole at once, and must not stand unguarded for a moment.
        fresh_files = self._register.fresh.items()
        chosen = [path for path, fresh in fresh_files if fresh.own or fresh.since < limit]
        return iter(chosen[:SLICE])

    def damaged(self, family: str) -> list[tuple[str, str]]:
        """Return what to put back after `family` (and every other family that did harm).

        Each document's name, and where it is now. Judges first what is still unjudged.
        """
        self._noticing.take_in()
        for document in list(self._register.dirty.values()):
            done = document.family == family or self._keeping.writer_done(document)
            self._judging.changed(document, done=done)
        culprits = {family, UNSEEN} | {f for f, t in self._register.traces.items() if t.harm}
        found = {d.name: d.path for d in self._register.by_inode.values() if d.broken}
        for culprit in culprits:
            traces = self._register.traces[culprit]
            for document in (*traces.removed.values(), *traces.renamed.values()):
                found.setdefault(document.name, document.path)
        for top in self._register.tops:
            if not os.path.isdir(top):  # noqa: PTH112  (plain paths here)
                for document in self._register.below(top):  # moved away as a whole
                    found.setdefault(document.name, document.path)
        return list(found.items())
