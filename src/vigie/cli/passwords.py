"""`vigie passwords`: known leaks, notes that hold passwords, accounts, and the practice's vault."""

from collections.abc import Sequence
from pathlib import Path

import click

from vigie.cli._answers import bar
from vigie.tools.home import home
from vigie.tools.leaks import LEAKS
from vigie.tools.leaks.importing import NotRanges, make
from vigie.tools.reuse import FOLDER, Reuse


@click.group()
def command() -> None:
    """Find the passwords that others can read, and put them where they belong.

    Example: vigie passwords leaks /media/cle/pwned
    """


@command.command()
@click.argument("source", type=click.Path(path_type=Path, exists=True))
@click.option("--to", "out", type=click.Path(path_type=Path), metavar="FILE",
              help="Where to, instead of Vigie's home.")  # fmt: skip
def leaks(source: Path, out: Path | None) -> None:
    """Install known leaks from Pwned Passwords ranges: a folder of them, or one ordered file.

    Nothing is fetched: bring them on a disk. Look-ups then stay on this machine.

    Example: vigie passwords leaks /media/cle/pwned
    """
    try:
        with bar("Fuites connues") as show:
            imported = make(source, out or home() / LEAKS, show)
    except (NotRanges, OSError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) else str(trouble)
        raise click.ClickException(
            f"{reason} Les fuites connues sont restées telles qu’elles étaient."
        ) from trouble
    click.echo(
        f"{imported.entries} mots de passe volés installés, "
        f"sur {imported.ranges} plages parmi 1048576."
    )


@command.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def notes(folders: Sequence[Path], language: str, *, as_json: bool) -> None:
    """Look for documents that hold passwords, where the agent looks or in the folders named.

    What they hold is neither shown nor sent. Folders called Personnel or Privé are left alone.

    Example: vigie passwords notes ~/Bureau
    """
    from vigie.cli._look_passwords import look_for_notes  # noqa: PLC0415  (help needs none of it)

    raise click.exceptions.Exit(look_for_notes(folders, language=language, as_json=as_json))


@command.command()
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def accounts(language: str, *, as_json: bool) -> None:
    """Look at this machine's accounts: no password, shared, of leavers, administrators, locks.

    Example: vigie passwords accounts --json
    """
    from vigie.cli._look_passwords import look_at_accounts  # noqa: PLC0415  (as above)

    raise click.exceptions.Exit(look_at_accounts(language=language, as_json=as_json))


@command.command()
@click.argument("path", type=click.Path(path_type=Path), metavar="FILE.kdbx")
@click.option("--from", "notes", multiple=True, type=click.Path(path_type=Path, exists=True),
              metavar="NOTE", help="A document whose passwords go in; repeat it.")  # fmt: skip
@click.option("--sheet", type=click.Path(path_type=Path), metavar="OUT.pdf",
              help="The emergency sheet; needed for a new strongbox.")  # fmt: skip
@click.option("--passphrase-file", type=click.Path(path_type=Path), metavar="FILE",
              help="The passphrase, instead of a new one or of being asked.")  # fmt: skip
def strongbox(
    path: Path, notes: Sequence[Path], sheet: Path | None, passphrase_file: Path | None
) -> None:
    """Make the practice's strongbox (KeePass), or put what notes hold into it.

    It is opened again and compared before anything is said to be in it. Notes are never removed.

    Example: vigie passwords strongbox /srv/cabinet/coffre.kdbx --from mdp.txt --sheet fiche.pdf
    """
    from vigie.cli._strongbox import put_away  # noqa: PLC0415  (as above)

    put_away(path, notes, sheet, passphrase_file)


@command.command()
@click.argument("path", type=click.Path(path_type=Path, exists=True), metavar="FILE.kdbx")
@click.option("--passphrase-file", type=click.Path(path_type=Path), metavar="FILE",
              help="The passphrase, instead of being asked.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def audit(path: Path, passphrase_file: Path | None, language: str, *, as_json: bool) -> None:
    """Say which passwords of the strongbox are leaked, reused, short or soon guessed; show none.

    Example: vigie passwords audit /srv/cabinet/coffre.kdbx
    """
    from vigie.cli import _strongbox  # noqa: PLC0415  (as above)

    status = _strongbox.audit(path, passphrase_file, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("out", type=click.Path(path_type=Path), metavar="OUT.pdf")
def page(out: Path) -> None:
    """Write the one-page instructions for everybody at the practice.

    Example: vigie passwords page coffre.pdf
    """
    from vigie.cli._strongbox import write_staff_page  # noqa: PLC0415  (as above)

    write_staff_page(out)


@command.command()
@click.argument("place")
def forget(place: str) -> None:
    """Forget the mark of one place's password.

    Example: vigie passwords forget messagerie
    """
    if not Reuse(home() / FOLDER).forget(place):
        raise click.ClickException(f"Rien n’était retenu pour {place}.")
    click.echo(f"La marque de {place} est effacée.")
