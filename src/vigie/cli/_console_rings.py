"""`vigie console rings`: which practice tries an update first, and when the others may follow."""

from datetime import UTC, datetime

import click

from vigie.cli._console_host import ready

_STAGES = {
    "waits": "attend qu’un cabinet veuille bien commencer",
    "first": "à essayer d’abord là où on le veut bien",
    "soaks": "gardée depuis moins de 48 heures\u202f; les autres attendent",
    "others": "sans plainte depuis 48 heures\u202f; les autres peuvent suivre",
    "stopped": "arrêtée\u202f: un cabinet est revenu en arrière",
}


@click.command()
def rings() -> None:
    """Say where each update stands, and which machine is next; you sign the order yourself.

    Example: vigie console rings
    """
    with ready():
        from vigie.console.intake.rings import rings as known  # noqa: PLC0415  (after `ready`)
        from vigie.console.practices.models import Machine  # noqa: PLC0415  (likewise)

        now = datetime.now(UTC)
        for ring in known(now):
            stage = _STAGES[ring.stage(now).value].replace("\u202f:", "\u00a0:")
            click.echo(f"{ring.update}  {stage}  ({len(ring.kept)}/{len(ring.offered)})")
            named = Machine.objects.select_related("practice").filter(pk__in=ring.next(now))
            for machine in named.order_by("practice__name", "name"):
                click.echo(f"    {machine.pseudonym}  {machine.practice.name}, {machine.name}")
