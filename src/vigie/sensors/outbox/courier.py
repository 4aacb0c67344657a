"""The courier: brings each message to the provider once, however often we are interrupted.

What makes a message binding is its last line. Before it, nothing has been sent; once the answer is
written down, everything has. In between, the mark in memory tells the next process what happened;
where nobody can know, a person is asked and nothing is sent again by itself (ADR 0026).
"""

import logging
import random
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from vigie.sensors.outbox.credentials import KnownCredentials
from vigie.sensors.outbox.leaving import (
    GOES_ON,
    KIND,
    Envelope,
    Event,
    News,
    State,
    envelope_of,
    keep,
)
from vigie.sensors.outbox.lines import Lines
from vigie.sensors.outbox.returning import returned
from vigie.tools.held import Held, HeldStore, NoRoom, Spoilt
from vigie.tools.marks import Mark, Marks, Stage
from vigie.tools.smtp import Credentials, Line, NoAnswer, Refused, Unsure

log = logging.getLogger(__name__)

FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(minutes=15)
SHORTEST_WAIT = timedelta(seconds=1)
TOLD_AFTER = timedelta(hours=1)  # a report that has not left by then should be telephoned
GIVEN_UP_AFTER = timedelta(days=2)  # mail servers wait up to five; a practice should know earlier
NO_LONGER = frozenset({535})  # the provider does not let these credentials in any more


@dataclass(frozen=True, slots=True)
class _Ended:
    """What came of a delivery, and for whom, until it is written down."""

    held: Held
    mark: Mark
    state: State
    reached: Sequence[str]
    refused: Mapping[str, Refused]


