"""Making a strongbox and filling it from notes; what is said to be in it was seen in it."""

import os
import secrets as chance
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vigie.domain.evidence.secrets import Secret
from vigie.readers.notes.reader import take_entries
from vigie.readers.sandbox.cell import ReadFailed
from vigie.tools import keepassxc
from vigie.tools.kept_file import sync_folder

# Syllables that every keyboard has in the same place and every telephone understands; 75 of them,
# twelve in a row: 74 bits, beside what each try costs.
_CONSONANTS, _VOWELS = "bdfgjklmnprstvz", "aeiou"
_GROUPS, _SYLLABLES = 4, 3


class NotFilled(Exception):
    """What was to go in did not come out again the same: the strongbox is not to be relied on."""


class NoteUnread(Exception):
    """A note gave no passwords: the path of it is the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What came of it: how many secrets went in, and how many there are now."""

    added: int
    held: int


def make_passphrase() -> str:
    """Return a new passphrase such as `bamilo fetuda tozaki nopure`."""
    return " ".join(
        "".join(chance.choice(_CONSONANTS) + chance.choice(_VOWELS) for _ in range(_SYLLABLES))
        for _ in range(_GROUPS)
    )


def from_notes(notes: Sequence[Path]) -> list[Secret]:
    """Return the passwords of these notes, read in cells used for nothing else.

    Raise NoteUnread for one that cannot be read or holds none.
    """
    found: dict[Secret, None] = {}
    for note in notes:
        try:
            descriptor = os.open(note, os.O_RDONLY)
        except OSError as trouble:
            raise NoteUnread(str(note)) from trouble
        try:
            taken = take_entries(descriptor, note.name)
        except (ReadFailed, ValueError) as trouble:
            raise NoteUnread(str(note)) from trouble
        finally:
            os.close(descriptor)
        if not taken:
            raise NoteUnread(str(note))
        found |= dict.fromkeys(taken)
    return _apart(found)


def make(
    path: Path,
    passphrase: str,
    secrets: Sequence[Secret],
    *,
    practice: str,
    milliseconds: int = keepassxc.UNLOCKS_IN,
) -> Filled:
    """Make the strongbox, open it again, compare, and only then put it in place.

    Raise StrongboxFailed, NotFilled, or FileExistsError where there is one already.
    """
    if path.exists():
        raise FileExistsError(path)
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        keepassxc.make(part, passphrase, secrets, name=practice, milliseconds=milliseconds)
        held = keepassxc.opened(part, passphrase)
        if _known(held) != _known(secrets):
            raise NotFilled
        os.link(part, path)  # unlike a rename, it never takes the place of another one
    finally:
        part.unlink(missing_ok=True)
    sync_folder(path.parent)
    return Filled(added=len(secrets), held=len(held))


def fill(path: Path, passphrase: str, secrets: Sequence[Secret], *, practice: str) -> Filled:
    """Put secrets into a strongbox that is there, and open it again. Raise as `make` does."""
    keepassxc.add(path, passphrase, secrets, name=practice)
    held = keepassxc.opened(path, passphrase)
    if not _known(secrets) <= _known(held):
        raise NotFilled
    return Filled(added=len(secrets), held=len(held))


def _known(secrets: Sequence[Secret]) -> set[Secret]:
    return set(secrets)


def _apart(found: dict[Secret, None]) -> list[Secret]:
    """Return the secrets so that two for one place and login are two: the second is numbered."""
    met: dict[tuple[str, str], int] = {}
    apart = []
    for secret in found:
        number = met[secret.place, secret.login] = met.get((secret.place, secret.login), 0) + 1
        place = secret.place if number == 1 else f"{secret.place} ({number})"
        apart.append(Secret(place=place, login=secret.login, password=secret.password))
    return apart
