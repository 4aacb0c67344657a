"""Calibration: for two weeks, what would be done about mail is written down, and not done.

A practice's mail is known by then: who writes to whom, and which habits look odd to a stranger.
"""

import json
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.response import Response
from vigie.tools.kept_file import keep
from vigie.watch.patrol import Decide

CALIBRATED = frozenset({Danger.IMPERSONATION, Danger.MISDIRECTED_MAIL})
FILE = "calibration.json"  # in the agent's folder


class Calibration:
    """The calibration of one practice; it begins when the agent first watches mail here."""

    def __init__(
        self,
        folder: Path,
        days: int,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._file, self._clock = folder / FILE, clock
        self._lock = threading.Lock()
        if self._file.exists():
            self._kept = json.loads(self._file.read_bytes())
        else:
            self._kept = {"since": clock().isoformat(), "would": {}}
            keep(self._file, json.dumps(self._kept).encode())
        self.until = datetime.fromisoformat(self._kept["since"]) + timedelta(days=days)

    @property
    def going_on(self) -> bool:
        """Return whether nothing is done about mail yet."""
        return self._clock() < self.until

    def over(self, decide: Decide) -> Decide:
        """Return `decide`, silent about mail until the calibration is over."""

        def calibrated(danger: Danger, findings: Sequence[Finding]) -> tuple[Response, ...]:
            responses = decide(danger, findings)
            if danger not in CALIBRATED or not self.going_on:
                return responses
            self._note(danger, findings, responses)
            return ()

        return calibrated

    def _note(
        self, danger: Danger, findings: Sequence[Finding], responses: Sequence[Response]
    ) -> None:
        """Count what would have been done, by danger, fact and deed: never for whom."""
        would = self._kept["would"]
        deeds = sorted({response.deed.value for response in responses}) or ["NOTHING"]
        with self._lock:
            for fact in sorted({finding.fact for finding in findings}):
                for deed in deeds:
                    row = f"{danger.value} {fact} {deed}"
                    would[row] = would.get(row, 0) + 1
            keep(self._file, json.dumps(self._kept).encode())
