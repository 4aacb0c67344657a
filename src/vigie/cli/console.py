"""`vigie console`: the console's server, and what is done on its host only."""

import sys
from pathlib import Path
from typing import Any

import click

from vigie.cli import _console_orders
from vigie.cli._console_host import ready
from vigie.cli._console_rings import rings
from vigie.console import embedded
from vigie.domain.practice import Country, Language
from vigie.tools import keys
from vigie.tools.home import home

PORT = 8800


@click.group("console")
def command() -> None:
    """Serve the console, and look after it on its own host."""


@command.command()
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option("--address", default="127.0.0.1", show_default=True, help="Behind a proxy: 0.0.0.0")
@click.option("--workers", default=0, help="PostgreSQL only; one for each core by default.")
@click.option("--duties/--no-duties", default=True, help="Do the timed duties as well.")
def serve(port: int, address: str, workers: int, *, duties: bool) -> None:
    """Serve the console until Ctrl-C. Example: vigie console serve --port 8800."""
    with ready(migrate=True):
        click.echo(f"La console répond sur http://{address}:{port}", err=True)
        try:
            embedded.serve(port, address=address, workers=workers, duties=duties)
        except ValueError as trouble:
            raise click.ClickException(f"{address} n’est pas une adresse IP.") from trouble


@command.command()
def migrate() -> None:
    """Prepare the database, or bring it up to date. Example: vigie console migrate."""
    with ready(migrate=True):
        click.echo("La base de données de la console est à jour.")


@command.command()
@click.option("--once", is_flag=True, help="Do what is due, then end.")
def work(*, once: bool) -> None:
    """Do the timed duties without serving. Example: vigie console work."""
    import threading  # noqa: PLC0415  (only here)

    with ready():
        from vigie.console.jobs import worker  # noqa: PLC0415  (models are read after `prepare`)

        worker.work(threading.Event(), once=once)


@command.group()
def caretaker() -> None:
    """Make caretakers: here, and nowhere else.

    Example: vigie console caretaker add karim.
    """


@caretaker.command("add")
@click.argument("name")
@click.option("--full-name", default="", help="The name that staff read.")
@click.option("--signing-key", default="", help="The public key of their orders (43 characters).")
@click.option(
    "--role",
    type=click.Choice(["owner", "caretaker"]),
    help="The first of a console is its owner, the others caretakers.",
)
@click.option("--password-stdin", is_flag=True, help="Read the first password from standard input.")
def add_caretaker(
    name: str, full_name: str, signing_key: str, role: str | None, *, password_stdin: bool
) -> None:
    """Make a caretaker; print a link for the first password.

    Example: vigie console caretaker add karim.
    """
    with ready():
        link = embedded.ensure_caretaker(
            name, full_name=full_name, signing_key=signing_key, role=role or ""
        )
        if password_stdin:
            _set_password(name, sys.stdin.readline().rstrip("\n"))
            click.echo(f"{name} peut entrer avec ce mot de passe.")
        elif link:
            click.echo(f"{name} choisit son mot de passe ici, une seule fois, avant demain :")
            click.echo(link)
        else:
            click.echo(f"{name} a déjà un mot de passe ; rien n’a changé.")


@caretaker.command("forget-factors")
@click.argument("name")
def forget_factors(name: str) -> None:
    """Take away the second factors of somebody who lost them; end their sessions.

    Example: vigie console caretaker forget-factors karim.
    """
    with ready():
        embedded.forget_factors(name)
        click.echo(
            f"{name} choisira un autre second facteur en entrant. Ses clés d’accès, elles, restent "
            "connues des postes\u00a0: vigie console order POSTE distrust."
        )


@caretaker.command("key")
@click.argument("file", type=click.Path(path_type=Path))
def make_signing_key(file: Path) -> None:
    """Make the key of a caretaker's orders in FILE, where they keep their secrets; print its face.

    Example: vigie console caretaker key ~/vigie-orders.key
    """
    try:
        public = keys.public_text(keys.make(file))
    except (OSError, ValueError) as trouble:
        raise click.ClickException(
            f"La clé ne peut pas être écrite dans {file}. Choisissez un dossier à vous."
        ) from trouble
    click.echo("La clé reste chez vous. Pour la console, sa face publique\u00a0:")
    click.echo(public)


