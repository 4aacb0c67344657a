"""`vigie check`: look at one thing, or many, before anybody opens or sends it."""

from collections.abc import Sequence
from pathlib import Path

import click


@click.group()
def command() -> None:
    """Check a message or a file before it is opened or sent.

    Example: vigie check mail facture.eml
    """


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--bodies", type=click.Path(path_type=Path), metavar="FILE",
              help="More official bodies and their domains, as TOML.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def mail(paths: Sequence[Path], bodies: Path | None, language: str, *, as_json: bool) -> None:
    """Check incoming messages: files, folders of .eml, Maildirs, or - for standard input.

    Example: vigie check mail facture.eml ~/Maildir
    """
    from vigie.cli._check_mail import check_mail  # noqa: PLC0415  (`vigie check --help` needs none)

    status = check_mail(paths, bodies=bodies, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), metavar="FILE",
              help="The practice's contacts, or a CSV or JSON list of them.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def outgoing(paths: Sequence[Path], contacts: Path | None, language: str, *, as_json: bool) -> None:
    """Check messages that are about to leave: .eml files, folders of them, or - for standard input.

    Example: vigie check outgoing lettre.eml --contacts contacts.csv --json
    """
    from vigie.cli._check_outgoing import check_outgoing  # noqa: PLC0415  (see `mail`)

    status = check_outgoing(paths, contacts=contacts, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--safe-copy", "copy", type=click.Path(path_type=Path), metavar="OUT",
              help="Write a copy without anything active.")  # fmt: skip
@click.option("--rules", type=click.Path(path_type=Path, exists=True, file_okay=False),
              metavar="DIR", help="A folder of YARA rules (rules/ in Vigie's home).")  # fmt: skip
@click.option("--password", "passwords", multiple=True, metavar="WORD",
              help="A password to try on what is locked; may be given again.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def file(  # noqa: PLR0913  (its options)
    paths: Sequence[Path],
    copy: Path | None,
    rules: Path | None,
    passwords: Sequence[str],
    language: str,
    *,
    as_json: bool,
) -> None:
    """Check files of any kind, or folders of them: what would happen if they were opened.

    Example: vigie check file formulaire.docm --safe-copy copie.pdf
    """
    from vigie.cli._check_file import check_file  # noqa: PLC0415  (see `mail`)

    status = check_file(
        paths, copy=copy, rules=rules, passwords=passwords, language=language, as_json=as_json
    )
    raise click.exceptions.Exit(status)
