"""The spine: evidence in, deeds done, reports kept. Sensors call it from their own threads."""

import logging
import queue
import threading
import uuid
from collections.abc import Callable, Collection, Mapping, MutableMapping
from datetime import UTC, datetime

from vigie.agent.taking_back import take_back
from vigie.domain.evidence import Evidence
from vigie.domain.response import Deed, Outcome, Response, Result
from vigie.domain.verdict import Report, Verdict, report
from vigie.responders import Responder
from vigie.tools.undo import UndoBook
from vigie.watch.patrol import Patrol

log = logging.getLogger(__name__)

# Done before the sensor goes on, because each millisecond is a file, or somebody before a keyboard.
# All else waits its turn: a sensor that answers the kernel must not wait for a firewall.
URGENT = frozenset({Deed.FREEZE, Deed.BLOCK, Deed.HOLD, Deed.RELEASE})

Keep = Callable[[Verdict, Report], None]


def _now() -> datetime:
    return datetime.now(UTC)


class Spine:
    """Carry each verdict of the patrol to its responders, and hand the report to `keep`.

    `see` may be called from any thread; it returns when the urgent deeds are done. The others,
    and `keep`, happen in order on one thread of the spine's own. A report is kept when all its
    deeds have an outcome; nothing a responder does can stop the next evidence from being seen.
    `under_way` holds each verdict by its report's id while its deeds are carried out: what TELL
    and ASK find their words in. `begin` receives each report once its urgent deeds are done, before
    the others: a kill in between must not leave deeds that nobody was told of.
    """

    def __init__(  # noqa: PLR0913, PLR0917  (what the way through the house touches)
        self,
        patrol: Patrol,
        responders: Mapping[Deed, Responder],
        undo: UndoBook,
        keep: Keep,
        clock: Callable[[], datetime] = _now,
        under_way: MutableMapping[str, Verdict] | None = None,
        begin: Keep = lambda _verdict, _report: None,
    ) -> None:
        self._patrol = patrol
        self._responders = responders
        self._undo = undo
        self._keep = keep
        self._clock = clock
        self._begin = begin
        self._under_way = {} if under_way is None else under_way
        self._seeing = threading.Lock()
        self._later: queue.Queue[tuple[Verdict, str, list[Outcome]] | None] = queue.Queue()
        self._worker = threading.Thread(target=self._work, name="deeds", daemon=True)
        self._worker.start()

    def see(self, evidence: Evidence) -> tuple[Verdict, ...]:
        """Judge one piece of evidence, do at once what cannot wait; return what was concluded."""
        with self._seeing:
            verdicts = self._patrol.step(evidence)
        for verdict in verdicts:
            name = uuid.uuid4().hex
            self._under_way[name] = verdict
            urgent = [r for r in verdict.responses if r.deed in URGENT]
            self._later.put((verdict, name, [self._carry_out(r, name) for r in urgent]))
        return verdicts

    def take_back(
        self, report_id: str | None = None, *, leaving: Collection[Deed] = ()
    ) -> tuple[Outcome, ...]:
        """Undo everything done under one report (or all reports), the latest deed first.

        Deeds in `leaving` stand.
        """
        return take_back(self._undo, self._responders, report_id, at=self._clock(), leaving=leaving)

    @property
    def alive(self) -> bool:
        """Return whether deeds are still being done."""
        return self._worker.is_alive()

    def settle(self) -> None:
        """Return once every deed begun so far has its outcome and every report is kept."""
        self._later.join()

    def close(self) -> None:
        """Finish what was begun, then end the spine's thread."""
        self._later.put(None)
        self._worker.join()

    def _work(self) -> None:
        while (task := self._later.get()) is not None:
            verdict, name, outcomes = task
            self._begin(verdict, report(verdict, outcomes, report_id=name))
            slow = (r for r in verdict.responses if r.deed not in URGENT)
            outcomes.extend(self._carry_out(response, name) for response in slow)
            self._under_way.pop(name, None)
            self._keep(verdict, report(verdict, outcomes, report_id=name))
            self._later.task_done()
        self._later.task_done()

    def _carry_out(self, response: Response, name: str) -> Outcome:
        responder = self._responders.get(response.deed)
        if responder is None:
            return self._failed(response.deed, "not_supported")
        try:
            return responder.carry_out(response, report=name, at=self._clock(), undo=self._undo)
        except Exception:  # a responder's failure is an outcome, never an outage
            log.exception("could not %s", response.deed)
            return self._failed(response.deed, "died")

    def _failed(self, deed: Deed, reason: str) -> Outcome:
        return Outcome(deed=deed, result=Result.FAILED, at=self._clock(), reason=reason)
