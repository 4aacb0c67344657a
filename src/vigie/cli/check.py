"""`vigie check`: look at one thing, or many, before anybody opens or sends it."""

from collections.abc import Sequence
from pathlib import Path

import click


@click.group()
def command() -> None:
    """Look at a message, a file, a photo, a text or a password before it does harm.

    Example: vigie check mail facture.eml
    """


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--bodies", type=click.Path(path_type=Path), metavar="FILE",
              help="More official bodies and their domains, as TOML.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def mail(paths: Sequence[Path], bodies: Path | None, language: str, *, as_json: bool) -> None:
    """Check incoming messages: files, folders of .eml, Maildirs, or - for standard input.

    Example: vigie check mail facture.eml ~/Maildir
    """
    from vigie.cli._check_mail import check_mail  # noqa: PLC0415  (`vigie check --help` needs none)

    status = check_mail(paths, bodies=bodies, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--contacts", type=click.Path(path_type=Path), metavar="FILE",
              help="The practice's contacts, or a CSV or JSON list of them.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def outgoing(paths: Sequence[Path], contacts: Path | None, language: str, *, as_json: bool) -> None:
    """Check messages that are about to leave: .eml files, folders of them, or - for standard input.

    Example: vigie check outgoing lettre.eml --contacts contacts.csv --json
    """
    from vigie.cli._check_outgoing import check_outgoing  # noqa: PLC0415  (see `mail`)

    status = check_outgoing(paths, contacts=contacts, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--safe-copy", "copy", type=click.Path(path_type=Path), metavar="OUT",
              help="Write a copy without anything active.")  # fmt: skip
@click.option("--rules", type=click.Path(path_type=Path, exists=True, file_okay=False),
              metavar="DIR", help="A folder of YARA rules (rules/ in Vigie's home).")  # fmt: skip
@click.option("--password", "passwords", multiple=True, metavar="WORD",
              help="A password to try on what is locked; may be given again.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def file(  # noqa: PLR0913  (its options)
    paths: Sequence[Path],
    copy: Path | None,
    rules: Path | None,
    passwords: Sequence[str],
    language: str,
    *,
    as_json: bool,
) -> None:
    """Check files of any kind, or folders of them: what would happen if they were opened.

    Example: vigie check file formulaire.docm --safe-copy copie.pdf
    """
    from vigie.cli._check_file import check_file  # noqa: PLC0415  (see `mail`)

    status = check_file(
        paths, copy=copy, rules=rules, passwords=passwords, language=language, as_json=as_json
    )
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--masked", type=click.Path(path_type=Path), metavar="OUT.jpg",
              help="Write a copy with all that in black; a folder for several.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def photo(paths: Sequence[Path], masked: Path | None, language: str, *, as_json: bool) -> None:
    """Check photos before they are published: screens, papers, faces, codes, hidden details.

    Example: vigie check photo accueil.jpg --masked accueil-masquee.jpg
    """
    from vigie.cli._check_photo import check_photo  # noqa: PLC0415  (see `mail`)

    status = check_photo(paths, copy=masked, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("source", default="-", metavar="[FILE|-]", type=click.Path(path_type=Path))
@click.option("--masked", "safe_copy", type=click.Path(path_type=Path), metavar="OUT.txt",
              help="Where the same text without what identifies is written.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def text(source: Path, safe_copy: Path | None, language: str, *, as_json: bool) -> None:
    """Check a text before it is posted: who could be recognised, and the same text without it.

    Example: vigie check text message.txt --masked pret.txt
    """
    from vigie.cli._check_text import check_text  # noqa: PLC0415  (see `mail`)

    status = check_text(source, safe_copy=safe_copy, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)


@command.command()
@click.option("--name", "names", multiple=True, metavar="NAME",
              help="A name people know of the practice; repeat it for several.")  # fmt: skip
@click.option("--leaks", type=click.Path(path_type=Path), metavar="FILE",
              help="Known leaks, instead of those of this machine.")  # fmt: skip
@click.option("--for", "place", default="", metavar="PLACE",
              help="Remember a keyed mark of it for this place.")  # fmt: skip
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def password(
    names: Sequence[str], leaks: Path | None, place: str, language: str, *, as_json: bool
) -> None:
    """Check one password, read from standard input; it is never stored and never shown.

    Example: vigie check password --for messagerie < mot
    """
    from vigie.cli._check_password import check_password  # noqa: PLC0415  (see `mail`)

    status = check_password(
        names=names, leaks=leaks, place=place, language=language, as_json=as_json
    )
    raise click.exceptions.Exit(status)


@command.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", type=click.Choice(["fr", "de", "en"]), default="fr",
              help="The language of the sentences.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
def workplace(paths: Sequence[Path], language: str, *, as_json: bool) -> None:
    """Check photos of a workplace: passwords on sticky notes, screens left open.

    Example: vigie check workplace accueil.jpg --json
    """
    from vigie.cli._check_workplace import check_workplace  # noqa: PLC0415  (see `mail`)

    status = check_workplace(paths, language=language, as_json=as_json)
    raise click.exceptions.Exit(status)
