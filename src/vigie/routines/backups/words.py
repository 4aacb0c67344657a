"""What a machine tells its console about one repository."""

from datetime import datetime
from uuid import uuid4

from vigie.routines.backups.making import kind
from vigie.routines.backups.plan import Place
from vigie.routines.backups.room import PlaceState
from vigie.wire.reports import BackupWord


def backup_word(
    place: Place, state: PlaceState, *, missing: tuple[str, ...], now: datetime
) -> BackupWord:
    """Given a place and what became of it, return it as it travels: no path, no name."""
    return BackupWord(
        id=uuid4().hex,
        at=now,
        repository=place.pseudonym,
        kind=kind(place),
        snapshots=state.snapshots,
        latest=state.made,
        missing=missing,
    )
