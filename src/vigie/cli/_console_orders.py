"""`vigie console order`: a caretaker signs an order with their own key, and leaves it here.

The key is read for one signature and goes back into the caretaker's pocket: the console keeps
what was signed, never what signs.
"""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from vigie.cli._console_host import ready
from vigie.domain.danger import Danger
from vigie.domain.response import Result
from vigie.tools import keys
from vigie.wire import orders as wire
from vigie.wire.reports import SignedOrder

if TYPE_CHECKING:
    from vigie.console.practices.models import Machine

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
LONGEST = timedelta(days=7)  # an order is about today; a machine may be off until Monday
_REPORT = re.compile(r"[0-9a-f]{4,32}")
_WHOLE = 32  # digits of a report's id
LATEST = 20  # reports shown
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


def _signed(ask: Callable[..., wire.Wish]) -> Callable[..., None]:
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
    def signed(
        context: click.Context, /, key_file: Path, valid_for: timedelta, **asked: object
    ) -> None:
        key = _key(key_file)
        with ready():
            machine = _machine(context.obj)
            expires = datetime.now(UTC).replace(microsecond=0) + valid_for
            number = _leave(machine, ask(machine, **asked), key, expires)
        until = expires.astimezone()
        click.echo(
            f"L’ordre {number} attend le poste «\u00a0{machine}\u00a0», qui le prendra à son "
            f"prochain contact. Il n’est plus valable après le {until:%d/%m à %H:%M}."
        )

    return signed


@click.group()
@click.argument("machine")
@click.pass_context
def order(context: click.Context, machine: str) -> None:
    """Sign an order for MACHINE (its pseudonym, or its name) with your own key.

    Example: vigie console order abcdefghijklmnop back-up --key /media/karim/caretaker.key
    """
    context.obj = machine


@order.command()
@click.pass_context
def reports(context: click.Context) -> None:
    """Print the latest reports of the machine: id, time, danger, facts, deeds that were done.

    Example: vigie console order Accueil reports
    """
    with ready():
        from vigie.console.intake.models import Report  # noqa: PLC0415  (after `ready`)

        told = Report.objects.filter(machine=_machine(context.obj)).order_by("-at")[:LATEST]
        for row in reversed(told):
            facts = " ".join(fact["fact"] for fact in row.facts)
            deeds = " ".join(out["deed"] for out in row.outcomes if out["result"] == Result.DONE)
            at = f"{row.at.astimezone():%d/%m %H:%M}"
            click.echo(f"{row.item}  {at}  {row.danger}  {facts}  {deeds}".rstrip())


@order.command()
@click.argument("report")
@_signed
def undo(machine: "Machine", report: str) -> wire.Wish:
    """Take back everything done about REPORT (its id, or how it begins).

    Example: vigie console order abcdefghijklmnop undo 3f9a --key caretaker.key
    """
    return wire.UndoDeeds(report=_report(machine, report))


@order.command("back-up")
@_signed
def back_up(machine: "Machine") -> wire.Wish:
    """Make a backup now.

    Example: vigie console order abcdefghijklmnop back-up --key caretaker.key
    """
    del machine
    return wire.BackUpNow()


@order.command()
@_signed
def prove(machine: "Machine") -> wire.Wish:
    """Restore a sample, and prove that it opens.

    Example: vigie console order abcdefghijklmnop prove --key caretaker.key
    """
    del machine
    return wire.ProveRestore()


@order.command()
@click.argument("danger", nargs=-1, type=click.Choice([danger.value for danger in Danger]))
@_signed
def rehearse(machine: "Machine", danger: tuple[str, ...]) -> wire.Wish:
    """Play the incidents (all of them, if no DANGER is named).

    Example: vigie console order abcdefghijklmnop rehearse ransomware --key caretaker.key
    """
    del machine
    return wire.Rehearse(dangers=tuple(Danger(name) for name in dict.fromkeys(danger)))


@order.command()
@click.argument("danger", type=click.Choice([danger.value for danger in Danger]))
@click.argument("minutes", type=click.IntRange(1, 60))
@_signed
def pause(machine: "Machine", danger: str, minutes: int) -> wire.Wish:
    """Only report DANGER, and do nothing about it, for at most an hour.

    Example: vigie console order abcdefghijklmnop pause ransomware 20 --key caretaker.key
    """
    del machine
    return wire.Pause(danger=Danger(danger), minutes=minutes)


@order.command("allow-key")
@click.argument("number", type=click.IntRange(1, 2**40 - 1))
@click.option("--once", "leave", flag_value="once", help="For the next time it is plugged in.")
@click.option("--never", "leave", flag_value="never", help="Never, and nobody asks again.")
@_signed
def allow_key(machine: "Machine", number: int, leave: str | None) -> wire.Wish:
    """Let in the USB device of this NUMBER, which its report gave: always, --once or --never.

    Example: vigie console order Accueil allow-key 482137559012 --once --key caretaker.key
    """
    del machine
    return wire.AllowKey(key=number, leave=wire.Leave(leave or "always"))


@order.command("forget-key")
@click.argument("number", type=click.IntRange(1, 2**40 - 1))
@_signed
def forget_key(machine: "Machine", number: int) -> wire.Wish:
    """Forget what was decided about the USB device of this NUMBER.

    Example: vigie console order Accueil forget-key 482137559012 --key caretaker.key
    """
    del machine
    return wire.ForgetKey(key=number)


@order.command("update")
@click.argument("number", type=click.IntRange(1, 2**53))
@_signed
def update_tonight(machine: "Machine", number: int) -> wire.Wish:
    """Let update NUMBER (of `vigie console rings`) be installed on the next evening.

    Example: vigie console order abcdefghijklmnop update 3141592653 --key caretaker.key
    """
    del machine
    return wire.UpdateTonight(update=number)


@order.command("postpone")
@click.argument("days", type=click.IntRange(1, 14))
@_signed
def postpone(machine: "Machine", days: int) -> wire.Wish:
    """Let all updates of the machine wait for so many DAYS.

    Example: vigie console order abcdefghijklmnop postpone 3 --key caretaker.key
    """
    del machine
    return wire.PostponeUpdates(days=days)


@order.command("roll-back")
@click.argument("number", type=click.IntRange(1, 2**53))
@_signed
def roll_back(machine: "Machine", number: int) -> wire.Wish:
    """Go back from update NUMBER, with what was written since.

    Example: vigie console order abcdefghijklmnop roll-back 3141592653 --key caretaker.key
    """
    del machine
    return wire.RollBackUpdate(update=number)


def _key(file: Path) -> Ed25519PrivateKey:
    try:
        return keys.read(file)
    except OSError as trouble:
        raise click.ClickException(
            f"La clé {file} ne peut pas être lue\u00a0: {trouble.strerror}."
        ) from trouble
    except ValueError as trouble:
        raise click.ClickException(f"{file} n’est pas une clé de signature.") from trouble


def _machine(called: str) -> "Machine":
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


def _report(machine: "Machine", begins: str) -> str:
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
