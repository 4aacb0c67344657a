"""What every `vigie backup` command needs: the plan from agent.toml or from the command line."""

import functools
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vigie.cli._answers import Answers
from vigie.domain.practice import Language
from vigie.routines.backups.plan import BackupPlan, Place, PlanWrong
from vigie.routines.backups.room import Room, RoomHeld
from vigie.tools.home import home
from vigie.tools.journal import JOURNAL
from vigie.tools.restic.failures import ResticFailed

if TYPE_CHECKING:
    from vigie.agent.settings import Settings

SYSTEM_SETTINGS = Path("/etc/vigie/agent.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One call of `vigie backup`: the plan, where its state lies, who is answered and how."""

    plan: BackupPlan
    room: Room
    answers: Answers
    settings: "Settings | None"

    @property
    def practice(self) -> str:
        """Return the practice's name."""
        return self.settings.practice.name if self.settings else "Cabinet"

    @property
    def caretaker(self) -> str:
        """Return who helps, or an empty text."""
        return self.settings.practice.caretaker if self.settings else ""

    def only_place(self) -> Place:
        """Return the one place this command works on. Raise ClickException if there are more."""
        if len(self.plan.places) > 1:
            names = ", ".join(place.name for place in self.plan.places)
            raise click.ClickException(
                f"Il y a plusieurs lieux de sauvegarde ({names}). Nommez le bon avec --place."
            )
        return self.plan.places[0]


Command = Callable[..., int | None]


def at_desk(command: Command) -> Callable[..., None]:
    """Give a command its desk, from the options every one of them has, and end with its status.

    Known troubles become one sentence.
    """

    @click.option("--repository", "locations", multiple=True, metavar="PLACE",
                  help="A path, sftp:, rest: or s3: place, instead of agent.toml's.")  # fmt: skip
    @click.option("--password-file", type=click.Path(path_type=Path), help="The key's file.")
    @click.option("--place", "name", help="Only the place of this name in agent.toml.")
    @click.option("--settings", type=click.Path(path_type=Path), help="Another agent.toml.")
    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line on stdout.")
    @functools.wraps(command)
    def run(
        locations: Sequence[str],
        password_file: Path | None,
        name: str | None,
        settings: Path | None,
        *,
        as_json: bool,
        **rest: Any,  # noqa: ANN401  (the command's own options)
    ) -> None:
        try:
            known = _settings(settings)
            folders = rest.pop("folders", ())
            plan = _plan(known, locations, password_file, folders, name)
            language = known.practice.language if known else Language.FR
            answers = Answers(as_json=as_json, language=language)
            desk = Desk(plan=plan, room=Room(home() / "backups"), answers=answers, settings=known)
            status = command(desk, **rest)
        except PlanWrong as wrong:
            raise click.ClickException(str(wrong)) from wrong
        except RoomHeld as busy:
            raise click.ClickException(
                "Une sauvegarde ou une vérification est déjà en cours ici. Relancez plus tard."
            ) from busy
        except ResticFailed as failure:
            clues = {"place": ", ".join(place.name for place in plan.places), "said": failure.said}
            said = answers.say(failure.trouble.value, numbers={}, clues=clues)
            raise click.ClickException(said) from failure
        except (OSError, sqlite3.Error) as trouble:
            raise click.ClickException(
                f"Le travail n’a pas pu finir ({trouble}). Vérifiez la place et les droits."
            ) from trouble
        raise click.exceptions.Exit(status or 0)

    return run


def _settings(named: Path | None) -> "Settings | None":
    candidates = [named] if named else [home() / "agent.toml", SYSTEM_SETTINGS]
    found = next((path for path in candidates if named or path.exists()), None)
    if found is None:
        return None
    from vigie.agent.settings import BadSettings, read  # noqa: PLC0415  (the whole link: 0.2 s)

    try:
        return read(found)
    except BadSettings as wrong:
        raise click.ClickException(str(wrong)) from wrong


def _plan(
    settings: "Settings | None",
    locations: Sequence[str],
    password_file: Path | None,
    folders: Sequence[Path],
    name: str | None,
) -> BackupPlan:
    """Return the plan of the command line, or that of agent.toml."""
    if locations:
        places = tuple(
            Place(name=each, location=each, password_file=password_file)
            for each in map(_absolute, locations)
        )
        return BackupPlan(places=places, folders=tuple(folder.absolute() for folder in folders))
    if settings is None or not settings.backup:
        raise click.ClickException(
            "Aucun plan de sauvegarde\u00a0: écrivez la table [backup] dans agent.toml,"
            " ou nommez un lieu avec --repository."
        )
    plan = BackupPlan.from_table(settings.backup)
    places = tuple(place for place in plan.places if name in {None, place.name})
    if not places:
        raise click.ClickException(f"Aucun lieu de sauvegarde ne s’appelle «\u00a0{name}\u00a0».")
    chosen = tuple(folder.absolute() for folder in folders) or plan.folders
    return BackupPlan(
        places=places,
        folders=chosen,
        databases=plan.databases,
        excludes=plan.excludes,
        hours=plan.hours,
    )


def _absolute(location: str) -> str:
    return location if ":" in location[2:] else str(Path(location).absolute())


def journal_file() -> Path:
    """Return where the machine's journal lies."""
    return home() / JOURNAL
