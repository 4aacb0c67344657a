"""`vigie letter`: the doctor's letter of a month, on the console's own host."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli._console_host import ready

if TYPE_CHECKING:
    from collections.abc import Sequence

    from vigie.console.letters.months import Month
    from vigie.console.practices.models import Practice


@click.command()
@click.option("--month", "asked", metavar="YYYY-MM", help="The last one that is over, by default.")
@click.option("--practice", "whose", help="Its name or pseudonym; all of them by default.")
@click.option("--pdf", "out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT",
              help="Write the sheet here; one practice only.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each practice.")
def command(asked: str | None, whose: str | None, out: Path | None, *, as_json: bool) -> None:
    """Say the doctor's letter; a month that is over is said as it was kept.

    Example: vigie letter --month 2026-11 --pdf lettre.pdf
    """
    with ready():
        from vigie.console.letters.months import Month  # noqa: PLC0415  (after `prepare`)

        try:
            month = Month.parse(asked) if asked else None
        except ValueError as wrong:
            raise click.ClickException(
                f"« {asked} » n’est pas un mois. Écrivez par exemple 2026-11."
            ) from wrong
        practices = _practices(whose)
        if out is not None and len(practices) > 1:
            raise click.ClickException(
                "Cette console suit plusieurs cabinets. Dites lequel avec --practice."
            )
        for practice in practices:
            _say(practice, month, out, as_json=as_json)


def _practices(whose: str | None) -> "Sequence[Practice]":
    from django.db.models import Q  # noqa: PLC0415  (see `command`)

    from vigie.console.practices.models import Practice  # noqa: PLC0415

    every = Practice.objects.all()
    found = list(every.filter(Q(name=whose) | Q(pseudonym=whose)) if whose else every)
    if not found:
        raise click.ClickException(
            "Il n’y a pas encore de cabinet ici, ou pas de ce nom. "
            "« vigie console practice list » les donne."
        )
    return found


def _say(practice: "Practice", asked: "Month | None", out: Path | None, *, as_json: bool) -> None:
    from vigie.console.letters import keeping, printing  # noqa: PLC0415  (see `command`)

    now = datetime.now(UTC)
    month = asked or keeping.latest_month(practice, now)
    if month.begins(practice.timezone) > now:
        raise click.ClickException(f"Le mois {month} n’a pas commencé. Choisissez-en un autre.")
    kept = keeping.find(practice, month)
    row: dict[str, Any] = {"input": practice.name, "month": str(month), "kept": kept is not None}
    if kept is not None:
        text, row["figures"] = kept.text, kept.figures
        paper = bytes(kept.pdf) if out else b""
    else:
        made = keeping.draft(practice, month, now)
        text, row["figures"] = printing.plain(made.told), keeping.plain(made.figures)
        paper = printing.pdf(made.told) if out else b""
    if out is not None:
        try:
            out.write_bytes(paper)
        except OSError as trouble:
            raise click.ClickException(
                f"La lettre ne peut pas s’écrire dans {out} ({trouble.strerror})."
            ) from trouble
        click.echo(f"{out}\u00a0: une page.", err=True)
    click.echo(json.dumps(row | {"text": text}, ensure_ascii=False) if as_json else text)
