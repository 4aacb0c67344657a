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


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def list_(*, as_json: bool) -> None:
    """List the devices this machine has seen, with their numbers and what was decided.

    Example: vigie usb list
    """
    import json  # noqa: PLC0415  (`--help` needs none of it)

    from vigie.cli import _known_keys  # noqa: PLC0415

    rows = _known_keys.rows()
    for row in rows:
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else _known_keys.told(row))
    if not rows and not as_json:
        click.echo("Rien n’a encore été branché sur ce poste depuis que Vigie y veille.")


@command.command()
@click.argument("key")
@click.option("--once", "standing", flag_value="once", help="For the next time it is plugged in.")
@click.option("--never", "standing", flag_value="never", help="Never, and nobody asks again.")
def allow(key: str, standing: str | None) -> None:
    """Let in KEY (its number, how it begins, or its serial number): always, --once or --never.

    Example: vigie usb allow 4821 --once
    """
    from vigie.cli import _known_keys  # noqa: PLC0415
    from vigie.domain.evidence.usb import Standing  # noqa: PLC0415

    click.echo(_known_keys.decide(key, Standing(standing or "always")))


@command.command()
@click.argument("key")
def forget(key: str) -> None:
    """Forget what was decided about KEY: it is a stranger again.

    Example: vigie usb forget 4821
    """
    from vigie.cli import _known_keys  # noqa: PLC0415

    click.echo(_known_keys.forget(key))
