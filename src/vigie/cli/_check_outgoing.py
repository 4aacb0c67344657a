"""`vigie check outgoing`: a message about to leave, against what the practice knows of people."""

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.domain.danger import Danger
from vigie.domain.finding import Finding, Gravity
from vigie.domain.practice import Language, Reader
from vigie.domain.response import Deed, Response
from vigie.guards.misdirected_mail.guard import judge, score
from vigie.phrasebook import say
from vigie.policy.orders import decide
from vigie.readers.mail.reader import MailReader
from vigie.sensors.people import leaving
from vigie.tools.contacts import Contacts, listed
from vigie.tools.home import home

LANGUAGE = Language.FR
_SQLITE = b"SQLite format 3\0"
_LARGEST = 256 * 1024 * 1024  # bytes of a file that is taken for a message at all


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option(
    "--contacts",
    type=click.Path(path_type=Path),
    help="The store of contacts, or a CSV or JSON list (default: the practice's own).",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def outgoing(files: tuple[Path, ...], contacts: Path | None, *, as_json: bool) -> None:
    """Check messages (.eml) that are about to leave.

    Example: vigie check outgoing lettre.eml --contacts contacts.csv --json
    """
    status = 0
    with _known(contacts) as known, MailReader() as reader:
        for file in _messages(files):
            began = time.perf_counter()
            try:
                untrusted = _bytes(file)
            except OSError as trouble:
                click.echo(
                    f"{file} ne peut pas être lu ({trouble.strerror}). Vérifiez le chemin.",
                    err=True,
                )
                status = 2
                continue
            findings, responses = _judged(untrusted, known, reader)
            _answer(file, findings, responses, time.perf_counter() - began, as_json=as_json)
            grave = any(finding.gravity is not Gravity.NOTE for finding in findings)
            status = max(status, 1 if grave else 0)
    raise click.exceptions.Exit(status)


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


def _answer(
    file: Path,
    findings: Sequence[Finding],
    responses: Sequence[Response],
    seconds: float,
    *,
    as_json: bool,
) -> None:
    deeds = [response.deed for response in responses]
    decision = "hold" if Deed.HOLD in deeds else "warn" if findings else "allow"
    if as_json:
        answer = {
            "input": str(file),
            "decision": decision,
            "score": score(findings),
            "findings": [_row(finding) for finding in findings],
            "responses": [deed.value for deed in dict.fromkeys(deeds)],
            "seconds": round(seconds, 4),
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for finding in findings:
        click.echo(f"{file.name}\u00a0: {_sentence(finding)}")
    if not findings:
        click.echo(f"{file.name}\u00a0: rien à signaler.")


def _row(finding: Finding) -> dict[str, object]:
    return {
        "danger": Danger.MISDIRECTED_MAIL.value,
        "fact": finding.fact,
        "gravity": finding.gravity.value,
        "numbers": dict(finding.numbers),
        "clues": dict(finding.clues),
        "sentence": _sentence(finding),
    }


def _sentence(finding: Finding) -> str:
    return say(
        Danger.MISDIRECTED_MAIL,
        finding.fact,
        reader=Reader.SECRETARY,
        language=LANGUAGE,
        numbers=finding.numbers,
        clues=finding.clues,
    ).text
