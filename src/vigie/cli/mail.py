"""`vigie mail`: what is held, and a person's choice about it."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.agent import held_mail
from vigie.agent.held_mail import NoSuchBox, NotDone
from vigie.agent.mail_watch import HELD
from vigie.agent.settings import BadSettings, Settings, read
from vigie.cli._recall import recall
from vigie.cli._sign_in import sign_in
from vigie.cli.agent import found_settings
from vigie.sensors.inbox import shelf
from vigie.sensors.outbox import leaving
from vigie.sensors.outbox.readdressing import BadAddress
from vigie.tools.held import Held, HeldStore
from vigie.tools.home import home

_SHORT = 8  # characters of an id that people see and type
_STATES = {
    leaving.State.ASKED: "attend votre choix avant de partir",
    leaving.State.UNSURE: "est peut-être parti\u202f: la liaison s’est coupée au dernier moment",
    leaving.State.RETURNED: "n’a pas pu être remis",
    shelf.State.HELD: "est dans «\u00a0À vérifier\u00a0»",
    shelf.State.GONE: "a été supprimé de la boîte\u202f; notre copie reste",
}

_settings = click.option(
    "--settings", "settings_file", type=click.Path(path_type=Path), help="agent.toml."
)


@click.group()
def command() -> None:
    """See held messages, and choose what becomes of them.

    Example: vigie mail held
    """


command.add_command(recall)
command.add_command(sign_in)


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object a message.")
def held(*, as_json: bool) -> None:
    """List the messages that wait for a person; exit 1 when there are some.

    Example: vigie mail held --json
    """
    with _store() as store:
        found = held_mail.waiting(store)
    for one in found:
        if as_json:
            click.echo(json.dumps(_row(one), ensure_ascii=False))
        else:
            click.echo(f"{one.id[:_SHORT]}  {one.at.astimezone():%d.%m %H:%M}  {_told(one)}")
    if not found and not as_json:
        click.echo("Aucun message n’attend.")
    raise click.exceptions.Exit(1 if found else 0)


@command.command()
@click.argument("name", metavar="MESSAGE")
@_settings
def release(name: str, settings_file: Path | None) -> None:
    """Put a held incoming message back where it was, byte for byte.

    Example: vigie mail release 3f9a1c2d
    """
    settings = _read(settings_file)
    with _store() as store:
        one = _named(store, name, shelf.KIND)
    try:
        back = held_mail.release(settings, home(), one.id)
    except NoSuchBox as trouble:
        raise click.ClickException(
            "Cette boîte aux lettres n’est plus dans agent.toml."
        ) from trouble
    except NotDone as trouble:
        raise click.ClickException(
            f"Le message n’a pas pu être remis en place ({trouble}). Il reste gardé."
        ) from trouble
    if not back:
        raise click.ClickException("Ce message n’est plus retenu.")
    click.echo("Le message est de retour à sa place, tel qu’il est arrivé.")


@command.command()
@click.argument("name", metavar="MESSAGE")
@click.option(
    "--instead",
    nargs=2,
    multiple=True,
    metavar="WRONG RIGHT",
    help="Send to the address RIGHT instead of WRONG.",
)
def send(name: str, instead: Sequence[tuple[str, str]]) -> None:
    """Let a held message leave: as it is, or to the right address.

    Example: vigie mail send 3f9a1c2d --instead dupond@b.example dupont@b.example
    """
    with _store() as store:
        one = _named(store, name, leaving.KIND)
        try:
            left = held_mail.send(store, home(), one, datetime.now(UTC), dict(instead))
        except BadAddress as trouble:
            raise click.ClickException(
                f"L’adresse {trouble} n’est pas dans ce message, ou n’est pas complète."
            ) from trouble
        except NotDone as trouble:
            raise click.ClickException(f"Le message n’a pas pu partir ({trouble}).") from trouble
    if not left:
        raise click.ClickException("Ce message n’attend plus.")
    click.echo("Le message part.")


@command.command()
@click.argument("name", metavar="MESSAGE")
def cancel(name: str) -> None:
    """Never let a held message leave.

    Example: vigie mail cancel 3f9a1c2d
    """
    with _store() as store:
        one = _named(store, name, leaving.KIND)
        if not held_mail.cancel(store, one):
            raise click.ClickException("Ce message n’attend plus.")
    click.echo("Le message ne partira pas.")


def _told(one: Held) -> str:
    whom = (
        "pour " + ", ".join(leaving.envelope_of(one).recipients[:3])
        if one.kind == leaving.KIND
        else "reçu"
    )
    return f"Un message {whom} {_STATES.get(one.state, one.state)}."  # type: ignore[call-overload]  # states are texts


def _row(one: Held) -> dict[str, object]:
    return {
        "message": one.id,
        "kind": one.kind,
        "state": one.state,
        "at": one.at.isoformat(),
        "until": one.until.isoformat(),
        "bytes": one.size,
        "recipients": list(leaving.envelope_of(one).recipients) if one.kind == leaving.KIND else [],
        "asked": [fact for _, fact in one.note.get("asked", ())],
    }


def _named(store: HeldStore, begins: str, kind: str) -> Held:
    found = [one for one in store.items(kind) if one.id.startswith(begins)]
    if len(found) != 1 or not re.fullmatch(r"[0-9a-f]{4,32}", begins):
        raise click.ClickException(
            f"Aucun message ne répond à {begins}\u202f; «\u00a0vigie mail held\u00a0» les nomme."
        )
    return found[0]


@contextmanager
def _store() -> Iterator[HeldStore]:
    with closing(HeldStore(home() / HELD)) as store:
        yield store


def _read(named: Path | None) -> Settings:
    try:
        return read(found_settings(named, home()))
    except BadSettings as trouble:
        raise click.ClickException(str(trouble)) from trouble
