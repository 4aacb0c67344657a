"""What stands on this machine at the moment, in plain words; and `vigie agent undo`."""

import sqlite3
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from vigie.agent import local_undo
from vigie.agent.local_undo import InForce
from vigie.agent.single import AlreadyRunning, Single
from vigie.agent.spool import Spool
from vigie.agent.spool_file import SpoolTrouble
from vigie.domain.response import Deed
from vigie.tools.home import home

_SHORT = 8  # digits of a report's id that people type
_PATIENCE = 60.0  # seconds: the agent looks every five, and a firewall takes its time
_GLANCE = 0.1


def told(standing: Sequence[InForce]) -> Iterator[str]:
    """Yield one line for each thing that is frozen, blocked, isolated or said, and the way out."""
    for one in standing:
        since = f" le {one.since.astimezone():%d/%m à %H:%M}" if one.since else ""
        for deed in dict.fromkeys((entry.deed, entry.target) for entry in one.deeds):
            yield _line(one, *deed, since)
        yield f"  Pour lever tout cela sur ce poste\u00a0: vigie agent undo {one.report[:_SHORT]}"


def _line(one: InForce, deed: Deed, target: str, since: str) -> str:
    match deed:
        case Deed.FREEZE:
            who = ", ".join(one.programs) or f"le programme {target}"
            return f"Suspendu{since}\u00a0: {who}."
        case Deed.BLOCK if target.startswith("usb:"):
            return f"Un appareil USB reste bloqué{since} (prise {target.split(':')[1]})."
        case Deed.BLOCK:
            return f"Fermé à l’écriture{since}\u00a0: {target}."
        case Deed.ISOLATE:
            return f"Ce poste est coupé du réseau{since}, sauf de la console et des sauvegardes."
        case Deed.TELL | Deed.ASK:
            return f"Un message attend d’être lu à ce poste{since}."
        case _:
            return f"Une mesure est en vigueur{since}\u00a0: {deed.value}."


@click.command()
@click.argument("report", required=False)
def undo(report: str | None) -> None:
    """Take back at this machine all that was done about REPORT (or about every report).

    Example: vigie agent undo 3f9a1c2d
    """
    folder = home() / "agent"
    try:
        reports = _named(folder, report)
        if not reports:
            click.echo("Rien n’est suspendu ni bloqué sur ce poste.")
            return
        _undo(folder, reports)
        left = [one for one in local_undo.in_force(folder) if one.report in reports]
    except PermissionError as trouble:
        raise click.ClickException(
            "Seul l’administrateur de ce poste peut lever ces mesures."
        ) from trouble
    except (OSError, SpoolTrouble, sqlite3.DatabaseError) as trouble:
        raise click.ClickException(
            f"Ces mesures n’ont pas pu être levées ({trouble})."
        ) from trouble
    if left:
        click.echo("Certaines mesures n’ont pas pu être levées\u00a0:")
        click.echo("\n".join(told(left)))
        sys.exit(1)
    click.echo("Tout est levé\u202f; les programmes reprennent et les dossiers sont ouverts.")


def _named(folder: Path, begins: str | None) -> list[str]:
    """Return the reports whose id begins so, or all of them; only what stands now is undone."""
    if not (folder / "undo.db").exists():
        standing: Sequence[InForce] = ()
    else:
        standing = local_undo.in_force(folder)
    if begins is None:
        return [one.report for one in standing]
    found = [one.report for one in standing if one.report.startswith(begins)]
    if len(found) != 1:
        some = "Plusieurs mesures sont en vigueur" if found else "Rien n’est en vigueur"
        raise click.ClickException(
            f"{some} pour {begins}\u202f; «\u00a0vigie agent status\u00a0» dit ce qui l’est."
        )
    return found


def _undo(folder: Path, reports: Sequence[str]) -> None:
    try:
        single = Single(folder / "agent.lock")
    except AlreadyRunning:
        local_undo.ask(folder, reports)
        limit = time.monotonic() + _PATIENCE
        while local_undo.asked(folder):
            if time.monotonic() > limit:
                local_undo.withdraw(folder)
                raise click.ClickException(
                    "L’agent n’a pas répondu. Arrêtez-le, puis recommencez."
                ) from None
            time.sleep(_GLANCE)
        return
    try:  # nobody begins to watch while we undo
        spool = Spool(folder / "spool.db")
        try:
            local_undo.alone(folder, reports, spool.add)
        finally:
            spool.close()
    finally:
        single.release()
