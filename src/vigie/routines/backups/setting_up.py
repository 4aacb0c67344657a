"""Make the repositories of a plan, with two keys each: the machine's, and one on paper.

The paper key is made here, printed on the recovery sheet and nowhere else: no console, no log and
no file keeps it.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import uuid4

from vigie.domain.finding import Finding
from vigie.routines.backups.checking import accept_keys
from vigie.routines.backups.making import trouble
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room
from vigie.tools.restic import Restic, write_private
from vigie.tools.restic.failures import ResticFailed, Trouble

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # no 0, O, 1 or I: it is typed from paper
GROUPS, LETTERS = 6, 4  # 24 letters of 5 bits: 120 bits, behind restic's scrypt
ABSENT = frozenset({Trouble.REPOSITORY_MISSING, Trouble.DISK_ABSENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUp:
    """The paper key and the places it opens; `findings` says why others are not ready."""

    paper_key: str
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]


def set_up(room: Room, places: Sequence[Place]) -> SetUp:
    """Make each repository that is not there yet, and give each one the same new paper key.

    Done again, it changes no repository and no machine key: it adds one more paper key, for a
    new sheet. Raise RoomHeld if a backup is under way.
    """
    paper_key = make_paper_key()
    ready: list[Place] = []
    findings: list[Finding] = []
    with room.held():
        for place in places:
            try:
                _set_up(room, place, paper_key)
                ready.append(place)
            except ResticFailed as failure:
                findings.append(trouble(place, failure))
    return SetUp(paper_key=paper_key, places=tuple(ready), findings=tuple(findings))


def make_paper_key() -> str:
    """Return a new paper key such as `KQ7M-2XBA-…`: six groups of four."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(LETTERS)) for _ in range(GROUPS))
    return "-".join(groups)


def _set_up(room: Room, place: Place, paper_key: str) -> None:
    machine_key = room.password_file(place)
    if not machine_key.exists():
        write_private(machine_key, secrets.token_urlsafe(32))
    restic = room.restic(place)
    try:
        restic.known_keys()
    except ResticFailed as failure:
        if failure.trouble not in ABSENT:
            raise
        _make(restic, failure)
    sealed = machine_key.parent / f"paper-{uuid4().hex}"
    try:
        write_private(sealed, paper_key)
        restic.add_key(sealed)
    finally:
        sealed.unlink(missing_ok=True)
    accept_keys(room, place)


def _make(restic: Restic, failure: ResticFailed) -> None:
    """Make the repository, but never below a mount point whose disk is not plugged in."""
    folder = restic.repository.folder
    if folder and not folder.parent.is_dir():
        raise ResticFailed(Trouble.DISK_ABSENT, str(folder)) from failure
    restic.init()
