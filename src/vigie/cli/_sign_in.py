"""`vigie mail sign-in`: a person agrees, once, that Vigie reads a mailbox."""

from pathlib import Path

import click

from vigie.agent.mail_watch import tokens_of
from vigie.agent.settings import BadSettings, read
from vigie.cli.agent import found_settings
from vigie.tools.home import home
from vigie.tools.smtp import NoAnswer, Refused


@click.command(name="sign-in")
@click.option("--settings", "settings_file", type=click.Path(path_type=Path), help="agent.toml.")
def sign_in(settings_file: Path | None) -> None:
    """Agree in a browser, once, that Vigie reads the mailboxes that use access tokens.

    Example: vigie mail sign-in
    """
    try:
        mailboxes = read(found_settings(settings_file, home())).mailbox
    except BadSettings as trouble:
        raise click.ClickException(str(trouble)) from trouble
    asked = [
        (keys, tokens, keys.device_address)
        for keys in mailboxes
        if keys.device_address and (tokens := tokens_of(keys))
    ]
    if not asked:
        raise click.ClickException(
            "Aucune boîte aux lettres n’a d’adresse de consentement (device_address) dans"
            " agent.toml."
        )
    for keys, tokens, address in asked:
        try:
            consent = tokens.ask_consent(address)
            click.echo(
                f"{keys.login}\u00a0: ouvrez {consent.page} et saisissez le code {consent.code}."
            )
            tokens.await_consent(consent)
        except (NoAnswer, Refused) as trouble:
            raise click.ClickException(
                f"L’accord pour {keys.login} n’a pas été donné ({trouble}). Rien n’a changé."
            ) from trouble
        except OSError as trouble:
            raise click.ClickException(
                f"L’accord n’a pas pu être gardé\u00a0: {trouble}."
            ) from trouble
        click.echo(f"{keys.login}\u00a0: l’accord est gardé sur cette machine.")
