"""`vigie integrity`: what the documents were, whether they still are, and their repair."""

from collections.abc import Sequence
from pathlib import Path

import click

_PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
_LANGUAGE = click.option("--language", type=click.Choice(["fr", "de", "en"]), default=None,
                         help="The language of the sentences.")  # fmt: skip
_JSON = click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
_SETTINGS = click.option("--settings", type=click.Path(path_type=Path), help="Another agent.toml.")


@click.group()
def command() -> None:
    """Record documents while they are good, verify them after a power cut, repair them.

    Example: vigie integrity verify ~/Documents
    """


@command.command()
@_PATHS
@click.option("--no-copies", is_flag=True, help="Record hashes only; repairs need a backup.")
@click.option("--accept", is_flag=True, help="Record damaged documents as they are.")
@click.option("--keep-missing", is_flag=True, help="Go on missing what was deleted.")
@_SETTINGS
@_LANGUAGE
@_JSON
def baseline(  # noqa: PLR0913  (what the command line can say)
    paths: Sequence[Path],
    settings: Path | None,
    language: str | None,
    *,
    no_copies: bool,
    accept: bool,
    keep_missing: bool,
    as_json: bool,
) -> None:
    """Record every document below these PATHS as it is, and keep a copy of its bytes.

    Example: vigie integrity baseline ~/Documents
    """
    from vigie.cli._integrity import Bench  # noqa: PLC0415  (`--help` needs none of it)

    bench = Bench(settings, language, as_json=as_json)
    status = bench.baseline(paths, copies=not no_copies, accept=accept, forget=not keep_missing)
    raise click.exceptions.Exit(status)


@command.command()
@_PATHS
@_SETTINGS
@_LANGUAGE
@_JSON
def verify(
    paths: Sequence[Path], settings: Path | None, language: str | None, *, as_json: bool
) -> None:
    """Compare every document with what it was; name what is damaged, missing or doubtful.

    Example: vigie integrity verify ~/Documents --json
    """
    from vigie.cli._integrity import Bench  # noqa: PLC0415  (see `baseline`)

    raise click.exceptions.Exit(Bench(settings, language, as_json=as_json).verify(paths))


@command.command()
@_PATHS
@click.option("--leave-missing", is_flag=True, help="Do not bring back what is no longer there.")
@click.option("--doubtful", is_flag=True, help="Put back also what may be a correction.")
@_SETTINGS
@_LANGUAGE
@_JSON
def repair(  # noqa: PLR0913  (what the command line can say)
    paths: Sequence[Path],
    settings: Path | None,
    language: str | None,
    *,
    leave_missing: bool,
    doubtful: bool,
    as_json: bool,
) -> None:
    """Put the newest sane version of each damaged document back; the damaged one is kept.

    Example: vigie integrity repair ~/Documents
    """
    from vigie.cli._integrity import Bench  # noqa: PLC0415  (see `baseline`)

    bench = Bench(settings, language, as_json=as_json)
    raise click.exceptions.Exit(bench.repair(paths, missing=not leave_missing, doubtful=doubtful))
