"""`vigie practice`: what Vigie must know of a practice to look after it."""

import json
import secrets
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click

from vigie.cli._relief import emergency
from vigie.domain.evidence.mail import Mailbox
from vigie.readers.mail.reader import MailReader
from vigie.routines.learning.folders import opened
from vigie.routines.learning.imap import Account, Imap
from vigie.routines.learning.learning import Learned, learn
from vigie.routines.learning.letters import NotReadable, Source
from vigie.tools.contacts import Contacts
from vigie.tools.home import home
from vigie.tools.patients import keep

Bar = Callable[[int, int], None]


@click.group()
def command() -> None:
    """Teach Vigie what it must know of the practice.

    Example: vigie practice learn ~/Maildir
    """


command.add_command(emergency)


@command.command()
@click.argument("export", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--book", type=click.Path(path_type=Path), help="Where the hashes are kept.")
def patients(export: Path, book: Path | None) -> None:
    """Keep salted hashes of your patients' names, from a CSV export; the export is not kept.

    `vigie check text` then knows them in whatever hand they are written.

    Example: vigie practice patients export.csv
    """
    from vigie.knowledge.patients.export import (  # noqa: PLC0415  (the others need no lexicon)
        NoPatients,
        book_of,
    )
    from vigie.readers.writing.letters import decoded  # noqa: PLC0415

    try:
        made, known = book_of(decoded(export.read_bytes()), secrets.token_bytes(16))
    except (NoPatients, UnicodeError) as trouble:
        raise click.ClickException(
            "Cet export n’a pas de colonne « nom ». Exportez en CSV avec une ligne de titres."
        ) from trouble
    keep(made.packed(), book or home() / "patients.book")
    click.echo(f"{known} patients sont reconnus\u202f; leurs noms ne sont écrits nulle part.")
    click.echo("Supprimez maintenant l’export.")


@command.command(name="learn")
@click.argument("places", nargs=-1, required=True, metavar="MAILDIR|MBOX|IMAP …")
@click.option("--own", multiple=True, help="An address of the practice; repeat it for several.")
@click.option("--contacts", type=click.Path(path_type=Path), help="Where the contacts are kept.")
@click.option(
    "--password-file", type=click.Path(path_type=Path, exists=True), help="The IMAP password."
)
@click.option("--ca", type=click.Path(path_type=Path, exists=True), help="A certificate to trust.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object for each place.")
def learning(  # noqa: PLR0913  (what the command line can say)
    places: tuple[str, ...],
    own: tuple[str, ...],
    contacts: Path | None,
    password_file: Path | None,
    ca: Path | None,
    *,
    as_json: bool,
) -> None:
    """Learn who writes to whom, from the practice's own mail; nothing leaves this machine.

    Asking again reads only what is new; an interrupted run goes on where it was.

    Example: vigie practice learn imaps://accueil@ssl0.ovh.net --password-file secret
    """
    store = contacts or home() / "contacts.sqlite"
    failed = False
    with ExitStack() as open_, _store(store) as kept:
        kept.employ(Mailbox(address.strip().lower()) for address in own)
        reader = open_.enter_context(MailReader())
        for place in places:
            try:
                source = _source(place, password_file, ca, open_)
                with _bar(place) as bar:
                    learned = learn(source, kept, reader, progress=bar)
            except NotReadable as trouble:
                click.echo(str(trouble), err=True)
                failed = True
                continue
            _say(place, learned, len(kept.everybody()), as_json=as_json)
    raise click.exceptions.Exit(2 if failed else 0)


@contextmanager
def _store(path: Path) -> Iterator[Contacts]:
    try:
        with Contacts(path) as kept:
            yield kept
    except sqlite3.OperationalError as trouble:
        raise click.ClickException(
            f"Les contacts ne peuvent pas s’écrire dans {path} ({trouble}). Vérifiez les droits."
        ) from trouble
    except sqlite3.DatabaseError as trouble:
        raise click.ClickException(
            f"{path} n’est pas un carnet de contacts de Vigie. Choisissez un autre fichier."
        ) from trouble


def _source(place: str, password_file: Path | None, ca: Path | None, open_: ExitStack) -> Source:
    if not place.startswith(("imap://", "imaps://")):
        return opened(Path(place))
    account = Account.of(place)
    if password_file is not None:
        password = password_file.read_text("utf-8").strip("\r\n")
    elif sys.stdin.isatty():
        password = click.prompt(f"Mot de passe de {account.name}", hide_input=True, err=True)
    else:
        raise NotReadable("Le mot de passe de la boîte se donne avec --password-file.")
    source = Imap(account, password, trust=ca)
    open_.callback(source.close)
    return source


def _say(place: str, learned: Learned, people: int, *, as_json: bool) -> None:
    if as_json:
        answer = {
            "input": place,
            "decision": "allow",
            "messages": learned.messages,
            "new": learned.new,
            "unread": learned.unread,
            "contacts": people,
            "seconds": round(learned.seconds, 3),
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    else:
        click.echo(
            f"{learned.messages} messages lus, dont {learned.new} nouveaux\u202f; "
            f"le cabinet connaît {people} correspondants."
        )


@contextmanager
def _bar(title: str) -> Iterator[Bar]:
    """Show how many messages are read, on stderr; nothing unless it is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        return
    from rich.console import Console  # noqa: PLC0415  (0.15 s that no other command needs)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(title, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total or None)
