"""`vigie passwords notes` and `accounts`: what the sensors would tell, at once and to a person."""

import os
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.agent import settings
from vigie.agent.password_watch import places, system
from vigie.cli._answers import FAILED, NOTHING, Answers
from vigie.domain.danger import Danger
from vigie.domain.evidence.passwords import AccountsSeen, NotesSeen
from vigie.domain.practice import Language
from vigie.guards.exposed_password.guard import judge
from vigie.policy.orders import decide
from vigie.readers.notes.reader import looking
from vigie.sensors import SensorBlind
from vigie.sensors.notes.ledger import NoteLedger
from vigie.sensors.notes.places import Place, desks
from vigie.sensors.notes.watching import Notes
from vigie.tools.home import home

SYSTEM_SETTINGS = Path("/etc/vigie/agent.toml")


def look_for_notes(folders: Sequence[Path], *, language: str, as_json: bool) -> int:
    """Answer about each note below the folders, else where the agent looks; return the status."""
    answers = Answers(as_json=as_json, language=Language(language))
    where = [Place(folder=folder.absolute(), shared=_shared(folder)) for folder in folders]
    status, missing = NOTHING, [p.folder for p in where if not p.folder.is_dir()]
    for folder in missing:
        click.echo(f"{folder} n’est pas un dossier. Vérifiez le chemin.", err=True)
        status = FAILED
    kept = [place for place in where if place.folder not in missing] if folders else _usual()
    notes, ledger = (
        Notes(lambda: kept, ":memory:", looking, machine="check"),
        NoteLedger(":memory:"),
    )
    began, found = time.perf_counter(), 0
    for note in notes.round(ledger, threading.Event()):
        seen = NotesSeen(at=datetime.now(UTC), machine="check", notes=(note,))
        findings = list(judge([seen]))
        found += 1
        given = answers.answer(
            note.path,
            [(Danger.EXPOSED_PASSWORD, finding) for finding in findings],
            responses=decide(Danger.EXPOSED_PASSWORD, findings),
            seconds=time.perf_counter() - began,
        )
        status = max(status, given)
    ledger.close()
    if not found and not as_json and kept:
        click.echo("Aucun document ne contient de mot de passe reconnaissable.")
    return status


def look_at_accounts(*, language: str, as_json: bool) -> int:
    """Answer about the accounts of this machine; return the exit status."""
    answers, began = Answers(as_json=as_json, language=Language(language)), time.perf_counter()
    said = settings_here()
    now = datetime.now(UTC)
    try:
        accounts = system().accounts(now, said.passwords.left if said else ())
    except SensorBlind as blind:
        raise click.ClickException(
            f"Les comptes ne peuvent pas être lus ({blind.detail or blind.reason}). "
            "Relancez avec les droits d’administration."
        ) from blind
    findings = list(judge([AccountsSeen(at=now, machine="check", accounts=tuple(accounts))]))
    return answers.answer(
        "accounts",
        [(Danger.EXPOSED_PASSWORD, finding) for finding in findings],
        responses=decide(Danger.EXPOSED_PASSWORD, findings),
        sentence="" if findings else f"{len(accounts)} comptes vus\u202f; rien à signaler.",
        seconds=time.perf_counter() - began,
    )


def _usual() -> list[Place]:
    said, this = settings_here(), system()
    return list(places(said, this)) if said else list(desks(this.homes()))


def settings_here() -> settings.Settings | None:
    """Return the settings in force on this machine, if it has any. Raise ClickException."""
    for file in (home() / "agent.toml", SYSTEM_SETTINGS):
        if file.exists():
            try:
                return settings.read(file)
            except settings.BadSettings as wrong:
                raise click.ClickException(str(wrong)) from wrong
    return None


def _shared(folder: Path) -> bool:
    """Return whether others than the one who asks can open what lies in a folder."""
    try:
        state = folder.stat()
    except OSError:
        return False
    return hasattr(os, "geteuid") and state.st_uid != os.geteuid()
