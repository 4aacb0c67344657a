"""Answers for people and for programs: sentences, or one JSON object a line; progress apart."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import click

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language, Reader
from vigie.phrasebook import say

NOTHING, FOUND, FAILED = 0, 1, 2  # exit statuses, the gravest last

Bar = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Where answers go. `as_json`: JSON Lines on stdout and nothing else there."""

    as_json: bool
    language: Language

    def give(  # noqa: PLR0913  (the fields of one answer)
        self,
        subject: str,
        findings: Sequence[Finding],
        *,
        sentence: str = "",
        failed: bool = False,
        seconds: float = 0.0,
        more: Mapping[str, object] | None = None,
    ) -> int:
        """Give the answer about one subject; return the exit status it asks for.

        `sentence` is said besides the findings'; a failure is said on stderr.
        """
        grave = [finding for finding in findings if finding.gravity is not Gravity.NOTE]
        if self.as_json:
            click.echo(
                json.dumps(
                    {
                        "input": subject,
                        "decision": "warn" if grave or failed else "allow",
                        "findings": [self._row(finding) for finding in findings],
                        "responses": [],
                        "seconds": round(seconds, 3),
                        **(more or {}),
                    },
                    ensure_ascii=False,
                )
            )
        for finding in findings:
            if failed or not self.as_json:
                click.echo(self._sentence(finding), err=failed)
        if sentence and not self.as_json:
            click.echo(sentence)
        return FAILED if failed else FOUND if grave else NOTHING

    def _row(self, finding: Finding) -> Mapping[str, object]:
        return {
            "danger": Danger.RANSOMWARE.value,
            "fact": finding.fact,
            "gravity": finding.gravity.value,
            "numbers": dict(finding.numbers),
            "clues": dict(finding.clues),
            "sentence": self._sentence(finding),
        }

    def _sentence(self, finding: Finding) -> str:
        return self.say(finding.fact, numbers=finding.numbers, clues=finding.clues)

    def say(
        self, fact: str, *, numbers: Mapping[str, int], clues: Mapping[str, str] | None = None
    ) -> str:
        """Return the caretaker's sentence for a fact about the backups."""
        return say(
            Danger.RANSOMWARE,
            fact,
            reader=Reader.CARETAKER,
            language=self.language,
            numbers=numbers,
            clues=clues,
        ).text


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Show a bar of bytes on stderr while something lasts; nothing unless it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415  (0.15 s that no calendar needs)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as p:
        task = p.add_task(title, total=None)
        yield lambda done, total: p.update(task, completed=done, total=total or None)