@command.group()
def practice() -> None:
    """Add and list the practices of this console.

    Example: vigie console practice list.
    """


@practice.command("add")
@click.argument("name")
@click.option("--caretaker", "who", required=True, help="Who looks after it.")
@click.option("--language", type=click.Choice([lang.value for lang in Language]), default="fr")
@click.option("--country", type=click.Choice([c.value for c in Country]), default="FR")
@click.option("--timezone", default="Europe/Paris", show_default=True)
def add_practice(name: str, who: str, language: str, country: str, timezone: str) -> None:
    """Make a practice; print its pseudonym.

    Example: vigie console practice add "Cabinet Martin" --caretaker karim.
    """
    with ready():
        click.echo(
            embedded.ensure_practice(
                name,
                caretaker=who,
                language=Language(language),
                country=Country(country),
                timezone=timezone,
            )
        )


@practice.command("list")
def list_practices() -> None:
    """Print pseudonym and name of each practice. Example: vigie console practice list."""
    with ready():
        from vigie.console.practices.models import Practice  # noqa: PLC0415  (after `prepare`)

        for row in Practice.objects.all():
            click.echo(f"{row.pseudonym}  {row.name}")


@command.command()
@click.argument("practice")
def code(practice: str) -> None:
    """Print a one-use enrolment code for PRACTICE (its pseudonym), good for a day.

    Example: vigie console code abcdefghijklmnop.
    """
    with ready():
        click.echo(embedded.make_code(practice))


@command.command()
@click.argument("machine")
@click.option("--name", default="", help="What you call this machine.")
def approve(machine: str, name: str) -> None:
    """Let MACHINE (its pseudonym) in, once its fingerprint has been compared.

    Example: vigie console approve abcdefghijklmnop --name Accueil.
    """
    with ready():
        if not embedded.approve(machine, name=name):
            raise click.ClickException("Ce poste n’attend pas d’accord.")
        click.echo("Ce poste est admis.")


command.add_command(_console_orders.order)
command.add_command(rings)


@command.group()
def journal() -> None:
    """Verify the console's journals.

    Example: vigie console journal verify.
    """


@journal.command("verify")
@click.pass_context
def verify_journal(context: click.Context) -> None:
    """Read every journal and the rows it seals; exit 1 if something is missing or changed.

    Example: vigie console journal verify.
    """
    with ready():
        count, breaks = embedded.verify_journals()
        for found in breaks:
            click.echo(f"{found.practice} : le journal ne tient plus à la ligne {found.number}.")
        if breaks:
            context.exit(1)
        click.echo(f"Les journaux tiennent : {count}.")


@command.group("keys")
def secret_keys() -> None:
    """Look after the console's own secret keys.

    Example: vigie console keys rotate.
    """


@secret_keys.command("rotate")
def rotate_keys() -> None:
    """Put a new key in use; sessions signed with the one before stay good.

    Example: vigie console keys rotate.
    """
    with ready():
        from vigie.console import keys  # noqa: PLC0415  (only here)

        keys.rotate(home() / embedded.FOLDER)
        click.echo("Une nouvelle clé sert dès le prochain démarrage de la console.")


def _set_password(name: str, password: str) -> None:
    from django.contrib.auth.password_validation import validate_password  # noqa: PLC0415
    from django.core.exceptions import ValidationError  # noqa: PLC0415

    from vigie.console.accounts.models import Person  # noqa: PLC0415

    person: Any = Person.objects.get(username=name)
    try:
        validate_password(password, person)
    except ValidationError as refused:
        raise click.ClickException(" ".join(refused.messages)) from refused
    person.set_password(password)
    person.save(update_fields=["password"])
