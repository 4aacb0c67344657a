"""`vigie scan`: look at the practice's network, and say which doors stand open."""

from collections.abc import Sequence
from pathlib import Path

import click


@click.group()
def command() -> None:
    """Look at what is on the practice's network.

    Example: vigie scan network 192.168.1.0/24
    """


@command.command()
@click.argument("networks", nargs=-1, metavar="[CIDR …]")
@click.option("--try-default-passwords", "consent", is_flag=True,
              help="The practice agreed: try the maker's password, once a device.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--forget", is_flag=True, help="Compare with nothing, and remember nothing.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def network(
    networks: Sequence[str], *, consent: bool, language: str, forget: bool, as_json: bool
) -> None:
    """Look at printers, boxes, NAS and cameras; print nothing on them and change nothing.

    Without CIDR, every private network of this machine. Example:
    vigie scan network 192.168.1.0/24 --json
    """
    from vigie.cli._scan_network import scan_network  # noqa: PLC0415  (`--help` needs none)

    status = scan_network(
        networks, consent=consent, language=language, forget=forget, as_json=as_json
    )
    raise click.exceptions.Exit(status)


@command.command(name="import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def import_(files: Sequence[Path], *, as_json: bool) -> None:
    """Take in dated data: CISA's known_exploited_vulnerabilities.json, endoflife.date's products.

    Example: vigie scan import known_exploited_vulnerabilities.json windows.json
    """
    from vigie.cli._scan_network import take_in  # noqa: PLC0415  (`--help` needs none)

    raise click.exceptions.Exit(take_in(files, as_json=as_json))
