"""`vigie power`: the UPS, the last stop, the night; and putting the night's rest off."""

import json
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from vigie.cli._answers import FOUND
from vigie.cli._backup_desk import _settings as read_settings
from vigie.cli._backup_desk import journal_file
from vigie.domain.danger import Danger
from vigie.tools.home import home


@click.group()
def command() -> None:
    """Say how this machine is powered, and put its rest off.

    Example: vigie power status
    """


@command.command()
@click.option("--settings", type=click.Path(path_type=Path), help="Another agent.toml.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout.")
def status(settings: Path | None, *, as_json: bool) -> None:
    """Say what the UPS says, how the machine stopped last, and when documents were verified.

    Example: vigie power status --json
    """
    from vigie.agent.power_watch import (  # noqa: PLC0415  (`--help` needs none of it)
        read_any,
        stops_of_this_system,
    )
    from vigie.tools.nut import Nut, NutFailed  # noqa: PLC0415

    begun, known = time.monotonic(), read_settings(settings)
    named = known.power.ups if known else None
    try:
        said = Nut.at(named).read() if named else read_any()
        ups: dict[str, object] = {
            "status": sorted(said.status), "runtime": said.runtime, "charge": said.charge
        }  # fmt: skip
        first = "Sur batterie." if said.on_battery else "Sur le secteur, avec un onduleur."
        odd = said.on_battery
    except NutFailed as failure:
        ups, odd = {"missing": failure.reason}, True
        first = "Aucun onduleur ne répond\u202f; une coupure arrêterait ce poste net."
    stop = stops_of_this_system().last()
    verified = _verified()
    row: dict[str, object] = {
        "input": "power",
        "decision": "warn" if odd else "allow",
        "findings": [],
        "responses": [],
        "seconds": round(time.monotonic() - begun, 3),
        "ups": ups,
        "last_stop_clean": stop.clean,
        "verified": verified,
    }
    if as_json:
        click.echo(json.dumps(row, ensure_ascii=False))
    else:
        click.echo(first)
        told = {True: "une extinction", False: "un arrêt brutal", None: "inconnu"}[stop.clean]
        click.echo(f"Dernier arrêt\u00a0: {told}.")
        click.echo(f"Documents vérifiés\u00a0: {verified or 'pas encore'}.")
    raise click.exceptions.Exit(FOUND if odd else 0)


def _verified() -> str:
    from vigie.routines.integrity.proving import TRIAL  # noqa: PLC0415
    from vigie.tools.journal import Journal, latest_trials  # noqa: PLC0415

    if not journal_file().is_file():
        return ""
    with closing(Journal(journal_file())) as journal:
        proof = latest_trials(journal).get((Danger.POWER_LOSS, TRIAL))
    return f"{proof.at.astimezone():%Y-%m-%d %H:%M}" if proof else ""


@command.command()
@click.option("--hours", type=click.IntRange(1, 24), default=2, show_default=True)
def later(hours: int) -> None:
    """Keep this machine on for some hours, whatever the hour.

    Example: vigie power later --hours 3
    """
    from vigie.agent.evening import put_off  # noqa: PLC0415  (see `status`)

    folder = home() / "agent"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    until = datetime.now(UTC) + timedelta(hours=hours)
    put_off(folder, until)
    click.echo(f"Ce poste reste allumé jusqu’à {until.astimezone():%H:%M}.")
