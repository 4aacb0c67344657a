"""`vigie check`: ask about one thing before it is opened, sent, published or posted."""

import click

from vigie.cli._check_outgoing import outgoing


@click.group()
def command() -> None:
    """Ask about one thing before it is opened, sent, published or posted.

    Example: vigie check outgoing lettre.eml
    """


command.add_command(outgoing)
