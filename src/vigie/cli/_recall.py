"""`vigie mail recall`: what to do about a message that has left."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.domain.evidence.mail import Message
from vigie.domain.practice import Country, Language
from vigie.readers.mail.reader import read_mail
from vigie.routines.recalls.recalling import Recall, moment, words
from vigie.routines.recalls.recalling import recall as write_papers
from vigie.tools.home import home

_ADDRESS = re.compile(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--to", "wrong", multiple=True, help="The wrong address; repeat it for several.")
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr")
@click.option("--country", type=click.Choice(["FR", "CH", "BE", "LU"]), default="FR")
@click.option("--signed", default="", help="Who signs the request.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def recall(  # noqa: PLR0913  (what the command line can say)
    file: Path,
    wrong: tuple[str, ...],
    language: str,
    country: str,
    signed: str,
    *,
    as_json: bool,
) -> None:
    """Draft the request to delete a message, and open the record of the breach; send nothing.

    Example: vigie mail recall parti.eml --to paul.duran@exemple.fr --country CH
    """
    message = _read(file)
    papers = write_papers(
        message,
        _wrong(message, wrong),
        home() / "breaches",
        now=datetime.now(UTC),
        language=Language(language),
        country=Country(country),
        signed=signed,
    )
    _say(file, papers, Language(language), as_json=as_json)


def _read(file: Path) -> Message:
    try:
        return read_mail(file.read_bytes())
    except OSError as trouble:
        raise click.ClickException(
            f"{file} ne peut pas être lu ({trouble.strerror}). Vérifiez le chemin."
        ) from trouble


def _wrong(message: Message, told: tuple[str, ...]) -> list[str]:
    named = [box.address for box in (*message.to, *message.cc, *message.bcc)]
    wrong = [address.strip().lower() for address in told] or list(dict.fromkeys(named))
    if not told and len(wrong) != 1:
        raise click.ClickException(
            "Ce message a plusieurs destinataires, ou aucun. Nommez le mauvais avec --to."
        )
    if strange := next((a for a in wrong if not _ADDRESS.fullmatch(a)), ""):
        raise click.ClickException(f"«\u00a0{strange}\u00a0» n’est pas une adresse. Vérifiez --to.")
    return wrong


def _say(file: Path, papers: Recall, language: Language, *, as_json: bool) -> None:
    if as_json:
        answer = {
            "input": str(file),
            "decision": "warn",
            "request": str(papers.request),
            "record": str(papers.record),
            "authority": papers.body,
            "deadline": papers.deadline.isoformat() if papers.deadline else None,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    said = words(language)["said"]
    click.echo(said["done"].format(request=papers.request))
    click.echo(said["record"].format(record=papers.record))
    if papers.deadline:
        click.echo(f"{papers.body}\u00a0: {moment(papers.deadline)}.")
