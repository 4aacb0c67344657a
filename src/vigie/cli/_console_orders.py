"""`vigie console order`: a caretaker signs an order with their own key, and leaves it here.

The key is read for one signature and goes back into the caretaker's pocket: the console keeps
what was signed, never what signs.
"""

from typing import TYPE_CHECKING

import click

from vigie.cli import _order_trust
from vigie.cli._console_host import ready
from vigie.cli._order_signing import machine_of, report_of, signed
from vigie.domain.danger import Danger
from vigie.domain.response import Result
from vigie.wire import orders as wire

if TYPE_CHECKING:
    from vigie.console.practices.models import Machine

LATEST = 20  # reports shown


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

        told = Report.objects.filter(machine=machine_of(context.obj)).order_by("-at")[:LATEST]
        for row in reversed(told):
            facts = " ".join(fact["fact"] for fact in row.facts)
            deeds = " ".join(out["deed"] for out in row.outcomes if out["result"] == Result.DONE)
            at = f"{row.at.astimezone():%d/%m %H:%M}"
            click.echo(f"{row.item}  {at}  {row.danger}  {facts}  {deeds}".rstrip())


@order.command()
@click.argument("report")
@signed
def undo(machine: "Machine", report: str) -> wire.Wish:
    """Take back everything done about REPORT (its id, or how it begins).

    Example: vigie console order abcdefghijklmnop undo 3f9a --key caretaker.key
    """
    return wire.UndoDeeds(report=report_of(machine, report))


@order.command("back-up")
@signed
def back_up(machine: "Machine") -> wire.Wish:
    """Make a backup now.

    Example: vigie console order abcdefghijklmnop back-up --key caretaker.key
    """
    del machine
    return wire.BackUpNow()


@order.command()
@signed
def prove(machine: "Machine") -> wire.Wish:
    """Restore a sample, and prove that it opens.

    Example: vigie console order abcdefghijklmnop prove --key caretaker.key
    """
    del machine
    return wire.ProveRestore()


@order.command()
@click.argument("danger", nargs=-1, type=click.Choice([danger.value for danger in Danger]))
@signed
def rehearse(machine: "Machine", danger: tuple[str, ...]) -> wire.Wish:
    """Play the incidents (all of them, if no DANGER is named).

    Example: vigie console order abcdefghijklmnop rehearse ransomware --key caretaker.key
    """
    del machine
    return wire.Rehearse(dangers=tuple(Danger(name) for name in dict.fromkeys(danger)))


@order.command()
@click.argument("danger", type=click.Choice([danger.value for danger in Danger]))
@click.argument("minutes", type=click.IntRange(1, 60))
@signed
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
@signed
def allow_key(machine: "Machine", number: int, leave: str | None) -> wire.Wish:
    """Let in the USB device of this NUMBER, which its report gave: always, --once or --never.

    Example: vigie console order Accueil allow-key 482137559012 --once --key caretaker.key
    """
    del machine
    return wire.AllowKey(key=number, leave=wire.Leave(leave or "always"))


@order.command("forget-key")
@click.argument("number", type=click.IntRange(1, 2**40 - 1))
@signed
def forget_key(machine: "Machine", number: int) -> wire.Wish:
    """Forget what was decided about the USB device of this NUMBER.

    Example: vigie console order Accueil forget-key 482137559012 --key caretaker.key
    """
    del machine
    return wire.ForgetKey(key=number)


@order.command("update")
@click.argument("number", type=click.IntRange(1, 2**53))
@signed
def update_tonight(machine: "Machine", number: int) -> wire.Wish:
    """Let update NUMBER (of `vigie console rings`) be installed on the next evening.

    Example: vigie console order abcdefghijklmnop update 3141592653 --key caretaker.key
    """
    del machine
    return wire.UpdateTonight(update=number)


@order.command("postpone")
@click.argument("days", type=click.IntRange(1, 14))
@signed
def postpone(machine: "Machine", days: int) -> wire.Wish:
    """Let all updates of the machine wait for so many DAYS.

    Example: vigie console order abcdefghijklmnop postpone 3 --key caretaker.key
    """
    del machine
    return wire.PostponeUpdates(days=days)


@order.command("roll-back")
@click.argument("number", type=click.IntRange(1, 2**53))
@signed
def roll_back(machine: "Machine", number: int) -> wire.Wish:
    """Go back from update NUMBER, with what was written since.

    Example: vigie console order abcdefghijklmnop roll-back 3141592653 --key caretaker.key
    """
    del machine
    return wire.RollBackUpdate(update=number)


@order.command("release")
@click.argument("report")
@signed
def release(machine: "Machine", report: str) -> wire.Wish:
    """Give back, as it came, what was put aside under REPORT (its id, or how it begins).

    Example: vigie console order Accueil release 3f9a --key caretaker.key
    """
    return wire.ReleaseHeld(report=report_of(machine, report))


@order.command("destroy")
@click.argument("report")
@signed
def destroy(machine: "Machine", report: str) -> wire.Wish:
    """Never give back what was put aside under REPORT; our copy goes on its date, not before.

    Example: vigie console order Accueil destroy 3f9a --key caretaker.key
    """
    return wire.DestroyHeld(report=report_of(machine, report))


@order.command("scan")
@signed
def scan(machine: "Machine") -> wire.Wish:
    """Look for open devices on the network of the practice.

    Example: vigie console order Accueil scan --key caretaker.key
    """
    del machine
    return wire.ScanNetwork()


order.add_command(_order_trust.trust_key)
order.add_command(_order_trust.trust_passkey)
order.add_command(_order_trust.distrust)
