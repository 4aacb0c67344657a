"""A document that holds passwords: « mdp.txt », a spreadsheet, a letter to oneself."""

from collections.abc import Iterator
from pathlib import PurePath

from vigie.domain.evidence.passwords import NoteSeen
from vigie.domain.finding import Finding, Gravity


def judge_note(note: NoteSeen) -> Iterator[Finding]:
    """Say that passwords can be read there, or that they no longer can."""
    clues = {
        "subject": note.path,
        "path": note.path,
        "folder": note.folder,
        "note": PurePath(note.path).name,
    }
    if note.passwords:
        # Whoever opens the folder opens every door; in one's own folder, whoever opens the session.
        yield Finding(
            gravity=Gravity.ALARM if note.shared else Gravity.CONCERN,
            fact="passwords_in_shared_note" if note.shared else "passwords_in_note",
            numbers={"passwords": note.passwords},
            clues=clues,
        )
    elif note.before:
        yield Finding(
            gravity=Gravity.NOTE,
            fact="passwords_put_away",
            numbers={"passwords": note.before},
            clues=clues,
        )
