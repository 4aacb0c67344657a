"""`vigie check outgoing`: a message about to leave, against what the practice knows of people."""

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.domain.danger import Danger
from vigie.domain.finding import Finding
from vigie.domain.practice import Language, Reader
from vigie.domain.response import Response
from vigie.guards.misdirected_mail.guard import judge, score
from vigie.policy.orders import decide
from vigie.readers.mail.reader import MailReader
from vigie.sensors.people import leaving
from vigie.tools.contacts import Contacts, listed
from vigie.tools.home import home

_SQLITE = b"SQLite format 3\0"
_LARGEST = 256 * 1024 * 1024  # bytes of a file that is taken for a message at all


def check_outgoing(
    paths: Sequence[Path], *, contacts: Path | None, language: str, as_json: bool
) -> int:
    """Answer about each message; return the exit status. One bad input never stops the others."""
    answers = Answers(as_json=as_json, language=Language(language), reader=Reader.SECRETARY)
    status = NOTHING
    with _known(contacts) as known, MailReader() as reader:
        for path in _messages(paths):
            began = time.perf_counter()
            try:
                untrusted = _bytes(path)
            except OSError as trouble:
                click.echo(
                    f"{path} ne peut pas être lu ({trouble.strerror}). Vérifiez le chemin.",
                    err=True,
                )
                status = FAILED
                continue
            findings, responses = _judged(untrusted, known, reader)
            given = answers.answer(
                str(path),
                [(Danger.MISDIRECTED_MAIL, finding) for finding in findings],
                responses=responses,
                sentence="" if findings else f"{path.name}\u00a0: rien à signaler.",
                seconds=time.perf_counter() - began,
                more={"score": score(findings)},
            )
            status = max(status, given)
    return status


def _judged(
    untrusted: bytes, known: Contacts, reader: MailReader
) -> tuple[list[Finding], tuple[Response, ...]]:
    message = reader.read(untrusted)
    recipients = [box.address for box in (*message.to, *message.cc, *message.bcc)]
    evidence = leaving(message, recipients, known, at=datetime.now(UTC), machine="check")
    findings = list(judge([evidence]))
    return findings, decide(Danger.MISDIRECTED_MAIL, findings)


def _messages(files: Sequence[Path]) -> Iterator[Path]:
    for file in files:
        if file.is_dir():
            yield from sorted(inside for inside in file.rglob("*") if inside.is_file())
        else:
            yield file


def _bytes(file: Path) -> bytes:
    if str(file) == "-":
        return sys.stdin.buffer.read(_LARGEST)
    with file.open("rb") as opened:
        return opened.read(_LARGEST)


@contextmanager
def _known(path: Path | None) -> Iterator[Contacts]:
    """Open the contacts: a store, a list, or the practice's own (nobody, where it has none)."""
    own = home() / "contacts.sqlite"
    path = path or (own if own.exists() else None)
    if path is None:
        with Contacts(":memory:") as nobody:
            yield nobody
        return
    try:
        with path.open("rb") as opened:
            store = opened.read(len(_SQLITE)) == _SQLITE
        listed_ = None if store else listed.read(path.read_text("utf-8"))
        known = Contacts(path if store else ":memory:")
    except (OSError, ValueError, sqlite3.DatabaseError) as trouble:
        raise click.ClickException(
            f"Les contacts de {path} ne peuvent pas être lus. "
            "Donnez le carnet de Vigie, ou une liste en CSV ou JSON."
        ) from trouble
    with known:
        if listed_ is not None:
            known.take_in(listed_, at=datetime.now(UTC))
        yield known