class Courier:
    """Sends what is held in `store`. `send` may be called from several threads."""

    def __init__(  # noqa: PLR0913  (what it sends with)
        self,
        store: HeldStore,
        marks: Marks,
        lines: Lines,
        known: KnownCredentials,
        *,
        news: News,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._marks, self._lines, self._known = store, marks, lines, known
        self._news, self._clock = news, clock
        self._under_way: set[str] = set()
        self._unwritten: list[_Ended] = []
        self._lock = threading.Lock()

    def recover(self) -> None:
        """Deal with what the process before was doing when it ended."""
        for left in self._marks.left():
            held = self._store.find(left.id)
            if held and held.state in GOES_ON:
                log.info("%s was under way when we ended: %s", left.id, left.stage.name)
                trying = held.note.get("trying") or envelope_of(held).recipients
                if left.stage is Stage.TAKEN:
                    self._settle(held, State.SENT, trying)
                elif left.stage is Stage.LAST_LINE or not left.same_start:
                    self._settle(held, State.UNSURE, trying)
                    self._news(Event.UNSURE, held)
            self._marks.clear(left.id)
        for held in self._store.items(KIND, [State.SENT]):
            self._store.forget_content(held.id)

    def due(self, now: datetime) -> tuple[Held, ...]:
        """Return what should be sent now and is not under way."""
        with self._lock:
            busy = set(self._under_way)
        return tuple(h for h in self._store.due(KIND, GOES_ON, now) if h.id not in busy)

    def write_down(self) -> None:
        """Write down what was sent while the disk was full."""
        with self._lock:
            waiting, self._unwritten = self._unwritten, []
        for ended in waiting:
            self._end(ended)

    def send(self, name: str) -> None:
        """Send one message, if it is to be sent and nobody else is at it."""
        with self._lock:
            if name in self._under_way:
                return
            self._under_way.add(name)
        held = self._store.find(name)
        if held is None or held.state not in GOES_ON or not self._attempt(held):
            with self._lock:
                self._under_way.discard(name)

    def _attempt(self, held: Held) -> bool:
        """Try once; return True while what came of it is not written down yet."""
        try:
            return self._deliver(held)
        except NoAnswer as trouble:
            self._later(held, 0, str(trouble))
        except Refused as refusal:
            if refusal.for_now:
                self._later(held, refusal.code, refusal.text)
            else:
                self._give_up(held, dict.fromkeys(envelope_of(held).recipients, refusal))
        except Spoilt:
            self._store.move(held.id, GOES_ON, State.RETURNED, note={"reason": "spoilt"})
            self._news(Event.RETURNED, held)
        except NoRoom as trouble:  # nothing was sent, and nothing could be written down
            log.warning("%s waits: %s", held.id, trouble)
        return False

    def _deliver(self, held: Held) -> bool:
        envelope, content = envelope_of(held), self._store.content(held.id)
        credentials = self._known.of(envelope.account) if envelope.account else None
        if envelope.account and credentials is None:
            return self._needs_sign_in(held)
        try:
            line, used = self._lines.take(credentials)
        except Refused as refusal:
            if refusal.code in NO_LONGER:
                return self._needs_sign_in(held)
            raise NoAnswer(str(refusal)) from refusal  # it is the line that was refused
        try:
            return self._over(line, held, envelope, content, credentials)
        except NoAnswer:
            if not used:
                raise
        line = self._lines.fresh(credentials)
        return self._over(line, held, envelope, content, credentials)

    def _over(
        self,
        line: Line,
        held: Held,
        envelope: Envelope,
        content: bytes,
        credentials: Credentials | None,
    ) -> bool:
        mark = self._marks.begin(held.id)
        if mark is None:
            line.close()
            raise NoAnswer("too many deliveries at once")
        good = False
        try:
            taken = line.deliver(
                envelope.sender,
                envelope.recipients,
                content,
                options=envelope.options,
                binding=lambda taken: self._note(held, envelope, taken),
                last_line=lambda: mark.at(Stage.LAST_LINE),
            )
            mark.at(Stage.TAKEN)
            good = True
        except Unsure:
            return self._end(_Ended(held, mark, State.UNSURE, envelope.recipients, {}))
        except BaseException:
            mark.free()
            raise
        finally:
            if good:
                self._lines.give_back(credentials, line)
            else:
                line.close()
        return self._end(_Ended(held, mark, State.SENT, taken.taken, taken.refused))

    def _note(self, held: Held, envelope: Envelope, taken: Sequence[str]) -> None:
        """Write down who is being sent to, where that is not everybody."""
        if tuple(taken) != envelope.recipients or held.note.get("trying"):
            self._store.move(
                held.id, GOES_ON, held.state, due=held.due, note={"trying": list(taken)}
            )

    def _end(self, ended: "_Ended") -> bool:
        """Write down what came of a delivery; return True when there was no room to."""
        held = ended.held
        try:
            self._settle(held, ended.state, ended.reached)
        except NoRoom:  # the mark says it meanwhile, to us and to whoever comes after us
            with self._lock:
                self._unwritten.append(ended)
            return True
        ended.mark.free()
        with self._lock:
            self._under_way.discard(held.id)
        if ended.state is State.UNSURE:
            self._news(Event.UNSURE, held)
        if for_good := {r: no for r, no in ended.refused.items() if not no.for_now}:
            self._give_up(self._store.find(held.id) or held, for_good)
        return False

    def _settle(self, held: Held, state: State, reached: Sequence[str]) -> None:
        """Move a message on; where some recipients were not tried, it stays queued for them."""
        left = [r for r in envelope_of(held).recipients if r not in reached]
        if left and state is State.SENT:
            self._store.move(
                held.id,
                GOES_ON,
                State.QUEUED,
                due=self._clock() + FIRST_WAIT,
                note={"left": left, "trying": None},
            )
            return
        self._store.move(held.id, GOES_ON, state, due=self._clock())
        if state is State.SENT:
            self._store.forget_content(held.id)

    def _needs_sign_in(self, held: Held) -> bool:
        if not held.note.get("sign_in"):
            self._news(Event.SIGN_IN, held)
        self._later(held, 535, "the provider asks to sign in again", sign_in=True)
        return False

    def _later(self, held: Held, code: int, why: str, *, sign_in: bool = False) -> None:
        """Queue a message for another try, or give it up when it has waited too long."""
        now, tries = self._clock(), int(held.note.get("tries", 0))
        if now - held.at > GIVEN_UP_AFTER:
            refusal = Refused(code or 451, why)
            self._give_up(held, dict.fromkeys(envelope_of(held).recipients, refusal))
            return
        bound = min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(tries, 16)).total_seconds()
        wait = max(SHORTEST_WAIT.total_seconds(), random.uniform(0, bound))  # noqa: S311  (jitter)
        told = bool(held.note.get("told"))
        if not told and now - held.at > TOLD_AFTER:
            self._news(Event.DELAYED, held)
            told = True
        note = {"tries": tries + 1, "why": why[:200], "told": told, "sign_in": sign_in}
        due = now + timedelta(seconds=wait)
        self._store.move(held.id, GOES_ON, State.QUEUED, due=due, note=note)
        log.info("%s waits for another try: %s", held.id, why)

    def _give_up(self, held: Held, refused: dict[str, Refused]) -> None:
        """Tell the sender, in their own mailbox, whom the message did not reach; then settle it."""
        envelope = envelope_of(held)
        if not envelope.notice:
            notice = Envelope(
                account=envelope.account,
                sender=envelope.sender,
                recipients=(envelope.sender,),
                notice=held.id,
            )
            content = returned(self._store.content(held.id), envelope, refused, self._clock())
            kept, _ = keep(self._store, notice, content, self._clock())
            self._store.move(kept.id, [State.NEW], State.QUEUED, due=self._clock())
        left = [r for r in envelope.recipients if r not in refused]
        note = {"left": left, "refused": {r: str(no)[:200] for r, no in refused.items()}}
        if left:
            self._store.move(held.id, GOES_ON, State.QUEUED, due=held.due, note=note)
        else:
            self._store.move(held.id, GOES_ON, State.RETURNED, note=note | {"left": None})
        self._news(Event.RETURNED, held)
