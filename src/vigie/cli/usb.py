"""`vigie usb`: the keys this machine knows, and one key looked through before anybody opens it."""

from pathlib import Path

import click


@click.group()
def command() -> None:
    """Look through a USB key before it is opened, and decide which keys may come in.

    Example: vigie usb check /dev/sdb
    """


@command.command()
@click.argument("sources", nargs=-1, required=True, metavar="IMAGE_OR_MOUNT …",
                type=click.Path(path_type=Path))  # fmt: skip
@click.option("--to", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER",
              help="Where the clean copies go: a new folder in this one for each key.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def check(sources: tuple[Path, ...], to: Path | None, language: str, *, as_json: bool) -> None:
    """Read a key without mounting it (a device, an image of one, or a folder), file by file.

    Example: vigie usb check cle.img --to /srv/cles --json
    """
    from vigie.cli._check_usb import check_usb  # noqa: PLC0415  (`--help` needs none of it)

    status = check_usb(sources, to=to, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)
