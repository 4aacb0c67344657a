"""Files through the reader in its cell, the guard and the policy; and the safe copy of one."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from os import cpu_count
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.routines.documents.checking import Checked, DocumentChecker

_AHEAD = 16  # files read ahead, so that every cell has work while answers are printed
_DECISIONS = {Gravity.NOTE: "allow", Gravity.CONCERN: "warn", Gravity.ALARM: "block"}
_LIGHTS = {Gravity.NOTE: "green", Gravity.CONCERN: "orange", Gravity.ALARM: "red"}
_NOTHING_SEEN = {
    Gravity.NOTE: "Rien d’actif dans ce fichier\u202f; il peut s’ouvrir.",
    Gravity.CONCERN: "Ouvrez plutôt sa copie sûre (--safe-copy COPIE.pdf).",
    Gravity.ALARM: "Laissez-le fermé.",
}


def check_file(
    paths: Sequence[Path],
    *,
    copy: Path | None,
    language: str,
    passwords: Sequence[str],
    as_json: bool,
) -> int:
    """Answer each file below `paths`; return the gravest exit status.

    Raise ClickException where a safe copy is asked of more than one file.
    """
    if copy is not None:
        raise click.ClickException("Une copie sûre se fait d’un seul fichier à la fois.")
    answers = Answers(as_json=as_json, language=Language(language))
    status, cells = NOTHING, min(cpu_count() or 1, 4)
    with DocumentChecker(cells=cells) as checker, ThreadPoolExecutor(cells) as workers:
        inputs = _inputs(paths)
        waiting = [
            (path, workers.submit(checker.check, path, passwords))
            for path in islice(inputs, _AHEAD)
        ]
        while waiting:
            path, future = waiting.pop(0)
            waiting += [
                (later, workers.submit(checker.check, later, passwords))
                for later in islice(inputs, 1)
            ]
            several = len(paths) > 1 or paths[0].is_dir()
            status = max(status, _answer(answers, path, future, several=several))
    return status


def _answer(answers: Answers, path: Path, future: Future[Checked], *, several: bool) -> int:
    try:
        checked = future.result()
    except OSError as trouble:
        reason = trouble.strerror or str(trouble)
        click.echo(
            f"{path} ne peut pas être lu ({reason}). Vérifiez le chemin et les droits.", err=True
        )
        if answers.as_json:
            answers.answer(str(path), (), seconds=0.0, more={"decision": "warn", "light": "unread"})
        return FAILED
    if several and not answers.as_json:
        click.echo(f"{path}")
    light = checked.light
    return answers.answer(
        str(path),
        [(Danger.TROJAN_DOCUMENT, finding) for finding in checked.findings],
        responses=checked.responses,
        sentence=_NOTHING_SEEN[light],
        seconds=checked.seconds,
        more={
            "decision": _DECISIONS[light],
            "light": _LIGHTS[light],
            "form": checked.document.form,
        },
    )


def _inputs(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        else:
            yield path  # what is not there is answered as well


def _below(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder in a stable order; links are not followed."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_symlink():
            continue
        if entry.is_dir():
            yield from _below(entry)
        elif entry.is_file():
            yield entry
