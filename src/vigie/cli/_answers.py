"""Answers for people and for programs: sentences, or one JSON object a line; progress apart."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, repeat

import click

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language, Reader
from vigie.domain.response import Deed, Response
from vigie.phrasebook import say

NOTHING, FOUND, FAILED = 0, 1, 2  # exit statuses, the gravest last

Bar = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Where answers go, and to whom. `as_json`: JSON Lines on stdout and nothing else there."""

    as_json: bool
    language: Language
    reader: Reader = Reader.CARETAKER

    def give(  # noqa: PLR0913  (the fields of one answer)
        self,
        subject: str,
        findings: Sequence[Finding],
        *,
        danger: Danger = Danger.RANSOMWARE,
        sentence: str = "",
        failed: bool = False,
        seconds: float = 0.0,
        more: Mapping[str, object] | None = None,
    ) -> int:
        """Give the answer about one subject and one danger; return the exit status it asks for.

        `sentence` is said besides the findings'; a failure is said on stderr.
        """
        opinions = [(danger, finding) for finding in findings]
        return self.answer(
            subject, opinions, sentence=sentence, failed=failed, seconds=seconds, more=more
        )

    def answer(  # noqa: PLR0913  (the fields of one answer)
        self,
        subject: str,
        opinions: Sequence[tuple[Danger, Finding]],
        *,
        places: Sequence[Mapping[str, object]] = (),
        responses: Sequence[Response] = (),
        sentence: str = "",
        failed: bool = False,
        seconds: float = 0.0,
        more: Mapping[str, object] | None = None,
    ) -> int:
        """Give the answer about one subject, of as many dangers as there are; else like `give`.

        The decision is that of the gravest deed: blocked, held, and where there is none, warned of.
        `places` says for each opinion where in the subject it is (`start`, `end`, `box`, `kind`).
        """
        grave = [finding for _, finding in opinions if finding.gravity is not Gravity.NOTE]
        if self.as_json:
            deeds = [response.deed for response in responses]
            row = {
                "input": subject,
                "decision": _decision(deeds, found=bool(grave) or failed),
                "findings": [
                    {**self._row(danger, finding), **place}
                    for (danger, finding), place in zip(
                        opinions, chain(places, repeat({})), strict=False
                    )
                ],
                "responses": list(dict.fromkeys(deed.value for deed in deeds)),
                "seconds": round(seconds, 3),
                **(more or {}),
            }
            click.echo(json.dumps(row, ensure_ascii=False))
        for danger, finding in opinions:
            if failed or not self.as_json:
                click.echo(self._sentence(danger, finding), err=failed)
        if sentence and not self.as_json:
            click.echo(sentence)
        return FAILED if failed else FOUND if grave else NOTHING

    def _row(self, danger: Danger, finding: Finding) -> Mapping[str, object]:
        return {
            "danger": danger.value,
            "fact": finding.fact,
            "gravity": finding.gravity.value,
            "numbers": dict(finding.numbers),
            "clues": dict(finding.clues),
            "sentence": self._sentence(danger, finding),
        }

    def _sentence(self, danger: Danger, finding: Finding) -> str:
        return self.say(finding.fact, danger=danger, numbers=finding.numbers, clues=finding.clues)

    def say(
        self,
        fact: str,
        *,
        numbers: Mapping[str, int],
        clues: Mapping[str, str] | None = None,
        danger: Danger = Danger.RANSOMWARE,
    ) -> str:
        """Return the reader's sentence for a fact; about the backups where nothing is said."""
        return say(
            danger,
            fact,
            reader=self.reader,
            language=self.language,
            numbers=numbers,
            clues=clues,
        ).text


def _decision(deeds: Sequence[Deed], *, found: bool) -> str:
    if Deed.BLOCK in deeds:
        return "block"
    if Deed.HOLD in deeds:
        return "hold"
    return "warn" if found else "allow"


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
