"""`vigie passwords`: known leaks, notes that hold passwords, accounts, and the practice's vault."""

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
@click.argument("place")
def forget(place: str) -> None:
    """Forget the mark of one place's password.

    Example: vigie passwords forget messagerie
    """
    if not Reuse(home() / FOLDER).forget(place):
        raise click.ClickException(f"Rien n’était retenu pour {place}.")
    click.echo(f"La marque de {place} est effacée.")
