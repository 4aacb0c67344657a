"""Documents that hold passwords: « mdp.txt », a spreadsheet, a letter to oneself."""

from collections.abc import Iterator, Sequence
from pathlib import PurePath

from vigie.domain.evidence.passwords import Note, NotesSeen
from vigie.domain.finding import Finding, Gravity

SHOWN = 5  # paths that a person at the machine reads; more are counted


def judge_notes(seen: NotesSeen) -> Iterator[Finding]:
    """Say once for a round where passwords can be read, and where they no longer can."""
    held = [note for note in seen.notes if note.passwords]
    # Whoever opens the folder opens every door; in one's own folder, whoever opens the session.
    shared = [note for note in held if note.shared]
    yield from _said("passwords_in_shared_note", Gravity.ALARM, shared)
    own = [note for note in held if not note.shared]
    yield from _said("passwords_in_note", Gravity.CONCERN, own)
    away = [note for note in seen.notes if note.before and not note.passwords]
    yield from _said("passwords_put_away", Gravity.NOTE, away)


def _said(fact: str, gravity: Gravity, notes: Sequence[Note]) -> Iterator[Finding]:
    if not notes:
        return
    paths = [note.path for note in notes]
    yield Finding(
        gravity=gravity,
        fact=fact,
        numbers={
            "notes": len(notes),
            "passwords": sum(note.passwords or note.before for note in notes),
        },
        clues={
            "subject": " ".join(paths),
            "path": ", ".join(paths[:SHOWN]),
            "note": PurePath(paths[0]).name,
        },
    )
