"""The console's own host: what every command there opens first."""

from collections.abc import Iterator
from contextlib import contextmanager

import click

from vigie.console import embedded
from vigie.tools.home import home


@contextmanager
def ready(*, migrate: bool = False) -> Iterator[None]:
    """Open the console of this host; a database that does not answer is one sentence."""
    from django.core.exceptions import ObjectDoesNotExist  # noqa: PLC0415  (slow to load)
    from django.db import DatabaseError  # noqa: PLC0415

    try:
        embedded.prepare(home(), migrate=migrate)
        yield
    except embedded.UnwalledRole as trouble:
        raise click.ClickException(
            "Le rôle PostgreSQL de DATABASE_URL voit tout, quoi qu’on lui cache : donnez à la "
            "console un rôle ordinaire, propriétaire de sa base."
        ) from trouble
    except ObjectDoesNotExist as trouble:
        raise click.ClickException("Il n’y a rien de ce nom dans cette console.") from trouble
    except DatabaseError as trouble:
        raise click.ClickException(
            "La base de données de la console ne répond pas, ou n’est pas préparée. "
            "« vigie console migrate » la prépare."
        ) from trouble
    except OSError as trouble:
        raise click.ClickException(
            f"Le dossier de la console n’est pas accessible : {trouble.strerror}."
        ) from trouble
