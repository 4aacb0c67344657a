"""`vigie journal`: hold the machine's journal against its own chain."""

import json
import sqlite3

import click

from vigie.tools.home import home
from vigie.tools.journal import verify_file


@click.group()
def command() -> None:
    """Look after the journal of this machine.

    Example: vigie journal verify
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def verify(*, as_json: bool) -> None:
    """Check that no row of the journal is missing or changed.

    Example: vigie journal verify --json
    """
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
