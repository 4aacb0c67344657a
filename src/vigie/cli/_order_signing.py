"""Signing an order at the command line: the key is read for one signature, and never kept."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.cli._console_host import ready
from vigie.tools import keys
from vigie.wire import orders as wire
from vigie.wire.reports import SignedOrder

if TYPE_CHECKING:
    from vigie.console.practices.models import Machine

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=7)  # an order is about today; a machine may be off until Monday
_REPORT = re.compile(r"[0-9a-f]{4,32}")
_WHOLE = 32  # digits of a report's id
_TRIES = 5  # when somebody else orders at the same moment


class _Span(click.ParamType[timedelta]):
    """A length of time such as 30m, 1h, 2d."""

    name = "30m|1h|2d"

    def convert(
        self,
        value: Any,  # noqa: ANN401  (click's own)
        param: click.Parameter | None,
        ctx: click.Context | None,
    ) -> timedelta:
        """Return the time that `value` says; fail where it says none, or more than a week."""
        if isinstance(value, timedelta):
            return value
        found = re.fullmatch(r"([1-9][0-9]{0,3})([mhd])", value)
        span = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else None
        if span is None or span > LONGEST:
            self.fail("30m, 1h, 2d\u202f; sept jours au plus.", param, ctx)
        return span


def signed(ask: Callable[..., wire.Wish]) -> Callable[..., None]:
    """Return a command that signs the wish `ask` returns, and leaves it for the machine."""

    @click.option(
        "--key", "key_file", required=True, type=click.Path(path_type=Path, dir_okay=False),
        help="The caretaker's own key: it is read, never kept.",
    )  # fmt: skip
    @click.option(
        "--valid-for", default="1h", show_default=True, type=_Span(),
        help="The machine refuses the order afterwards.",
    )  # fmt: skip
    @click.pass_context
    @wraps(ask)
    def ordered(
        context: click.Context, /, key_file: Path, valid_for: timedelta, **asked: object
    ) -> None:
        key = _key(key_file)
        with ready():
            machine = machine_of(context.obj)
            expires = datetime.now(UTC).replace(microsecond=0) + valid_for
            number = _leave(machine, ask(machine, **asked), key, expires)
        until = expires.astimezone()
        click.echo(
            f"L’ordre {number} attend le poste «\u00a0{machine}\u00a0», qui le prendra à son "
            f"prochain contact. Il n’est plus valable après le {until:%d/%m à %H:%M}."
        )

    return ordered


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        return keys.read(file)
    except OSError as trouble:
        raise click.ClickException(
            f"La clé {file} ne peut pas être lue\u00a0: {trouble.strerror}."
        ) from trouble
    except ValueError as trouble:
        raise click.ClickException(f"{file} n’est pas une clé de signature.") from trouble


def machine_of(called: str) -> "Machine":
    """Return the admitted machine of this pseudonym, or of this name if there is only one."""
    from vigie.console.practices.models import Machine, State  # noqa: PLC0415  (after `ready`)

    admitted = Machine.objects.select_related("practice").filter(state=State.APPROVED)
    found: list[Machine] = list(admitted.filter(pseudonym=called)) or list(
        admitted.filter(name__iexact=called)
    )
    if not found:
        raise click.ClickException(f"Aucun poste admis ne s’appelle {called}.")
    if len(found) > 1:
        listed = ", ".join(f"{machine.pseudonym} ({machine.practice.name})" for machine in found)
        raise click.ClickException(
            f"Plusieurs postes s’appellent {called}\u202f; choisissez un pseudonyme\u00a0: "
            f"{listed}."
        )
    return found[0]


def report_of(machine: "Machine", begins: str) -> str:
    """Return the id of the one report of this machine that begins so."""
    from vigie.console.intake.models import Report  # noqa: PLC0415  (after `ready`)

    if not _REPORT.fullmatch(begins):
        raise click.ClickException(f"{begins} n’est pas le début d’un compte rendu.")
    if len(begins) == _WHOLE:
        return begins  # the machine may know it before the console does
    found = Report.objects.filter(machine=machine, item__startswith=begins)
    named: list[str] = list(found.values_list("item", flat=True)[:2])
    if len(named) != 1:
        some = "Plusieurs comptes rendus commencent" if named else "Aucun compte rendu ne commence"
        raise click.ClickException(f"{some} par {begins} pour ce poste.")
    return named[0]


def _leave(machine: "Machine", wish: wire.Wish, key: Ed25519PrivateKey, expires: datetime) -> int:
    """Sign and leave the order; return its sequence number."""
    from vigie.console.intake import orders  # noqa: PLC0415  (after `ready`)

    for _ in range(_TRIES):
        now = datetime.now(UTC)
        sequence = orders.next_sequence(machine, now)
        whole = wire.Order(
            practice=machine.practice.pseudonym,
            machine=machine.pseudonym,
            sequence=sequence,
            expires=expires,
            wish=wish,
        )
        body = wire.encode(whole).decode()
        signature = keys.sign(key, body.encode())
        try:
            orders.put(SignedOrder(body=body, key=keys.public_text(key), signature=signature), now)
        except orders.NotACaretaker as trouble:
            raise click.ClickException(
                f"Cette clé n’est celle d’aucune des personnes qui veillent sur le cabinet "
                f"«\u00a0{machine.practice.name}\u00a0»."
            ) from trouble
        except orders.SequenceUsed:
            continue
        return sequence
    raise click.ClickException(
        "D’autres ordres arrivent au même moment\u202f; recommencez plus tard."
    )
