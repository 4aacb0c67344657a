"""`vigie backup`: make backups, bring files back; `_backup_trust` has the other half."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from uuid import uuid4

import click

from vigie.cli._answers import Bar, bar
from vigie.cli._backup_desk import Desk, at_desk
from vigie.cli._backup_trust import check, prove, retain, status
from vigie.domain.evidence.backups import BackupFailed
from vigie.domain.finding import Finding
from vigie.routines.backups.making import Made, Maker
from vigie.routines.backups.manifest import Inspect, Manifest
from vigie.routines.backups.plan import Place
from vigie.routines.backups.restoring import Restorer
from vigie.routines.backups.setting_up import set_up
from vigie.tools.restic import Restic, Snapshot, write_private

_FOLDERS = click.option(
    "--folder", "folders", multiple=True, type=click.Path(path_type=Path), metavar="FOLDER",
    help="What to save, instead of agent.toml's folders.",
)  # fmt: skip


@click.group()
def command() -> None:
    """Make backups, look after them, and prove that they come back.

    Example: vigie backup now
    """


@command.command()
@click.option("--sheet", "out", type=click.Path(path_type=Path), required=True, metavar="OUT.pdf",
              help="Where the recovery sheet is written, to be printed and sealed.")  # fmt: skip
@at_desk
def init(desk: Desk, *, out: Path) -> int:
    """Make the repositories, each with this machine's key and one on paper.

    Example: vigie backup init --sheet fiche-de-secours.pdf
    """
    from vigie.routines.backups.sheet import Sheet, write_sheet  # noqa: PLC0415  (half a second)

    if not out.absolute().parent.is_dir():
        raise click.ClickException(f"Le dossier de {out} n’existe pas. Choisissez-en un autre.")
    begun = time.monotonic()
    made = set_up(desk.room, desk.plan.places)
    gravest = 0
    if made.places:
        sheet = Sheet(
            practice=desk.practice,
            caretaker=desk.caretaker,
            paper_key=made.paper_key,
            locations=[place.location for place in made.places],
            made=date.today(),  # noqa: DTZ011  (a paper carries the local date)
            language=desk.answers.language,
        )
        write_sheet(sheet, out)
        said = f"Les sauvegardes sont prêtes. Imprimez {out}, scellez la fiche, effacez le fichier."
        more = {"sheet": str(out), "places": [place.name for place in made.places]}
        gravest = desk.answers.give(
            str(out), (), sentence=said, seconds=time.monotonic() - begun, more=more
        )
    for finding in made.findings:
        gravest = max(gravest, desk.answers.give(finding.subject, [finding], failed=True))
    return gravest


@command.command()
@_FOLDERS
@at_desk
def now(desk: Desk) -> int:
    """Make a backup now, to every place of the plan.

    Example: vigie backup now --repository /media/disque/vigie --folder ~/Documents
    """
    with bar("Sauvegarde") as shown, _apart() as inspect:
        maker = Maker(
            plan=desk.plan,
            room=desk.room,
            machine="local",
            inspect=inspect,
            tell=lambda _, progress: shown(progress.bytes, progress.bytes_total),
        )
        run = maker.run()
    gravest = max(_say_made(desk, made, run.findings) for made in run.made)
    if run.findings and not desk.answers.as_json:
        gravest = max(gravest, desk.answers.give("", run.findings))
    return gravest


@contextmanager
def _apart() -> Iterator[Inspect]:
    """Give what looks at a document in a confined process, which is started by the first one."""
    from vigie.readers.sandbox.reader import Reader  # noqa: PLC0415  (a first backup needs none)

    with ExitStack() as ends:
        reader = cache(lambda: ends.enter_context(Reader()))
        yield lambda descriptor, name: reader().inspect(descriptor, name)


def _say_made(desk: Desk, made: Made, common: Sequence[Finding]) -> int:
    event, findings = made.event, list(made.findings)
    if desk.answers.as_json:
        findings += common
    if isinstance(event, BackupFailed):
        return desk.answers.give(made.place.location, findings, failed=True)
    numbers = {"files": event.files, "changed": event.changed}
    more = {"snapshot": event.snapshot, **numbers, "unread": event.unread, "kind": event.kind}
    return desk.answers.give(
        made.place.location,
        findings,
        sentence=desk.answers.say("backup_made", numbers=numbers),
        seconds=event.seconds,
        more=more,
    )


@command.command(name="list")
@at_desk
def list_(desk: Desk) -> int:
    """List the snapshots of each place.

    Example: vigie backup list
    """
    for place in desk.plan.places:
        snapshots = desk.room.restic(place).snapshots()
        desk.room.note(place, snapshots=len(snapshots), seen=datetime.now(UTC))
        for snapshot in snapshots:
            when = snapshot.time.astimezone()
            sentence = f"{snapshot.id[:8]}  {when:%Y-%m-%d %H:%M}  {place.name}"
            more = {"snapshot": snapshot.id, "time": snapshot.time.isoformat(),
                    "paths": snapshot.paths, "tags": snapshot.tags}  # fmt: skip
            desk.answers.give(place.location, (), sentence=sentence, more=more)
        if not snapshots and not desk.answers.as_json:
            click.echo(f"Aucune sauvegarde encore à «\u00a0{place.name}\u00a0».")
    return 0


@command.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--to", "target", required=True, type=click.Path(path_type=Path),
              help="The folder below which files come back; / for their own places.")  # fmt: skip
@click.option("--snapshot", default="latest", help="Its number in `vigie backup list`.")
@click.option("--paper-key", is_flag=True, help="Ask for the key on the recovery sheet.")
@at_desk
def restore(
    desk: Desk, *, paths: Sequence[Path], target: Path, snapshot: str, paper_key: bool
) -> int:
    """Bring files back: everything, or these PATHS. What stands in the way is kept beside.

    Example: vigie backup restore --to /tmp/retour ~/Documents/Courriers
    """
    place, begun = desk.only_place(), time.monotonic()
    restic = desk.room.restic(place)
    sealed = desk.room.folder / "keys" / f"paper-{uuid4().hex}"
    try:
        if paper_key:
            write_private(sealed, click.prompt("Clé de secours", hide_input=True, err=True).strip())
            restic = desk.room.restic(_with_key(place, sealed))
        with desk.room.held(), bar("Retour des fichiers") as shown:
            found, manifest = _find(desk, place, restic, snapshot)
            total = manifest.count()[1] if manifest else 0
            restorer = Restorer(
                restic=restic,
                snapshot=found,
                target=target.absolute(),
                manifest=manifest,
                tell=_against(shown, total),
            )
            done = restorer.run([path.absolute() for path in paths])
    finally:
        sealed.unlink(missing_ok=True)
    sentence = f"{done.files} fichiers sont revenus dans {target}."
    if done.set_aside:
        sentence += f" {done.set_aside} plus anciens sont gardés à côté («\u00a0.avant-…\u00a0»)."
    more = {"files": done.files, "set_aside": done.set_aside, "snapshot": found.id}
    return desk.answers.give(
        place.location, (), sentence=sentence, seconds=time.monotonic() - begun, more=more
    )


def _with_key(place: Place, key: Path) -> Place:
    return Place(
        name=place.name,
        location=place.location,
        password_file=key,
        credentials_file=place.credentials_file,
    )


def _against(shown: Bar, total: int) -> Callable[[int], None]:
    return lambda done: shown(min(done, total or done), total)


def _find(
    desk: Desk, place: Place, restic: Restic, wanted: str
) -> tuple[Snapshot, Manifest | None]:
    """Return the snapshot, with its manifest if it is the last one this machine made.

    Raise ClickException if there is none of that number.
    """
    state = desk.room.place(place)
    if wanted in {"latest", state.snapshot} and state.made:
        manifest = desk.room.manifest(state.manifest)
        paths = (str(desk.room.staging),)
        mine = Snapshot(id=state.snapshot, time=state.made, host="", paths=paths)
        return mine, Manifest(manifest) if manifest.exists() else None
    found = [s for s in restic.snapshots() if wanted == "latest" or s.id.startswith(wanted)]
    if not found:
        raise click.ClickException(f"Aucune sauvegarde ne porte le numéro {wanted}.")
    return found[-1], None


for each in (prove, status, check, retain):
    command.add_command(each)
