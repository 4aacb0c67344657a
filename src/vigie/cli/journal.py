"""`vigie journal`: hold the machine's journal against its own chain."""

import json
import sqlite3
from pathlib import Path
from typing import NoReturn

import click

from vigie.tools import extract
from vigie.tools.home import home
from vigie.tools.journal import verify_file


@click.group()
def command() -> None:
    """Look after the journal of this machine.

    Example: vigie journal verify
    """


@command.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def verify(file: Path | None, *, as_json: bool) -> None:
    """Check that no row of the journal is missing or changed.

    FILE is an evidence pack or an extract of a console's journal; without it, the journal of this
    machine. Example: vigie journal verify vigie-3-120.zip --json
    """
    if file is not None:
        _verify_extract(file, as_json=as_json)
    path = home() / "journal.sqlite"
    try:
        rows, broken = verify_file(path)
    except FileNotFoundError as absent:
        raise click.ClickException(
            f"Il n’y a pas encore de journal à {path}. Il commence avec la première preuve."
        ) from absent
    except sqlite3.DatabaseError as damaged:
        if isinstance(damaged, sqlite3.OperationalError):
            raise click.ClickException(
                f"Le journal {path} ne peut pas être lu ({damaged}). Vérifiez les droits."
            ) from damaged
        rows, broken = 0, 1  # the file itself does not hold: no row of it can be trusted
    if broken is None:
        sentence = f"Les {rows} lignes du journal se suivent\u202f; aucune ne manque ni n’a changé."
    else:
        sentence = f"La ligne {broken} du journal manque ou a été changée."
    if as_json:
        answer = {"input": str(path), "decision": "allow" if broken is None else "warn",
                  "rows": rows, "broken": broken, "sentence": sentence}  # fmt: skip
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(sentence)
    raise click.exceptions.Exit(0 if broken is None else 1)


def _verify_extract(file: Path, *, as_json: bool) -> NoReturn:
    """Verify an evidence pack or an extract, say how it went, and end."""
    try:
        found = extract.verify(str(file))
    except OSError as trouble:
        raise click.ClickException(
            f"{file} ne peut pas être ouvert ({trouble.strerror}). Vérifiez le nom et les droits."
        ) from trouble
    except ValueError as trouble:
        raise click.ClickException(
            f"{file} n’est ni un dossier de preuves ni un extrait de journal."
        ) from trouble
    span = f"Les lignes {found.first} à {found.last}"
    if not found.troubles:
        sentence = f"{span} du journal se suivent\u202f; aucune ne manque ni n’a changé."
    elif found.broken is not None:
        sentence = f"La ligne {found.broken} du journal manque ou a été changée."
    else:
        sentence = f"{span} se suivent, mais autre chose a été changé dans ce dossier."
    if as_json:
        answer = {
            "input": str(file),
            "decision": "warn" if found.troubles else "allow",
            "rows": found.rows,
            "first": found.first,
            "last": found.last,
            "broken": found.broken,
            "troubles": found.troubles,
            "sentence": sentence,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(sentence)
        for told in found.troubles:
            click.echo(told, err=True)
    raise click.exceptions.Exit(1 if found.troubles else 0)
