"""`vigie practice emergency`: who comes when, while the practice's software is down."""

import json
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from vigie.cli._backup_desk import _settings as read_settings
from vigie.domain.practice import Practice
from vigie.routines.relief_sheets import keeping
from vigie.routines.relief_sheets.keeping import Relief
from vigie.tools import keys
from vigie.tools.home import home
from vigie.tools.seal import Seal


@click.command()
@click.option("--pdf", "out", type=click.Path(path_type=Path, dir_okay=False), metavar="OUT",
              help="Write the sheet here, to be printed.")  # fmt: skip
@click.option("--find", "name", metavar="NAME", help="Look for a number in the whole list.")
@click.option("--days", type=click.IntRange(1, 8), default=2, show_default=True)
@click.option("--settings", type=click.Path(path_type=Path), help="Another agent.toml.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def emergency(
    out: Path | None, name: str | None, days: int, settings: Path | None, *, as_json: bool
) -> None:
    """Open the relief sheet of this machine: the agenda and the telephones, as last exported.

    Example: vigie practice emergency --pdf feuille.pdf
    """
    known = read_settings(settings)
    practice = known.practice if known else Practice(name="Cabinet", caretaker="")
    relief = _opened()
    if name is not None:
        _say_numbers(relief, name, as_json=as_json)
        return
    _say_agenda(relief, practice, days, out, as_json=as_json)


def _opened() -> Relief:
    key = home() / "agent" / "machine.key"
    relief = None
    if key.is_file():
        relief = keeping.opened(home() / "relief", Seal(keys.make(key), keeping.PURPOSE))
    if relief is None:
        raise click.ClickException(
            "Il n’y a pas de feuille de secours sur ce poste. "
            "Elle se fait chaque soir dès que « [relief] exports » nomme un export."
        )
    return relief


def _say_numbers(relief: Relief, name: str, *, as_json: bool) -> None:
    found = relief.find(name)
    if as_json:
        rows = [{"name": each.name, "number": each.number} for each in found]
        click.echo(json.dumps({"input": name, "telephones": rows}, ensure_ascii=False))
    for each in () if as_json else found:
        click.echo(f"{each.name}  {each.number}")
    if not found and not as_json:
        click.echo("Personne de ce nom n’est dans la liste.", err=True)


def _say_agenda(
    relief: Relief, practice: Practice, days: int, out: Path | None, *, as_json: bool
) -> None:
    from vigie.routines.paper import keep_private  # noqa: PLC0415  (reportlab: only here)
    from vigie.routines.relief_sheets import sheet  # noqa: PLC0415

    paper = sheet.Paper(
        practice=practice.name,
        caretaker=practice.caretaker,
        timezone=practice.hours.timezone,
        now=datetime.now(UTC),
        days=days,
        language=practice.language,
    )
    if out is not None:
        try:
            keep_private(out, sheet.draw(relief, paper))
        except OSError as trouble:
            raise click.ClickException(
                f"La feuille ne peut pas s’écrire dans {out} ({trouble.strerror})."
            ) from trouble
        click.echo(f"{out}\u00a0: à imprimer, puis à détruire après usage.", err=True)
    listed = sheet.days(relief, paper)
    zone = ZoneInfo(paper.timezone)
    if as_json:
        rows = [
            {"starts": a.starts.isoformat(), "who": a.who, "telephone": a.telephone}
            for _, of_it in listed
            for a in of_it
        ]
        made = relief.made.isoformat()
        row = {"input": "relief", "made": made, "appointments": rows}
        click.echo(json.dumps(row, ensure_ascii=False))
        return
    click.echo(f"Export du {relief.made.astimezone(zone):%d.%m.%Y %H:%M}")
    for day, of_it in listed:
        click.echo(f"\n{day:%d.%m.%Y}")
        for a in of_it:
            click.echo(f"  {a.starts.astimezone(zone):%H:%M}  {a.who}  {a.telephone}".rstrip())
    if not listed:
        click.echo("Aucun rendez-vous n’est exporté pour ces jours.")
