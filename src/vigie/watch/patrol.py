"""Patrol: one step of the watch. Evidence comes in, verdicts go out; nothing else happens."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.blindness import SensorSawAgain, SensorWentBlind
from vigie.domain.finding import Finding, Gravity
from vigie.domain.guard import Guard
from vigie.domain.response import Response
from vigie.domain.verdict import Verdict
from vigie.watch.quiet import Quiet

MOST_KEPT = 20_000  # pieces of evidence a guard: a month of damage; beyond it the oldest go

Decide = Callable[[Danger, Sequence[Finding]], tuple[Response, ...]]


class Patrol:
    """Show each new piece of evidence to the guards that watch its kind.

    A guard sees evidence of one machine, inside its window, oldest first. The patrol keeps no
    clock of its own: time is what the evidence says, so a play runs as fast as it is read.
    """

    def __init__(
        self, guards: Mapping[Danger, Guard[Any]], decide: Decide, quiet: Quiet | None = None
    ) -> None:
        self._guards = guards
        self._decide = decide
        self._quiet = quiet or Quiet()
        self._kept: dict[tuple[Danger, str], deque[Evidence]] = {}

    def step(self, evidence: Evidence) -> tuple[Verdict, ...]:
        """Given the newest evidence, return what there is to say and do about it."""
        if isinstance(evidence, SensorWentBlind | SensorSawAgain):
            opinions = [(danger, [_blindness(evidence)]) for danger in evidence.blinds]
        else:
            opinions = [
                (danger, self._judge(danger, guard, evidence))
                for danger, guard in self._guards.items()
                if isinstance(evidence, guard.watches)
            ]
        verdicts = [self._conclude(danger, findings, evidence) for danger, findings in opinions]
        if isinstance(evidence, SensorSawAgain):
            self._quiet.forget(evidence.sensor)  # the next blindness is news: unknown is not green
        return tuple(verdict for verdict in verdicts if verdict)

    def forget(self, settled: Callable[[Evidence], bool], subject: str) -> None:
        """Drop the evidence a person has settled, and let its subject be news again."""
        for key, kept in self._kept.items():
            self._kept[key] = deque((e for e in kept if not settled(e)), maxlen=MOST_KEPT)
        self._quiet.forget(subject)

    def _judge(self, danger: Danger, guard: Guard[Any], newest: Evidence) -> list[Finding]:
        kept = self._kept.setdefault((danger, newest.machine), deque(maxlen=MOST_KEPT))
        while kept and newest.at - kept[0].at > guard.window:
            kept.popleft()
        findings = list(guard.judge([*kept, newest]))
        if guard.window and guard.keeps(newest):
            kept.append(newest)
        return findings

    def _conclude(
        self, danger: Danger, findings: Sequence[Finding], evidence: Evidence
    ) -> Verdict | None:
        news = self._quiet.unsaid(danger, findings, evidence.at)
        if not news:
            return None
        return Verdict(
            danger=danger,
            at=evidence.at,
            machine=evidence.machine,
            findings=news,
            responses=self._decide(danger, news),
        )


def _blindness(evidence: SensorWentBlind | SensorSawAgain) -> Finding:
    went_blind = isinstance(evidence, SensorWentBlind)
    return Finding(
        gravity=Gravity.CONCERN if went_blind else Gravity.NOTE,
        fact="sensor_blind" if went_blind else "sensor_sees_again",
        clues={
            "subject": evidence.sensor,
            "reason": evidence.reason if isinstance(evidence, SensorWentBlind) else "",
        },
    )
