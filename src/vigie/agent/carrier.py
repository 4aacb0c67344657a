"""The carrier: what the journal proves, and how the backups stand, on their way to the console.

Proofs are written to the machine's journal by whoever tried something: the agent's own duties, or
a person at the command line. The carrier is the one who brings them on, each once.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from vigie.agent.outbox import Outbox
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import Room
from vigie.routines.backups.words import backup_word
from vigie.tools.journal import Journal, proof_in
from vigie.tools.kept_file import keep
from vigie.wire.reports import proof_word

CARRIED = "carried.json"  # in the agent's folder
REMIND = timedelta(hours=6)  # a backup's state is told again, should the console have lost it

Missing = Callable[[datetime], tuple[str, ...]]


class _Carried(msgspec.Struct, kw_only=True):
    """How far the carrier came: the journal's last row, and when each place was told."""

    row: int = 0
    told: dict[str, datetime] = {}
    made: dict[str, datetime | None] = {}


def carried_until(folder: Path) -> int:
    """Given the agent's folder, return the last row of the journal that was brought on."""
    return _read(folder / CARRIED).row


def _read(file: Path) -> _Carried:
    if not file.exists():
        return _Carried()
    return msgspec.json.decode(file.read_bytes(), type=_Carried)


class Carrier:
    """Brings proofs and the state of the backups from their files to the outbox.

    `folder` is the agent's own, for a note of how far it came. What was brought twice is kept
    once: each proof has its id, and the state of a backup replaces the one before.
    """

    def __init__(  # noqa: PLR0913  (what it reads, what it writes, and how far it came)
        self,
        journal: Path,
        outbox: Outbox,
        *,
        folder: Path,
        places: Sequence[Place],
        room: Room,
        missing: Missing,
    ) -> None:
        self._journal = Journal(journal)
        self._outbox = outbox
        self._file = folder / CARRIED
        self._places = places
        self._room = room
        self._missing = missing
        self._carried = _read(self._file)

    def carry(self, now: datetime) -> int:
        """Bring on what is new since the last time; return how many items that was."""
        brought = self._proofs() + self._backups(now)
        if brought:
            keep(self._file, msgspec.json.encode(self._carried))
        return brought

    def _proofs(self) -> int:
        brought = 0
        for entry in self._journal.entries(kind="proof", after=self._carried.row):
            self._outbox.keep(
                proof_word(
                    proof_in(entry),
                    number=entry.number,
                    previous=entry.previous,
                    digest=entry.digest,
                )
            )
            self._carried.row = entry.number
            brought += 1
        return brought

    def _backups(self, now: datetime) -> int:
        brought = 0
        for place in self._places:
            name, state = place.pseudonym, self._room.place(place)
            told = self._carried.told.get(name)
            same = told is not None and self._carried.made.get(name) == state.made
            if same and told is not None and abs(now - told) < REMIND:
                continue
            missing = self._missing(now)
            self._outbox.keep(backup_word(place, state, missing=missing, now=now))
            self._carried.told[name], self._carried.made[name] = now, state.made
            brought += 1
        return brought
