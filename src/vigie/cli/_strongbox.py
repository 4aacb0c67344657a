"""`vigie passwords strongbox`: made or filled, opened again, and only then spoken of."""

import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import click

from vigie.cli._answers import NOTHING, Answers
from vigie.cli._check_password import known_leaks, known_names
from vigie.cli._look_passwords import settings_here
from vigie.domain.danger import Danger
from vigie.domain.evidence.secrets import Secret
from vigie.domain.practice import Language
from vigie.guards.exposed_password.guard import judge
from vigie.phrasebook import say_reason
from vigie.policy.orders import decide
from vigie.routines.paper import keep_private
from vigie.routines.strongboxes import making
from vigie.routines.strongboxes.pages import EmergencySheet, emergency_sheet, staff_page
from vigie.sensors.passwords import Measure
from vigie.tools import keepassxc
from vigie.tools.keepassxc import StrongboxFailed

_INSTALL = "Installez KeePassXC (« apt install keepassxc »), puis recommencez."


def put_away(
    path: Path, notes: Sequence[Path], sheet: Path | None, passphrase_file: Path | None
) -> None:
    """Make the strongbox at `path`, or fill the one that is there. Raise ClickException."""
    path = path.absolute()
    secrets = _taken(notes)
    try:
        if path.exists():
            filled = making.fill(path, _passphrase(passphrase_file), secrets, practice=_practice())
        else:
            filled = _made(path, secrets, sheet, passphrase_file)
    except StrongboxFailed as trouble:
        raise click.ClickException(_why(trouble)) from trouble
    except making.NotFilled as trouble:
        raise click.ClickException(
            "Le coffre rouvert ne contenait pas ce qui y a été mis. Gardez les notes\u202f; "
            "la personne qui vous accompagne regarde."
        ) from trouble
    except OSError as trouble:
        raise click.ClickException(
            f"{path.parent} ne peut pas recevoir le coffre ({trouble.strerror})."
        ) from trouble
    click.echo(
        f"{filled.added} mots de passe rangés dans {path.name}, rouvert et relu\u00a0: "
        f"{filled.held} en tout."
    )
    for note in notes:
        click.echo(f"{note} peut être supprimé. Ce que d’autres ont pu y lire est à changer.")


def audit(path: Path, passphrase_file: Path | None, *, language: str, as_json: bool) -> int:
    """Answer about each password in the strongbox, by its place; return the exit status."""
    answers, now = Answers(as_json=as_json, language=Language(language)), datetime.now(UTC)
    try:
        held = keepassxc.opened(path, _passphrase(passphrase_file))
    except StrongboxFailed as trouble:
        raise click.ClickException(_why(trouble)) from trouble
    times = Counter(secret.password for secret in held)
    status = NOTHING
    with ExitStack() as open_:
        measure = Measure(names=list(known_names()), leaks=known_leaks(None, open_))
        for secret in held:
            if not secret.password:
                continue
            began = time.perf_counter()
            measured = measure.take(secret.password.encode(), at=now, machine="check")
            findings = list(judge([replace(measured, places=times[secret.password] - 1)]))
            if not as_json and findings:
                click.echo(secret.place)
            given = answers.answer(
                secret.place,
                [(Danger.EXPOSED_PASSWORD, finding) for finding in findings],
                responses=decide(Danger.EXPOSED_PASSWORD, findings),
                seconds=time.perf_counter() - began,
            )
            status = max(status, given)
    if not as_json:
        click.echo(f"{len(held)} entrées examinées\u202f; aucun mot de passe n’a été montré.")
    return status


def write_staff_page(out: Path) -> None:
    """Write the page for everybody. Raise ClickException."""
    said = settings_here()
    practice = said.practice if said else None
    page = staff_page(
        practice.name if practice else "Cabinet",
        practice.caretaker if practice else "La personne qui vous accompagne",
        practice.language if practice else Language.FR,
    )
    _write(out, page)
    click.echo(f"La page pour l’équipe est dans {out}. Elle ne contient aucun mot de passe.")


def _taken(notes: Sequence[Path]) -> list[Secret]:
    try:
        return making.from_notes(notes)
    except making.NoteUnread as trouble:
        raise click.ClickException(
            f"Aucun mot de passe reconnu dans {trouble}\u202f; le coffre est resté tel quel."
        ) from trouble


def _made(
    path: Path, secrets: Sequence[Secret], sheet: Path | None, passphrase_file: Path | None
) -> making.Filled:
    """Make it, with its sheet first: a strongbox whose phrase nobody has is lost."""
    if sheet is None:
        raise click.ClickException(
            "Un nouveau coffre a besoin de sa fiche de secours. Ajoutez --sheet fiche.pdf."
        )
    chosen = passphrase_file is not None
    passphrase = _passphrase(passphrase_file) if chosen else making.make_passphrase()
    said = settings_here()
    page = EmergencySheet(
        practice=_practice(),
        passphrase=passphrase,
        place=str(path),
        made=datetime.now(UTC).astimezone().date(),
        language=said.practice.language if said else Language.FR,
    )
    _write(sheet, emergency_sheet(page))
    try:
        filled = making.make(path, passphrase, secrets, practice=_practice())
    except BaseException:
        with suppress(OSError):
            sheet.unlink()  # it would open nothing
        raise
    click.echo(f"La fiche de secours est dans {sheet}. Imprimez-la, puis supprimez ce fichier.")
    return filled


def _passphrase(file: Path | None) -> str:
    if file is not None:
        try:
            passphrase = file.read_text("utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as trouble:
            raise click.ClickException(f"{file} ne peut pas être lu.") from trouble
    elif sys.stdin.isatty():
        passphrase = click.prompt("Phrase du coffre", hide_input=True, err=True)
    else:
        raise click.ClickException("La phrase du coffre se donne avec --passphrase-file.")
    if not passphrase or "\n" in passphrase:
        raise click.ClickException("La phrase du coffre tient sur une seule ligne.")
    return passphrase


def _practice() -> str:
    said = settings_here()
    return said.practice.name if said else "Cabinet"


def _write(out: Path, page: bytes) -> None:
    try:
        keep_private(out, page)
    except OSError as trouble:
        raise click.ClickException(
            f"{out} ne peut pas être écrit ({trouble.strerror})."
        ) from trouble


def _why(trouble: StrongboxFailed) -> str:
    if trouble.reason == "missing_program":
        return f"KeePassXC n’est pas installé sur ce poste. {_INSTALL}"
    if trouble.reason == "damaged":
        return "Le coffre ne s’ouvre pas avec cette phrase. Il est resté tel quel."
    return f"KeePassXC n’a pas abouti ({say_reason(trouble.reason, Language.FR)})."
