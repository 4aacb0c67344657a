"""Incoming messages through reader, guards and policy, each answered in its turn."""

import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from os import cpu_count
from pathlib import Path

import click

from vigie.cli._answers import FAILED, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.mail import Acquaintance, Body, Circle, MailArrived
from vigie.domain.finding import Finding
from vigie.domain.practice import Language
from vigie.domain.response import Response
from vigie.guards import guards
from vigie.guards.impersonation import tally
from vigie.guards.impersonation.view import View
from vigie.knowledge.bodies import BodiesWrong, read_bodies
from vigie.policy.orders import decide
from vigie.readers.mail.reader import MailReader
from vigie.watch.patrol import Patrol

_AHEAD = 16  # messages read ahead, so that both cells have work while answers are printed
_LONGEST = 160 * 1024 * 1024  # bytes read of one file; more is no message
_DULL = frozenset({".ds_store", "thumbs.db"})
_MAILDIR = frozenset({"tmp"})  # what is still being delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One message, judged."""

    opinions: Sequence[tuple[Danger, Finding]]
    responses: Sequence[Response]
    points: int  # tenths; also those that are too few to warn
    seconds: float


def check_mail(
    paths: Sequence[Path], *, bodies: Path | None, language: str, as_json: bool
) -> int:
    """Answer each message below `paths`; return the gravest exit status.

    Raise ClickException where nothing can be checked at all.
    """
    answers = Answers(as_json=as_json, language=Language(language))
    circle = Circle(bodies=_bodies(bodies))
    status, cells = 0, min(cpu_count() or 1, 4)
    with MailReader(cells=cells) as reader, ThreadPoolExecutor(cells) as workers:
        look = partial(_look, reader, circle)
        inputs = _inputs(paths)
        waiting = [(path, workers.submit(look, path)) for path in islice(inputs, _AHEAD)]
        while waiting:
            path, future = waiting.pop(0)
            waiting += [(later, workers.submit(look, later)) for later in islice(inputs, 1)]
            status = max(status, _answer(answers, path, future, several=len(paths) > 1 or status))
    return status


def _answer(answers: Answers, path: Path, future: Future[Seen], *, several: object) -> int:
    try:
        seen = future.result()
    except OSError as trouble:
        reason = trouble.strerror or type(trouble).__name__
        click.echo(f"{path} ne peut pas être lu ({reason}). Vérifiez le chemin et les droits.", err=True)
        if answers.as_json:
            answers.answer(str(path), (), seconds=0.0, more={"decision": "warn", "score": 0.0})
        return FAILED
    sentence = "" if seen.opinions else "Rien ne contredit ce message."
    if not answers.as_json and (several or not path.is_file()):
        click.echo(f"{path}")
    return answers.answer(
        str(path),
        seen.opinions,
        responses=seen.responses,
        sentence=sentence,
        seconds=seen.seconds,
        more={"score": seen.points / 10},
    )


def _look(reader: MailReader, circle: Circle, path: Path) -> Seen:
    begun = time.monotonic()
    if str(path) == "-":
        untrusted = sys.stdin.buffer.read(_LONGEST)
    else:
        with path.open("rb") as file:
            untrusted = file.read(_LONGEST)
    message = reader.read(untrusted)
    mail = MailArrived(
        at=datetime.now(UTC),
        machine="local",
        message=message,
        writer=Acquaintance(box=message.sender),
        circle=circle,
        place=str(path),
    )
    verdicts = Patrol(guards(), decide).step(mail)
    return Seen(
        opinions=[(v.danger, finding) for v in verdicts for finding in v.findings],
        responses=[response for verdict in verdicts for response in verdict.responses],
        points=tally.total(tally.signals(View(mail))),
        seconds=time.monotonic() - begun,
    )


def _inputs(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            yield from _below(path)
        else:
            yield path  # what is not there is answered as well


def _below(folder: Path) -> Iterator[Path]:
    """Yield the messages in a folder: .eml and Maildir files alike, in a stable order."""
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if entry.is_symlink() or entry.name.lower() in _DULL:
            continue
        if entry.is_dir():
            if entry.name not in _MAILDIR:
                yield from _below(entry)
        elif entry.is_file() and not entry.name.startswith((".", "dovecot")):
            yield entry


def _bodies(file: Path | None) -> tuple[Body, ...]:
    if file is None:
        return ()
    try:
        return read_bodies(file.read_text("utf-8"))
    except (OSError, UnicodeError, BodiesWrong) as wrong:
        raise click.ClickException(
            f"Les organismes de {file} ne peuvent pas être lus ({wrong}). Corrigez ce fichier."
        ) from wrong
