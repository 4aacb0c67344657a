"""Orders about whom a machine obeys: signed by a key file, and by nothing else."""

import re
from typing import TYPE_CHECKING, Any

import click

from vigie.cli._order_signing import signed
from vigie.wire import orders as wire
from vigie.wire.passkeys import Passkey, name_of

if TYPE_CHECKING:
    from vigie.console.practices.models import Machine

_PUBLIC = re.compile(r"[A-Za-z0-9_-]{43}")
_which = click.option(
    "--number", default=1, type=click.IntRange(1), help="Which passkey, if there are several."
)


@click.command("trust-key")
@click.argument("public")
@signed
def trust_key(machine: "Machine", public: str) -> wire.Wish:
    """Obey the key with this PUBLIC face (43 characters) too: a new one, or a colleague's.

    Example: vigie console order Accueil trust-key WsN…4c --key caretaker.key
    """
    del machine
    if not _PUBLIC.fullmatch(public):
        raise click.ClickException(f"{public} n’est pas une clé publique de 43 caractères.")
    return wire.TrustKey(key=public)


@click.command("trust-passkey")
@click.argument("person")
@_which
@signed
def trust_passkey(machine: "Machine", person: str, number: int) -> wire.Wish:
    """Obey a passkey too that PERSON has added in the console.

    Example: vigie console order Accueil trust-passkey karim --key caretaker.key
    """
    return wire.TrustPasskey(passkey=_passkey(machine, person, number))


@click.command("distrust")
@click.argument("signer")
@_which
@signed
def distrust(machine: "Machine", signer: str, number: int) -> wire.Wish:
    """Obey a key (its public face) or a passkey (its person's name) no more.

    Example: vigie console order Accueil distrust karim --key caretaker.key
    """
    if _PUBLIC.fullmatch(signer):
        return wire.Distrust(signer=name_of(signer))
    return wire.Distrust(signer=name_of(_passkey(machine, signer, number).credential))


def _passkey(machine: "Machine", name: str, number: int) -> Passkey:
    """Return a passkey of somebody who looks after the machine's practice."""
    from vigie.console.signing import passkeys  # noqa: PLC0415  (models, after `ready`)

    caretakers: Any = machine.practice.caretakers
    mine = passkeys.of_person(caretakers.get(username=name))
    if number > len(mine):
        raise click.ClickException(f"{name} n’a pas de clé d’accès de ce rang.")
    return mine[number - 1]
