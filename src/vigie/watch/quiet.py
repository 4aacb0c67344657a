"""Quiet: one burst is said once; attention drops at the second exposure to the same warning."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding

SILENCE = timedelta(hours=24)  # the same fact about the same subject is news again after a day

Key = tuple[Danger, str, str]


class Quiet:
    """Remember what has been said, so that each fact about each subject is said once.

    A graver finding of the same fact is news at once. Every repetition prolongs the silence:
    a burst that lasts a week is one burst.
    """

    def __init__(self, silence: timedelta = SILENCE) -> None:
        self._silence = silence
        self._said: dict[Key, tuple[datetime, int]] = {}

    def unsaid(
        self, danger: Danger, findings: Iterable[Finding], now: datetime
    ) -> tuple[Finding, ...]:
        """Given the findings of one step, return those that have not been said yet."""
        news: list[Finding] = []
        for finding in findings:
            key = (danger, finding.fact, finding.subject)
            last, rank = self._said.get(key, (None, -1))
            if last is None or now - last > self._silence or finding.gravity.rank > rank:
                news.append(finding)
                rank = finding.gravity.rank
            self._said[key] = (max(now, last) if last else now, rank)
        return tuple(news)

    def forget(self, subject: str) -> None:
        """Make everything about `subject` news again: a person has settled it."""
        self._said = {key: value for key, value in self._said.items() if key[2] != subject}
