"""Files through the reader in its cell, the guard and the policy; and the safe copy of one."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from os import cpu_count
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.cli._safe_copy import row, said, write_copy
from vigie.domain.danger import Danger
from vigie.domain.finding import Gravity
from vigie.domain.practice import Language
from vigie.readers.document.rules import RulesWrong
from vigie.routines.documents.checking import Checked, DocumentChecker
from vigie.tools import clamd
from vigie.tools.home import home

_AHEAD = 16  # files read ahead, so that every cell has work while answers are printed
_DECISIONS = {Gravity.NOTE: "allow", Gravity.CONCERN: "warn", Gravity.ALARM: "block"}
_LIGHTS = {Gravity.NOTE: "green", Gravity.CONCERN: "orange", Gravity.ALARM: "red"}
_NOTHING_SEEN = {
    Gravity.NOTE: "Rien d’actif dans ce fichier\u202f; il peut s’ouvrir.",
    Gravity.CONCERN: "Ouvrez plutôt sa copie sûre (--safe-copy COPIE.pdf).",
    Gravity.ALARM: "Laissez-le fermé.",
}


def check_file(  # noqa: PLR0913  (the command's options)
    paths: Sequence[Path],
    *,
    copy: Path | None,
    rules: Path | None,
    language: str,
    passwords: Sequence[str],
    as_json: bool,
) -> int:
    """Answer each file below `paths`; return the gravest exit status.

    Raise ClickException where a safe copy cannot be made, or is asked of more than one file.
    """
    if copy is not None and (len(paths) > 1 or paths[0].is_dir()):
        raise click.ClickException("Une copie sûre se fait d’un seul fichier à la fois.")
    rules = rules or (home() / "rules" if (home() / "rules").is_dir() else None)
    answers = Answers(as_json=as_json, language=Language(language))
    status, cells = NOTHING, min(cpu_count() or 1, 4)
    with _checker(cells, rules) as checker, ThreadPoolExecutor(cells) as workers:
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
            made = _copied(checker, path, future, copy)
            status = max(status, _answer(answers, path, future, several=several, made=made))
    return status


def _checker(cells: int, rules: Path | None) -> DocumentChecker:
    try:
        return DocumentChecker(cells=cells, rules=rules, scanner=clamd.found())
    except (RulesWrong, OSError) as wrong:
        raise click.ClickException(
            f"Les règles de {rules} ne peuvent pas être lues ({wrong}). Corrigez ce fichier."
        ) from wrong


Made = tuple[str, Mapping[str, object]]  # what is said of a copy, to a person and to a program


def _copied(
    checker: DocumentChecker, path: Path, future: Future[Checked], out: Path | None
) -> Made | None:
    if out is None or future.exception() is not None:
        return None
    copy = write_copy(checker, path, out)
    return said(copy, out), {"safe_copy": row(copy, out)}


def _answer(
    answers: Answers, path: Path, future: Future[Checked], *, several: bool, made: Made | None
) -> int:
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
        sentence=made[0] if made else _NOTHING_SEEN[light],
        seconds=checked.seconds,
        more={
            "decision": _DECISIONS[light],
            "light": _LIGHTS[light],
            "form": checked.document.form,
            **(made[1] if made else {}),
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
