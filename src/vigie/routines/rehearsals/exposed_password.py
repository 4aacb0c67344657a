"""The exposed password, played for real: a note is found, a leak recognised, a strongbox reopened.

All of it is made up for the play: the note, the letters beside it, the list of leaks.
"""

import hashlib
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from openpyxl import Workbook

from vigie.domain.danger import Danger
from vigie.domain.evidence import Evidence
from vigie.domain.evidence.passwords import NotesSeen
from vigie.guards import guards
from vigie.policy.orders import decide
from vigie.readers.notes.reader import looking
from vigie.routines.rehearsals.rehearsal import CannotPlay, Stage, Trial
from vigie.routines.rehearsals.sample import make_practice
from vigie.routines.strongboxes import making
from vigie.sensors.notes.ledger import NoteLedger
from vigie.sensors.notes.places import Place
from vigie.sensors.notes.watching import Notes
from vigie.sensors.passwords import Measure
from vigie.tools.keepassxc import StrongboxFailed
from vigie.tools.leaks import Leaks
from vigie.tools.leaks.importing import make as make_leaks
from vigie.watch.patrol import Patrol

MACHINE = "rehearsal"
NOTE = (
    "Doctolib\r\nIdentifiant : accueil@cabinet.example\r\nMot de passe : Soleil2024!\r\n\r\n"
    "mdp messagerie : Printemps+7\r\nCode alarme : 4521\r\n"
)
TABLE = (("Site", "Identifiant", "Mot de passe"), ("Ameli", "12345678", "Tilleul69"))
LEAKED, SOUND = "Soleil2024!", "violon tracteur merle nuage"
LETTERS = 40  # documents beside the notes; more only take longer
LISTED = 20_000  # made-up leaks around the real one
OPENS_IN = 100  # milliseconds: the play's strongbox need not withstand anybody


def play(stage: Stage) -> Iterator[Trial]:
    """Find, recognise, put away; yield how each went."""
    desk = stage.scratch / "Bureau"
    make_practice(desk, files=min(stage.files, LETTERS))
    note, table = desk / "mdp.txt", desk / "divers.xlsx"
    note.write_bytes(NOTE.encode("cp1252"))
    _workbook(table)
    yield _note_found(desk, {str(note), str(table)}, stage.scratch / "notes.db")
    yield _leak_recognised(stage.scratch)
    try:
        yield _strongbox_reopened(stage.scratch / "coffre.kdbx", [note, table])
    except StrongboxFailed as trouble:
        raise CannotPlay(trouble.reason) from trouble


def _note_found(desk: Path, expected: set[str], ledger: Path) -> Trial:
    notes = Notes(lambda: [Place(folder=desk, shared=True)], ledger, looking, machine=MACHINE)
    kept = NoteLedger(ledger)
    seen = notes.round(kept, threading.Event())
    again = notes.round(kept, threading.Event())
    kept.close()
    evidence = NotesSeen(at=datetime.now(UTC), machine=MACHINE, notes=tuple(seen))
    told = _said([evidence]) == {"passwords_in_shared_note"}
    found = {each.path for each in seen} == expected and not again
    documents = sum(1 for path in desk.rglob("*") if path.is_file())
    return Trial(
        name="note_found",
        held=told and found,
        numbers={"notes": len(seen), "documents": documents},
    )


def _leak_recognised(scratch: Path) -> Trial:
    make_leaks(_list_of_leaks(scratch / "pwned.txt"), scratch / "leaks")
    now = datetime.now(UTC)
    with Leaks(scratch / "leaks") as leaks:
        measure = Measure(leaks=leaks)
        first, second = (
            measure.take(password.encode(), at=now, machine=MACHINE) for password in (LEAKED, SOUND)
        )
        began = time.perf_counter()
        leaks.times(LEAKED.encode())
        took = round((time.perf_counter() - began) * 1e6)
        listed = leaks.entries
    return Trial(
        name="leak_recognised",
        held="password_leaked" in _said([first]) and not _said([second]),
        numbers={"listed": listed, "microseconds": took},
    )


def _list_of_leaks(file: Path) -> Path:
    """Write a list of made-up leaks, with the real one among them, and both ranges in it."""
    made_up = (f"made up {number}" for number in range(LISTED))
    hashes = [_digest(password) for password in (LEAKED, *made_up)]
    hashes.append(_digest(SOUND)[:5] + "0" * 35)  # its range is known, and it is not in it
    file.write_text("".join(f"{each}:{3}\n" for each in sorted(hashes)), "ascii")
    return file


def _digest(password: str) -> str:
    return hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def _strongbox_reopened(path: Path, notes: Sequence[Path]) -> Trial:
    secrets, passphrase = making.from_notes(notes), making.make_passphrase()
    try:
        filled = making.make(
            path, passphrase, secrets, practice="Répétition", milliseconds=OPENS_IN
        )
    except making.NotFilled:
        return Trial(name="strongbox_reopened", held=False, numbers={"entries": 0})
    hidden = not any(s.password.encode() in path.read_bytes() for s in secrets)
    return Trial(
        name="strongbox_reopened",
        held=hidden and filled.held == len(secrets) > 0,
        numbers={"entries": filled.held},
    )


def _said(seen: Sequence[Evidence]) -> set[str]:
    patrol = Patrol({Danger.EXPOSED_PASSWORD: guards()[Danger.EXPOSED_PASSWORD]}, decide)
    verdicts = (verdict for evidence in seen for verdict in patrol.step(evidence))
    return {finding.fact for verdict in verdicts for finding in verdict.findings}


def _workbook(path: Path) -> None:
    book = Workbook()
    sheet = book.create_sheet("Accès", 0)
    for row in TABLE:
        sheet.append(row)
    book.save(path)
